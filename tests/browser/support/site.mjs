// The pages under test, and what holds for each of them.

import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'

export const WIDTHS = [1280, 768, 390, 320]

/** The addresses of a document of the node and of one of a peer: ids differ from run to run. */
export async function documents(request) {
  const list = await (await request.get('/search?per_page=50&kind=case-study')).text()
  const cards = list.split('<li class="app-result">').slice(1)
  const address = (state) => cards.find((card) => card.includes(`app-origin--${state}`)).match(/href="([^"]+)"/)[1]
  return { own: address('own'), other: address('verified') }
}

/** The pages: a name and an address. */
export async function pages(request) {
  const { own, other } = await documents(request)
  const found = await (await request.get('/search?topic=voice-recognition')).text()
  const picks = [...found.matchAll(/name="d" value="([^"]+)"/g)].slice(0, 4).map(([, pick]) => pick)
  const organisations = await (await request.get('/organisations')).text()
  const organisation = organisations.match(/href="(\/organisations\/[^"]+)"/)[1]
  return [
    ['home', '/'],
    ['all', '/search'],
    ['search', '/search?q=e-prescribing+go-live'],
    ['filtered', '/search?q=wards&result=worked&result=partly&priority=basics'],
    ['filtered to failures', '/search?result=did-not-work'],
    ['second page', '/search?page=2'],
    ['nothing found', '/search?q=xylophone&result=worked&topic=epma'],
    ['odd query', `/search?q=${encodeURIComponent('"open -( topic: foo:bar <script>')}`],
    ['own document', own],
    ['document of a peer', other],
    ['versions', `/versions/${own.split('/')[3]}`],
    ['browse', '/browse'],
    ['topic', '/topics/voice-recognition'],
    ['product', '/products/HearSay%20Notes'],
    ['compare', `/compare?${picks.map((pick) => `d=${encodeURIComponent(pick)}`).join('&')}`],
    ['compare nothing', '/compare'],
    ['organisations', '/organisations'],
    ['organisation', organisation],
    ['federation', '/federation'],
    ['topic and product', '/topics/voice-recognition/HearSay%20Notes'],
    ['check a quote', '/verify-quote'],
    ['help', '/help'],
    ['help: search', '/help/search'],
    ['help: files', '/help/files'],
    ['display', '/display'],
    ['api', '/api'],
    ['sign in', '/sign-in'],
    ['new password', '/sign-in/forgot'],
    ['link that is not valid', '/sign-in/link?key=nonsense'],
    ['reminder that is not valid', '/still-true?key=nonsense'],
    ['not found', '/nothing/here']
  ]
}

/** Watches a page for errors of scripts and the console, reports of the policy, and requests elsewhere. */
export function watch(page, { expected = [] } = {}) {
  const seen = []
  page.on('pageerror', (error) => seen.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    if (expected.some((words) => message.text().includes(words))) return
    seen.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol !== 'data:' && hostname !== '127.0.0.1') seen.push(`request: ${request.url()}`)
  })
  return seen
}

/** Checks a page with axe. */
export async function accessible(page) {
  await page.waitForLoadState()
  // There are no frames; without them the older way to run axe needs no second page and half the time.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const shown = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(shown, page.url()).toEqual([])
}

/** Nothing is wider than the window. */
export async function noOverflow(page) {
  await page.waitForLoadState()
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0)
}

/** Checks what is shown with axe, and at each width that nothing is wider than the window. */
export async function sound(page, scripts = true) {
  // axe needs scripts in the page; the markup is the same without.
  if (scripts) await accessible(page)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    await noOverflow(page)
  }
  await page.setViewportSize({ width: WIDTHS[0], height: 900 })
}
