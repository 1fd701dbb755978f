// The pages under test, and what holds for each of them.

import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'

export const WIDTHS = [1280, 390, 320]

/** The pages: a name and an address. Documents are found by a search, since their ids differ from run to run. */
export async function pages(request) {
  const find = async (query) => {
    const answer = await request.get(`/api/v1/search?${query}`)
    const { hits } = await answer.json()
    const own = hits.find((hit) => hit.provenance.state === 'own')
    const other = hits.find((hit) => hit.provenance.state !== 'own')
    return { own: new URL(own.url).pathname, other: path(other) }
  }
  const { own, other } = await find('q=&per_page=50&sort=newest')
  const organisations = await (await request.get('/organisations')).text()
  const organisation = organisations.match(/href="(\/organisations\/[^"]+)"/)[1]
  return [
    ['home', '/'],
    ['all', '/search'],
    ['search', '/search?q=e-prescribing+go-live'],
    ['filtered', '/search?q=wards&result=worked&result=partly&priority=basics'],
    ['second page', '/search?page=2'],
    ['nothing found', '/search?q=xylophone&result=worked&topic=epma'],
    ['odd query', `/search?q=${encodeURIComponent('"open -( topic: foo:bar <script>')}`],
    ['own document', own],
    ['document of a peer', other],
    ['browse', '/browse'],
    ['organisations', '/organisations'],
    ['organisation', organisation],
    ['federation', '/federation'],
    ['help', '/help'],
    ['help: search', '/help/search'],
    ['help: files', '/help/files'],
    ['display', '/display'],
    ['api', '/api'],
    ['not found', '/nothing/here']
  ]
}

function path(hit) {
  const { pathname } = new URL(hit.url, 'http://127.0.0.1')
  return pathname
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
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  expect(told, page.url()).toEqual([])
}

/** Nothing is wider than the window. */
export async function noOverflow(page) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0)
}
