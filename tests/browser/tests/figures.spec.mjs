// What is drawn says what the figures next to it say, at every width.

import { expect, test } from '@playwright/test'
import { WIDTHS, accessible, noOverflow } from '../support/site.mjs'

const LONG = 240_000
/** Bars are drawn on whole pixels, and a smaller one than this could not be seen. */
const TOLERANCE_PX = 2

/** Returns the addresses of all case studies. */
async function studies(request) {
  const list = await (await request.get('/api/v1/search?kind=case-study&per_page=100')).json()
  expect(list.hits.length).toBeGreaterThan(20)
  return list.hits.map((hit) => new URL(hit.url).pathname)
}

/** Returns the tracks of each measure of a page: how long they and their bars are drawn, and the figure next to them. */
function measures(page) {
  return page.locator('.app-before li').evaluateAll((rows) =>
    rows.map((row) =>
      [...row.querySelectorAll('.app-bar')].map((bar) => {
        const [track, drawn] = [bar, bar.firstElementChild].map((part) => part.getBoundingClientRect())
        const value = bar.nextElementSibling
        const isWhole = bar.classList.contains('app-bar--whole')
        const number = Number(value.textContent.replace(/[^\d.]/g, ''))
        return { track: track.width, left: track.left, drawn: drawn.width, ends: drawn.right <= value.getBoundingClientRect().left, number, isWhole }
      })
    )
  )
}

test('bars have the ratio of their figures on every screen, in every case study', async ({ page, request }) => {
  test.setTimeout(LONG)
  let compared = 0
  let shares = 0
  for (const address of await studies(request)) {
    await page.goto(address)
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      for (const bars of await measures(page)) {
        const about = `${address} at ${width} px: ${JSON.stringify(bars)}`
        for (const bar of bars) {
          expect(bar.ends, about).toBe(true)
          // One track for all bars of a measure.
          expect(Math.abs(bar.track - bars[0].track) + Math.abs(bar.left - bars[0].left), about).toBeLessThan(1)
          const longest = bar.isWhole ? 100 : Math.max(...bars.map((one) => one.number))
          expect(Math.abs(bar.drawn - (bar.number / longest) * bar.track), about).toBeLessThanOrEqual(TOLERANCE_PX)
        }
        compared += bars.length > 1
        shares += bars.some((bar) => bar.isWhole)
      }
    }
  }
  expect(compared).toBeGreaterThan(50)
  expect(shares).toBeGreaterThan(0)
})

/** Checks each bar of a page that says how documents went by the words next to it. */
async function outcomes(page, parts, words) {
  const found = await page.locator(parts).evaluateAll(
    (all, words) =>
      all.map((part) => ({
        drawn: [...part.querySelectorAll('.app-stack rect')].map((rect) => rect.getBoundingClientRect().width),
        track: part.querySelector('.app-stack').getBoundingClientRect().width,
        said: [...part.querySelectorAll(words)].flatMap((word) => [...word.textContent.matchAll(/(\d+)/g)].map(([, count]) => Number(count))).filter(Boolean)
      })),
    words
  )
  expect(found.length, page.url()).toBeGreaterThan(0)
  for (const { drawn, track, said } of found) {
    const all = said.reduce((sum, count) => sum + count, 0)
    expect(drawn.length, `${page.url()} ${said}`).toBe(said.length)
    drawn.forEach((width, place) => expect(Math.abs(width - (said[place] / all) * track), `${page.url()} ${said}`).toBeLessThanOrEqual(TOLERANCE_PX))
  }
}

test('a bar of outcomes has a part for each number next to it', async ({ page }) => {
  for (const [address, parts, words] of [
    ['/', '.app-trying li', 'p'],
    ['/topics/voice-recognition', '.app-known:has(.app-stack)', '.app-known__sentence a'],
    ['/products/HearSay%20Notes', '.app-known:has(.app-stack)', '.app-known__sentence a'],
    ['/search?q=virtual+ward', '.app-gist', 'a:not(.app-gist__known)'],
    ['/browse', '.app-matrix tr:has(.app-stack)', 'td.app-number'],
    ['/organisations', 'tbody td:has(.app-stack)', 'span']
  ]) {
    await page.goto(address)
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      const isDrawn = await page.locator('.app-stack').first().isVisible()
      if (isDrawn) await outcomes(page, parts, words)
      await noOverflow(page)
    }
    await accessible(page)
  }
})

