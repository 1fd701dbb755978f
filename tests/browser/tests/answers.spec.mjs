// Pages that answer: how much of an answer the first screen shows, and what prints.

import { expect, test } from '@playwright/test'
import { accessible, documents, pages } from '../support/site.mjs'

/** The height of a card that has nothing to warn of, at 1280 px. */
const MAX_CARD_PX = 170
const LONG = 180_000

/** The cards that are whole within the window, on a site without the line that says that this one is a demonstration. */
async function whole(page) {
  const line = await page.locator('.app-strip').evaluate((line) => line.getBoundingClientRect().height)
  return page.$$eval('.app-result', (cards, line) => cards.filter((card) => card.getBoundingClientRect().bottom - line <= innerHeight).length, line)
}

for (const [width, height, least] of [[1280, 800, 3], [390, 844, 1]]) {
  test(`at least ${least} whole results are in the first ${width} x ${height}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    for (const q of ['electronic prescribing', 'ambient voice recognition', 'single sign on', 'wi-fi', 'northmoor', 'ambiant voice recogniton']) {
      await page.goto(`/search?q=${encodeURIComponent(q)}`)
      expect(await whole(page), q).toBeGreaterThanOrEqual(least)
    }
    await context.close()
  })
}

// What is above results must not push them out of the first screen: a note, several of them, and a long correction. Where no
// page has all the words, the heading of the page says so; where one has, the others come below a heading of their own. A
// note as well as that heading costs one card.
for (const [width, height, least, some] of [[1280, 800, 3, 2], [390, 844, 1, 1]]) {
  test(`notes and corrections leave whole results in the first ${width} x ${height}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    for (const [query, words, whole_cards] of [
      ['q=electronic+prescribing&priority=purple', '2 notes on this search', least],
      ['q=electronic+prescribing&priority=purple&stage=nowhere&page=0&sort=size', '5 notes on this search', least],
      ['q=ambiant+voice+recogniton+for+clinical+leters+and+dischrge+sumaries+writen+in+outpatient+clincs', 'Search for what you typed', least],
      ['q=drug+trolley+sign+in', 'more have some of your words', least],
      ['q=ambient+scribe+cost+training', 'more have some of your words', least],
      ['q=northmoor+ambiant+voice+recogniton+zebras+dischrge+sumaries', 'with some of them', least],
      ['q=ambiant+voice+xyzzyqwv+plughqwx+zyxwvqut+qqxzwvu+letters', 'No page has the words', some]
    ]) {
      await page.goto(`/search?${query}`)
      await expect(page.getByText(words).first(), query).toBeVisible()
      expect(await whole(page), query).toBeGreaterThanOrEqual(whole_cards)
      await accessible(page)
    }
    await context.close()
  })
}

test('the name or code of an organisation leads to its page, also where no page has it', async ({ page }) => {
  for (const [query, words] of [
    ['northmoor', /^Northmoor Teaching Hospitals NHS Trust –\s\d+\spages$/],
    ['ZZ2', /^Avonbridge Community and Mental Health NHS Trust –\s\d+\spages$/]
  ]) {
    await page.goto(`/search?q=${query}`)
    const named = page.locator('.app-named')
    await expect(named).toHaveText(words)
    await accessible(page)
    const pages = (await named.textContent()).match(/(\d+)\spages$/)[1]
    await named.getByRole('link').click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(words.source.slice(1, 10))
    await expect(page.locator('main')).toContainText(pages)
  }
})

test('where a term is known and nothing is found, the page says what else was looked for', async ({ page }) => {
  await page.goto('/search?q=bcma')
  await expect(page.locator('.app-also')).toContainText('We also looked for barcode medication administration')
  await accessible(page)
})

