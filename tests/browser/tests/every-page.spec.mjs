// What holds for every page that needs no account, at four widths, with and without scripts.

import { expect, test } from '@playwright/test'
import { HtmlValidate } from 'html-validate'
import { accessible, noOverflow, pages, watch, WIDTHS } from '../support/site.mjs'

/** Many pages in one test; a machine that also builds is slow. */
const LONG = 180_000

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    'no-redundant-role': 'off',
    'long-title': 'off',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    // `<button>` in a form submits; saying so on each costs bytes and changes nothing.
    'no-implicit-button-type': 'off',
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    // The check of addresses by telephone numbers; ours are none.
    'tel-non-breaking': 'off',
    // A wide table of a text is a region that the keyboard can scroll.
    'prefer-native-element': ['error', { exclude: ['region'] }]
  }
})

for (const width of WIDTHS) {
  test(`every page is accessible and quiet at ${width} px`, async ({ browser, request }) => {
    test.setTimeout(LONG)
    const context = await browser.newContext({ viewport: { width, height: 900 } })
    await check(await context.newPage(), await pages(request), accessible)
    await context.close()
  })

  test(`every page is whole and quiet at ${width} px with scripts switched off`, async ({ browser, request }) => {
    test.setTimeout(LONG)
    const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: false })
    await check(await context.newPage(), await pages(request), async () => {})
    await context.close()
  })
}

test('every page is accessible without its script', async ({ browser, request }) => {
  test.setTimeout(LONG)
  const context = await browser.newContext({ viewport: { width: 390, height: 900 } })
  // axe is a script itself, so that scripts stay on and ours is empty.
  await context.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await check(await context.newPage(), await pages(request), accessible)
  await context.close()
})

async function check(page, list, more) {
  for (const [name, address] of list) {
    await test.step(name, async () => {
      const expected = name === 'not found' ? ['404'] : name.endsWith('not valid') ? ['404', '410'] : []
      const seen = watch(page, { expected })
      await page.goto(address)
      await noOverflow(page)
      expect(await page.locator('h1').count(), `${name} has one h1`).toBe(1)
      expect(await page.locator('html').getAttribute('lang')).toBe('en-GB')
      await expect(page.locator('footer'), name).toBeVisible()
      await more(page)
      expect(seen, name).toEqual([])
      page.removeAllListeners()
    })
  }
}

test('every page is valid HTML with a title of its own', async ({ request }) => {
  test.setTimeout(LONG)
  const titles = new Map()
  for (const [name, address] of await pages(request)) {
    const html = await (await request.get(address)).text()
    const report = await validator.validateString(html)
    const shown = report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`))
    expect(shown, name).toEqual([])
    const title = html.match(/<title>([^<]+)<\/title>/)[1]
    expect(titles.get(title), `${name} has the title of another page`).toBeUndefined()
    titles.set(title, name)
  }
})

test('every page stays within its budget', async ({ browser, request }) => {
  test.setTimeout(LONG)
  const context = await browser.newContext()
  for (const [name, address] of await pages(request)) {
    const page = await context.newPage()
    const sizes = { requests: 0, document: 0, stylesheet: 0, script: 0, font: 0, other: 0 }
    const requests = []
    page.on('requestfinished', (request) => requests.push(request))
    await page.goto(address)
    for (const request of requests) {
      const kind = request.resourceType()
      sizes.requests += 1
      sizes[kind in sizes ? kind : 'other'] += (await request.sizes()).responseBodySize
    }
    await page.close()
    const raw = (await (await request.get(address)).text()).length
    expect(sizes.requests, name).toBeLessThanOrEqual(6)
    expect(sizes.document, name).toBeLessThanOrEqual(15_000)
    expect(sizes.stylesheet, name).toBeLessThanOrEqual(25_000)
    expect(sizes.script, name).toBeLessThanOrEqual(10_000)
    expect(sizes.font, name).toBe(0)
    // Lists of results carry the whole filter panel, and other pages lists of cards; *Browse* has a bar for each topic. All else
    // is small before compression, too.
    const isLong = name.match(/all|search|filtered|second|document|topic|product|compare/)
    expect(raw, `${name} before compression`).toBeLessThanOrEqual(name === 'browse' ? 60_000 : isLong ? 40_000 : 20_000)
  }
  await context.close()
})

test('every page keeps room for larger text spacing', async ({ browser, request }) => {
  test.setTimeout(LONG)
  const context = await browser.newContext({ viewport: { width: 320, height: 900 } })
  for (const [, address] of await pages(request)) {
    const page = await context.newPage()
    await page.goto(address)
    // WCAG 1.4.12; written through the object model, which the policy allows.
    await page.evaluate(() => {
      for (const element of document.querySelectorAll('body *')) {
        element.style.setProperty('line-height', '1.5', 'important')
        element.style.setProperty('letter-spacing', '0.12em', 'important')
        element.style.setProperty('word-spacing', '0.16em', 'important')
      }
    })
    await noOverflow(page)
    await page.close()
  }
  await context.close()
})

test('every page answers with strict headers', async ({ request }) => {
  for (const [name, address] of await pages(request)) {
    const headers = (await request.get(address)).headers()
    expect(headers['content-security-policy'], name).toContain("default-src 'none'")
    expect(headers['content-security-policy'], name).not.toContain('unsafe')
    expect(headers['x-content-type-options'], name).toBe('nosniff')
    expect(headers['referrer-policy'], name).toBeTruthy()
    expect(headers['content-type'], name).toBe('text/html; charset=utf-8')
  }
})
