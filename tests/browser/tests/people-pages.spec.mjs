// What holds for every page that needs an account, at four widths: those of the demo's author, editor and administrator.

import { expect, test } from '@playwright/test'
import { asInDemo, routes } from '../support/people.mjs'
import { accessible, noOverflow, pages, watch, WIDTHS } from '../support/site.mjs'

/** Many pages in one test; a machine that also builds is slow. */
const LONG = 600_000

/** Addresses of the kind `page` that are no page with a heading: files, feeds, and what only leads on. */
const NO_PAGES = [
  '/assets/{name}', '/attachments/{digest}/{name}', '/drafts/{id}/attachments/{digest}/{name}', '/d/{handle}/{id}', '/search.atom',
  '/search.json', '/search.csv', '/feed.atom', '/feed.json', '/organisations/{handle}/feed.atom', '/organisations/{handle}/feed.json',
  '/sitemap.xml', '/sitemap/{part}', '/opensearch.xml', '/robots.txt', '/.well-known/security.txt', '/licences', '/oai', '/tlog-policy',
  '/audit.jsonl', '/sign-in/with/{provider}', '/sign-in/with/{provider}/back'
]

/** Returns the targets of the links of a page whose address matches. */
async function links(page, address, pattern) {
  await page.goto(address)
  const all = await page.locator('main a[href]').evaluateAll((found) => found.map((one) => one.getAttribute('href')))
  return [...new Set(all.map((href) => href.split('#')[0]).filter((href) => pattern.test(href)))]
}

/** The pages of the author: their own, and each page of each of their drafts. */
async function ofAuthor(page) {
  const list = ['/me', '/write', '/write/from-file', '/gaps', '/sign-out']
  for (const draft of await links(page, '/me', /^\/drafts\/[^/]+$/)) {
    list.push(draft, ...(await links(page, draft, new RegExp(`^${draft}/[^/]+$`))))
  }
  const [published] = await links(page, '/me', /^\/d\/[^/]+\/[^/]+\/[^/]+$/)
  const id = published.split('/')[3]
  return [...list, published, `/care/${id}`, `/withdraw/${id}`, `/versions/${id}`]
}

/** The pages of the editor: what waits, and what is due. */
async function ofEditor(page) {
  const review = await links(page, '/review', /^\/review\/[^/]+$/)
  expect(review.length, 'a draft waits for review').toBeGreaterThan(0)
  // The one that has waited longest is the demo's; others may be decided about meanwhile.
  return ['/me', '/review', review[0], '/care']
}

/** The pages of the administrator. */
async function ofAdministrator(page) {
  const [account] = await links(page, '/accounts', /^\/accounts\/[^/]+$/)
  return ['/accounts', account, '/audit', '/gaps', '/withdrawn/01jd2q4q0w0000000000000000']
}

const PEOPLE = { author: ofAuthor, editor: ofEditor, administrator: ofAdministrator }

for (const [name, listed] of Object.entries(PEOPLE)) {
  test(`each page of the ${name} is accessible, whole and quiet at every width`, async ({ browser }) => {
    test.setTimeout(LONG)
    const { page, context } = await asInDemo(browser, name)
    for (const address of await listed(page)) {
      await test.step(address, async () => {
        const seen = watch(page, { expected: address.startsWith('/withdrawn/') ? ['404'] : [] })
        await page.setViewportSize({ width: WIDTHS[0], height: 900 })
        await page.goto(address)
        expect(await page.locator('h1').count(), `${address} has one h1`).toBe(1)
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 })
          await noOverflow(page)
          await accessible(page)
        }
        expect(seen, address).toEqual([])
        page.removeAllListeners()
      })
    }
    await context.close()
  })
}

test('each page that the program has is among those that are checked', async ({ browser, request }) => {
  test.setTimeout(LONG)
  const checked = (await pages(request)).map(([, address]) => address)
  for (const [name, listed] of Object.entries(PEOPLE)) {
    const { page, context } = await asInDemo(browser, name)
    checked.push(...(await listed(page)))
    await context.close()
  }
  const paths = checked.map((address) => new URL(address, 'http://site.example').pathname)
  const missing = routes()
    .filter(({ method, audience, path }) => method === 'GET' && audience === 'page' && !NO_PAGES.includes(path))
    .map(({ path }) => path)
    .filter((path) => !paths.some((one) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(one)))
  expect(missing).toEqual([])
})

test('the header is one row where there is room, and two at 400% with the name of the organisation', async ({ browser }) => {
  for (const [name, width, address, max] of [[null, 320, '/search?q=ward', 110], ['editor', 1280, '/help', 80], ['administrator', 1280, '/help', 80], ['administrator', 390, '/search?q=ward', 120]]) {
    const viewport = { width, height: 800 }
    const page = name ? (await asInDemo(browser, name, { viewport })).page : await (await browser.newContext({ viewport })).newPage()
    await page.goto(address)
    const where = `${name} at ${width} px`
    expect((await page.locator('.app-header').boundingBox()).height, where).toBeLessThanOrEqual(max)
    expect((await page.locator('.app-header__organisation').boundingBox()).width, where).toBeGreaterThan(60)
    await noOverflow(page)
    await page.context().close()
  }
})
