// Pages that answer: how much of an answer the first screen shows, and what prints.

import { expect, test } from '@playwright/test'
import { accessible, documents, pages, sound } from '../support/site.mjs'

/** The height of a card that has nothing to warn of, at 1280 px. */
const MAX_CARD_PX = 170
const LONG = 180_000
const PATIENCE_MS = 20_000

/** How many cards are whole within the window, below the line that says that this is a demonstration. */
async function whole(page) {
  return page.$$eval('.app-result', (cards) => cards.filter((card) => card.getBoundingClientRect().bottom <= innerHeight).length)
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
// page has all the words, the heading of the page says so; where one has, the others come below a heading of their own.
for (const [width, height, least] of [[1280, 800, 3], [390, 844, 1]]) {
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
      ['q=ambiant+voice+xyzzyqwv+plughqwx+zyxwvqut+qqxzwvu+letters', 'No page has the words', least]
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
    // Others may publish between the two pages.
    await expect(async () => {
      await page.goto(`/search?q=${query}`)
      const pages = (await named.textContent()).match(/(\d+)\spages$/)[1]
      await named.getByRole('link').click()
      await expect(page.getByRole('heading', { level: 1 })).toContainText(words.source.slice(1, 10))
      await expect(page.locator('main')).toContainText(pages)
    }).toPass({ timeout: PATIENCE_MS })
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

test('the name of a measure is cut on no card, on a screen or on paper', async ({ browser }) => {
  for (const [width, media] of [[1280, 'screen'], [768, 'screen'], [390, 'screen'], [794, 'print']]) {
    const context = await browser.newContext({ viewport: { width, height: 800 } })
    const page = await context.newPage()
    await page.emulateMedia({ media })
    await page.goto('/search?per_page=100')
    const cut = await page.$$eval('.app-facts__figure', (figures) => {
      const line = (figure) => figure.closest('.app-result').getBoundingClientRect().right
      return figures
        .filter((figure) => [figure, ...figure.children].some((part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth) || figure.getBoundingClientRect().right > line(figure))
        .map((figure) => figure.textContent)
    })
    expect(cut, `${width} ${media}`).toEqual([])
    expect(await page.locator('.app-facts__figure').count()).toBeGreaterThan(20)
    await context.close()
  }
})

test('on a phone all orders are shown, in one line', async ({ browser }) => {
  for (const [width, lines] of [[390, 1], [320, 2]]) {
    const context = await browser.newContext({ viewport: { width, height: 844 } })
    const page = await context.newPage()
    for (const address of ['/search?q=ward', '/search']) {
      await page.goto(address)
      const boxes = await page.locator('.app-toolbar li').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).filter((box) => box.width > 0).map(({ right, top, bottom }) => [right, (top + bottom) / 2]))
      for (const [right] of boxes) expect(right).toBeLessThanOrEqual(width - 8)
      const middles = boxes.map(([, middle]) => middle)
      expect((Math.max(...middles) - Math.min(...middles)) / 24, `${address} at ${width} px`).toBeLessThan(lines)
    }
    await context.close()
  }
})

test('what is ticked for comparing can be sent from wherever one reads, also without scripts', async ({ browser }) => {
  for (const [width, height] of [[390, 844], [1280, 800]]) {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled })
      const page = await context.newPage()
      await page.goto('/search?q=ward')
      const send = page.locator('.app-ticked').getByRole('button', { name: 'Compare those you tick' })
      await expect(send).not.toBeInViewport()
      const boxes = page.locator('.app-result__pick input')
      await boxes.nth(0).check()
      await boxes.nth(3).check()
      await expect(send).toBeInViewport({ ratio: 1 })
      // What has the focus is not behind the bar.
      const link = page.locator('.app-result__title a').nth(6)
      await link.focus()
      const [bar, focused] = await Promise.all([page.locator('.app-ticked').boundingBox(), link.boundingBox()])
      expect(focused.y + focused.height).toBeLessThanOrEqual(bar.y)
      if (javaScriptEnabled) await accessible(page)
      await send.click()
      await expect(page).toHaveURL(/\/compare\?(.*&)?d=[^&]+&(.*&)?d=/)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Compare 2 /)
      await context.close()
    }
  }
})