test('a search for a topic begins with how it went for all who tried it, as its page says', async ({ page }) => {
  await page.goto('/search?q=virtual+ward')
  const gist = page.locator('.app-gist')
  const said = await gist.locator('a:not(.app-gist__known)').allTextContents()
  await expect(page.locator('.app-outcomes')).toHaveCount(0)
  await gist.getByRole('link', { name: 'What is known about virtual wards' }).click()
  await expect(page.locator('.app-known__sentence a')).toHaveText(said)
})

test('a search that finds nothing because of its filters does not say how it went', async ({ page }) => {
  await page.goto('/search?q=prescribing&year=1999')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No results with these filters')
  await expect(page.locator('.app-outcomes')).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'With fewer filters' })).toBeVisible()
  await accessible(page)
  // Results that are left out are not counted with those that are shown.
  await page.goto('/search?q=ward&result=did-not-work')
  await expect(page.locator('.app-outcomes')).toContainText(/^Showing \d+ did not work\. Also \d+ worked/)
})

test('costs and verdicts come in their own order, and everyone who can be asked has a link', async ({ page }) => {
  const costs = ['No extra cost', 'Under £10,000', '£10,000 to £50,000', '£50,000 to £250,000', '£250,000 to £1 million', 'Over £1 million']
  const verdicts = ['Yes', 'Yes, with changes', 'No']
  for (const address of ['/topics/epma', '/topics/voice-recognition', '/topics/single-sign-on-identity']) {
    await page.goto(address)
    for (const [question, order] of [['What it cost', costs], ['Would they repeat it?', verdicts]]) {
      const answer = page.locator('.app-answers--known dl > div', { hasText: question })
      const values = await answer.getByRole('link').allTextContents()
      const places = values.map((value) => order.indexOf(value))
      expect(places.length, address).toBeGreaterThan(0)
      expect(places, `${address}: ${values}`).toEqual([...places].sort((one, other) => one - other))
      expect(places, `${address}: ${values}`).not.toContain(-1)
    }
    const rows = page.getByRole('table', { name: /Who tried it/ }).locator('tbody tr')
    expect(await rows.getByRole('link', { name: /^Ask about this/ }).count(), address).toBe(await rows.count())
    expect(await rows.getByRole('link', { name: /^Ask about this/ }).first().getAttribute('href')).toMatch(/^mailto:/)
  }
})

test('how well something was measured and how it went are two answers', async ({ page }) => {
  await page.goto('/topics/voice-recognition')
  const answer = page.locator('.app-answers--known dl > div').first()
  await expect(answer).toContainText('How well was it measured?')
  await expect(answer.locator('.app-known__agreement')).toHaveText(/^(Results differ|Most results agree|All results agree): \d+ /)
  await expect(page.locator('main')).not.toContainText(/strong/i)
})

test('the columns of all measures of a topic are one below the other', async ({ page }) => {
  await page.goto('/topics/voice-recognition')
  const tables = page.locator('.app-compared')
  expect(await tables.count()).toBeGreaterThan(0)
  const edges = await tables.first().locator('tbody tr:has(td)').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)).join()))
  expect(edges.length).toBeGreaterThan(1)
  expect(new Set(edges).size).toBe(1)
})

test('a comparison says what it is of, leads back, and lets a reader remove one', async ({ page, request }) => {
  const found = await (await request.get('/search?topic=voice-recognition')).text()
  const picks = [...found.matchAll(/name="d" value="([^"]+)"/g)].slice(0, 4).map(([, pick]) => `d=${encodeURIComponent(pick)}`)
  await page.goto(`/compare?q=voice&topic=voice-recognition&${picks.join('&')}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Compare 4 pages on /)
  await expect(page.getByRole('link', { name: 'Back to results' })).toHaveAttribute('href', /^\/search\?q=voice&topic=voice-recognition(&d=[^&]+){4}$/)
  const columns = await page.getByRole('columnheader').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().width)))
  expect(Math.max(...columns) - Math.min(...columns)).toBeLessThanOrEqual(1)
  await page.getByRole('link', { name: /^Remove / }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Compare 3 pages on /)
  await expect(page.getByRole('link', { name: 'Back to results' })).toHaveAttribute('href', /^\/search\?q=voice&topic=voice-recognition(&d=[^&]+){3}$/)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    await noOverflow(page)
  }
  // Nothing is ticked: the way back is the message.
  await page.goto('/compare?q=virtual+ward&sort=relevance')
  const summary = page.getByRole('alert')
  await expect(summary).toContainText('Tick two to four results')
  await summary.getByRole('link').click()
  await expect(page).toHaveURL(/\/search\?q=virtual\+ward/)
})