test('a card is no higher than it may be, and shows the summary that its author wrote', async ({ browser, request }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  for (const address of ['/search?per_page=100', '/search?q=ward&per_page=50', '/search?q=licence+renewal&per_page=50']) {
    await page.goto(address)
    const cards = await page.$$eval('.app-result', (all) =>
      all.map((card) => ({
        title: card.querySelector('a').textContent,
        height: card.getBoundingClientRect().height,
        warns: Boolean(card.querySelector('.app-origin, .app-facts__overdue'))
      }))
    )
    for (const card of cards.filter(({ warns }) => !warns)) expect(card.height, card.title).toBeLessThanOrEqual(MAX_CARD_PX)
  }
  const found = await (await request.get('/api/v1/search?q=ambient+voice+recognition')).json()
  await page.goto('/search?q=ambient+voice+recognition')
  const shown = await page.locator('.app-result__text').first().textContent()
  expect(found.hits[0].summary.startsWith(shown.slice(0, 60))).toBe(true)
  await context.close()
})

test('the name of a measure is cut only where its line has no room', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto('/search?per_page=100')
  const cut = await page.$$eval('.app-result', (cards) =>
    cards.flatMap((card) => {
      const name = card.querySelector('.app-facts__figure > :first-child')
      const last = card.querySelector('.app-facts > li:last-child')
      if (!name || name.scrollWidth <= name.clientWidth) return []
      return [card.getBoundingClientRect().right - last.getBoundingClientRect().right]
    })
  )
  for (const room of cut) expect(room).toBeLessThan(8)
  await context.close()
})

test('one sentence says how the results went, and each part of it filters', async ({ page }) => {
  await page.goto('/search?q=ward')
  const sentence = page.locator('.app-outcomes')
  await expect(sentence).toContainText(/\d+ worked · .*did not work.*from \d+ organisations/)
  const link = sentence.getByRole('link', { name: /did not work/ })
  const count = (await link.textContent()).match(/\d+/)[0]
  await link.click()
  await page.waitForURL(/result=did-not-work/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(new RegExp(`^${count} `))
})

test('every page has one search box, and both shortcuts lead to it', async ({ page, request }) => {
  test.setTimeout(LONG)
  for (const [name, address] of await pages(request)) {
    await page.goto(address)
    await expect(page.locator('input[name=q]'), name).toHaveCount(1)
    for (const key of ['/', 'Control+k']) {
      await page.locator('body').press(key)
      await expect(page.locator('#search-box'), `${name}: ${key}`).toBeFocused()
      await page.evaluate(() => document.activeElement.blur())
    }
  }
})

test('a case study answers in its first screen: four answers on a desktop, at least two on a phone', async ({ browser, request }) => {
  const list = await (await request.get('/api/v1/search?q=ambient+scribe+frailty')).json()
  const questions = ['Did it work?', 'What did it cost?', 'Would they repeat it?', 'Who can I ask?']
  for (const [width, height, least] of [[1280, 800, 4], [390, 844, 2]]) {
    const context = await browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    await page.goto(new URL(list.hits[0].url).pathname)
    for (const question of questions.slice(0, least)) {
      await expect(page.getByText(question), `${question} at ${width} px`).toBeInViewport({ ratio: 1 })
    }
    await expect(page.getByRole('link', { name: 'Ask about this' })).toBeVisible()
    await accessible(page)
    await context.close()
  }
})

test('a case study ends with others on its topic', async ({ page, request }) => {
  const { own } = await documents(request)
  await page.goto(own)
  const last = page.locator('article > :last-child')
  await expect(last.getByRole('heading', { level: 2 })).toHaveText(/^Others on .* \(\d+\)$/)
  await expect(last.locator('.app-result').first()).toBeVisible()
})

/** How many sheets a page prints on. */
async function sheets(page) {
  const pdf = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1')
  return Number(pdf.match(/\/Type \/Pages[^>]*\/Count (\d+)/)?.[1] ?? pdf.match(/\/Count (\d+)/)[1])
}

test('four case studies print on one sheet, next to each other', async ({ page, request }) => {
  test.setTimeout(LONG)
  for (const topic of ['voice-recognition', 'epma', 'clinical-safety', 'virtual-wards']) {
    const found = await (await request.get(`/search?topic=${topic}&kind=case-study`)).text()
    const picks = [...found.matchAll(/name="d" value="([^"]+)"/g)].slice(0, 4).map(([, pick]) => `d=${encodeURIComponent(pick)}`)
    await page.goto(`/compare?${picks.join('&')}`)
    expect(await sheets(page), topic).toBe(1)
  }
})

test('what is known about a topic prints on two sheets at most', async ({ page, request }) => {
  test.setTimeout(LONG)
  const browse = await (await request.get('/browse')).text()
  const topics = new Set([...browse.matchAll(/href="(\/topics\/[a-z-]+)"/g)].map(([, path]) => path))
  expect(topics.size).toBeGreaterThan(10)
  for (const path of topics) {
    await page.goto(path)
    expect(await sheets(page), path).toBeLessThanOrEqual(2)
  }
})

test('who tried it is a table on a tablet, within its width', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 768, height: 1024 } })
  const page = await context.newPage()
  await page.goto('/topics/voice-recognition')
  const table = page.getByRole('table', { name: /Who tried it/ })
  await expect(table.getByRole('columnheader')).toHaveCount(6)
  const tops = await table.locator('tbody tr').first().locator('th, td').evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().top))
  expect(new Set(tops).size).toBe(1)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(768)
  await accessible(page)
  await context.close()
})