test('what is ticked stays ticked on the way through results, also without scripts', async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, javaScriptEnabled })
    const page = await context.newPage()
    const boxes = page.locator('.app-results .app-result__pick input')
    const ticked = page.locator('.app-result__pick input:checked')
    await page.goto('/search?q=ward')
    await boxes.nth(1).check()
    await page.locator('nav.app-carried').getByRole('button', { name: 'Page 2' }).click()
    await expect(page).toHaveURL(/[?&]page=2\b/)
    await expect(page.locator('.app-elsewhere')).toContainText('1 chosen on another page')
    await boxes.first().check()
    await expect(ticked).toHaveCount(2)
    if (javaScriptEnabled) await accessible(page)
    await page.getByRole('button', { name: 'Apply filters' }).first().click()
    await expect(page).toHaveURL((url) => !url.search.includes('page=2') && !url.search.includes('-typed'))
    await expect(ticked).toHaveCount(2)
    await page.locator('.app-toolbar').getByRole('button', { name: 'Newest' }).click()
    await expect(page).toHaveURL(/[?&]sort=newest\b/)
    await expect(ticked).toHaveCount(2)
    // Enter in a box compares; without scripts it keeps what is ticked.
    await Promise.all([page.waitForEvent('load'), ticked.first().press('Enter')])
    if (!javaScriptEnabled) {
      await expect(page).toHaveURL(/\/search\?/)
      await expect(ticked).toHaveCount(2)
      await page.locator('.app-ticked').getByRole('button', { name: 'Compare those you tick' }).click()
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Compare 2 /)
    await page.getByRole('link', { name: 'Back to results' }).click()
    await expect(page).toHaveURL(/\/search\?/)
    await expect(ticked).toHaveCount(2)
    await context.close()
  }
})

test('an amount that is refused stays in its field, and both say what is wrong with it', async ({ browser }) => {
  for (const [width, height] of [[390, 844], [1280, 800]]) {
    const context = await browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    await page.goto('/search?q=ward&spend-typed=abc')
    await expect(page.getByLabel('We ignored the filter “abc”')).toHaveValue('abc')
    await expect(page.locator('#spend-typed')).toBeVisible()
    await expect(page.locator('p.app-note').filter({ hasText: 'it is not an amount' })).toBeVisible()
    await accessible(page)
    await page.getByRole('button', { name: 'Apply filters' }).first().click()
    await expect(page).toHaveURL((url) => url.searchParams.get('spend-typed') === 'abc' && !url.searchParams.has('effort-typed'))
    await context.close()
  }
})

test('a name that nothing has leads to what has a name near it', async ({ page }) => {
  for (const [address, heading, link] of [
    ['/products/Hearsey%20Notes', 'No page for this product', 'HearSay Notes'],
    ['/topics/voice-recognision', 'No page for this topic', 'Voice recognition'],
    ['/organisations/northmoor', 'No page for this organisation', 'Northmoor Teaching Hospitals NHS Trust']
  ]) {
    const answer = await page.goto(address)
    expect(answer.status(), address).toBe(404)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
    await sound(page)
    await page.getByRole('main').getByRole('link', { name: link }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(new RegExp(link, 'i'))
  }
})

test('one sentence says how the results went, and each part of it filters', async ({ page }) => {
  // Others may publish between the two pages.
  await expect(async () => {
    await page.goto('/search?q=ward')
    const sentence = page.locator('.app-outcomes')
    await expect(sentence).toContainText(/\d+ worked · .*did not work.*from \d+ organisations/)
    const link = sentence.getByRole('link', { name: /did not work/ })
    const count = (await link.textContent()).match(/\d+/)[0]
    await link.click()
    await page.waitForURL(/result=did-not-work/)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(new RegExp(`^${count} `))
  }).toPass({ timeout: PATIENCE_MS })
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

test('every case study answers in its first screen: four answers on a desktop, at least two on a phone', async ({ browser, request }) => {
  test.setTimeout(LONG)
  const list = await (await request.get('/api/v1/search?kind=case-study&per_page=100')).json()
  expect(list.hits.length).toBeGreaterThan(27)
  const questions = ['Did it work?', 'What did it cost?', 'Would they repeat it?', 'Who can I ask?']
  for (const [width, height, least] of [[1280, 800, 4], [390, 844, 2]]) {
    const context = await browser.newContext({ viewport: { width, height } })
    const page = await context.newPage()
    for (const hit of list.hits) {
      await page.goto(new URL(hit.url).pathname)
      const answers = page.locator('.app-answers dl > div')
      expect(await answers.locator('dt').allTextContents(), hit.title).toEqual(questions)
      const boxes = await answers.evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })))
      // Where there are two rows, the second begins in view, too.
      for (const { top } of boxes) expect(top, `${hit.title} at ${width} px`).toBeLessThan(height)
      for (const { bottom } of boxes.slice(0, least)) expect(bottom, `${hit.title} at ${width} px`).toBeLessThanOrEqual(height)
    }
    await expect(page.getByRole('link', { name: 'Ask about this' })).toBeVisible()
    await accessible(page)
    await context.close()
  }
})

test('a case study leads to others on its topic: in a line below its figures, and after its text', async ({ page, request }) => {
  const { own } = await documents(request)
  await page.goto(own)
  const gist = page.locator('.app-gist')
  await expect(gist).toContainText(/\d+ (worked|partly worked|did not work)/)
  await expect(gist.getByRole('link', { name: /^What is known about / })).toBeVisible()
  const others = page.getByRole('heading', { level: 2, name: /^Others on .* \(\d+\)$/ })
  const places = await Promise.all(
    [gist, page.locator('#glance'), page.locator('#team'), others, page.locator('.app-colophon')].map(async (part) => (await part.boundingBox()).y)
  )
  expect(places).toEqual([...places].sort((one, other) => one - other))
  await expect(page.locator('.app-others .app-result').first()).toBeVisible()
  // What is about the page itself opens on demand.
  await expect(page.locator('#citation')).toBeHidden()
  await page.locator('.app-colophon > summary').click()
  await expect(page.locator('#citation')).toBeVisible()
  await accessible(page)
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

test('no words for a screen alone are on paper, and who to ask is', async ({ page, request }) => {
  const list = await pages(request)
  await page.emulateMedia({ media: 'print' })
  for (const name of ['compare', 'topic', 'product', 'own document']) {
    const [, address] = list.find(([one]) => one === name)
    await page.goto(name === 'own document' ? `${address}#whole` : address)
    await expect(page.locator('.app-screen:visible, .app-answers dd > a:visible'), name).toHaveCount(0)
    if (name !== 'compare') await expect(page.locator('.app-paper'), name).toContainText('http')
    await expect(page.locator('.app-paper-only:visible', { hasText: '@' }).first(), name).toBeVisible()
  }
  // A mailbox is on one line.
  const address = page.locator('.app-answers .app-paper-only')
  await page.setViewportSize({ width: 703, height: 1032 })
  expect((await address.boundingBox()).height).toBeLessThan(24)
})

test('the box to tick is where the lines of the list end', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto('/search?q=quillstone+dictate')
  const ends = await page.locator('.app-result__line').evaluateAll((all) => all.map((line) => [line.getBoundingClientRect().right, line.closest('ol').getBoundingClientRect().right]))
  expect(ends.length).toBeGreaterThan(0)
  for (const [line, end] of ends) expect(Math.abs(line - end)).toBeLessThanOrEqual(1)
  await context.close()
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

test('on paper no two columns of figures touch', async ({ browser, request }) => {
  test.setTimeout(LONG)
  // A sheet without its margins.
  const context = await browser.newContext({ viewport: { width: 703, height: 1032 } })
  const page = await context.newPage()
  await page.emulateMedia({ media: 'print' })
  const browse = await (await request.get('/browse')).text()
  let compared = 0
  for (const path of new Set([...browse.matchAll(/href="(\/topics\/[a-z-]+)"/g)].map(([, path]) => path))) {
    await page.goto(path)
    const gaps = await page.$$eval('.app-compared tr', (rows) => rows.flatMap((row) => {
      const boxes = [...row.children].map((cell) => {
        const range = document.createRange()
        range.selectNodeContents(cell)
        return range.getBoundingClientRect()
      })
      const words = boxes.filter((box) => box.width > 0)
      return words.slice(1).map((box, at) => box.left - words[at].right)
    }))
    compared += gaps.length
    for (const gap of gaps) expect(gap, path).toBeGreaterThan(6)
  }
  expect(compared).toBeGreaterThan(20)
  await context.close()
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