test('the parts of a brief begin at one height, and no words of links are on it', async ({ page, request }) => {
  const list = await (await request.get('/api/v1/search?q=ambient+scribe+frailty')).json()
  await page.emulateMedia({ media: 'print' })
  await page.goto(new URL(list.hits[0].url).pathname)
  const tops = await page.locator('.app-part--brief h2').evaluateAll((all) => all.map((heading) => Math.round(heading.getBoundingClientRect().top)))
  expect(tops.length).toBeGreaterThan(1)
  expect(new Set(tops).size).toBe(1)
  await expect(page.locator('.app-answers a:visible')).toHaveCount(0)
})

test('every case study prints as a brief on one sheet, and as a whole on demand', async ({ page, request }) => {
  test.setTimeout(LONG)
  const list = await (await request.get('/api/v1/search?kind=case-study&per_page=100&sort=newest')).json()
  for (const hit of list.hits) {
    const { pathname } = new URL(hit.url)
    await page.goto(pathname)
    expect(await sheets(page), pathname).toBe(1)
  }
  await page.goto(`${new URL(list.hits[0].url).pathname}#whole`)
  expect(await sheets(page)).toBeGreaterThan(1)
  // What is as short as a brief prints on one sheet as it is.
  for (const kind of ['observation', 'adoption']) {
    const short = await (await request.get(`/api/v1/search?kind=${kind}&per_page=20`)).json()
    expect(short.hits.length, kind).toBeGreaterThan(0)
    for (const hit of short.hits) {
      await page.goto(new URL(hit.url).pathname)
      expect(await sheets(page), hit.url).toBe(1)
    }
  }
})

test('a brief names the measures that it has no bars for', async ({ page, request }) => {
  test.setTimeout(LONG)
  const list = await (await request.get('/api/v1/search?kind=case-study&per_page=100')).json()
  await page.emulateMedia({ media: 'print' })
  let checked = 0
  for (const hit of list.hits) {
    await page.goto(new URL(hit.url).pathname)
    const names = await page.locator('.app-before h3').allTextContents()
    if (names.length < 3) continue
    const more = page.locator('.app-before__more')
    await expect(more).toBeVisible()
    for (const name of names.slice(2)) await expect(more).toContainText(name)
    checked += 1
  }
  expect(checked).toBeGreaterThan(0)
})

test('a comparison has the answers of all on a phone, the amounts, and who to ask', async ({ browser, request }) => {
  const list = await pages(request)
  const [, address] = list.find(([name]) => name === 'compare')
  for (const width of [1280, 390, 320]) {
    const context = await browser.newContext({ viewport: { width, height: 800 } })
    const page = await context.newPage()
    await page.goto(address)
    const table = page.getByRole('table', { name: /Comparison/ })
    for (const cell of await table.getByRole('row').nth(1).getByRole('cell').all()) {
      const box = await cell.boundingBox()
      expect(box.x >= 0 && box.x + box.width <= width, `${width} px`).toBe(true)
    }
    await expect(table.getByRole('row', { name: /What did it cost/ })).toContainText('£')
    await expect(table.getByRole('link', { name: /Ask about this/ }).first()).toBeVisible()
    await accessible(page)
    await context.close()
  }
})
