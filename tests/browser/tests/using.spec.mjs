// What people do: search by keyboard, filter without scripts, read, cite.

import { expect, test } from '@playwright/test'
import { accessible, documents, watch } from '../support/site.mjs'

const PATIENCE_MS = 20_000

test('a search works from the keyboard alone', async ({ page }) => {
  const seen = watch(page)
  await page.goto('/')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to main content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#maincontent')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Search case studies')).toBeFocused()
  await page.keyboard.type('prescribing')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/search\?.*q=prescribing/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('for “prescribing”')
  const first = page.locator('.app-result').first()
  await expect(first.locator('mark').first()).toBeVisible()
  await first.getByRole('link').press('Enter')
  await page.waitForURL(/\/d\//)
  await expect(page.getByRole('heading', { name: 'At a glance' })).toBeVisible()
  expect(seen).toEqual([])
})

for (const javaScriptEnabled of [true, false]) {
  test(`results are one stop behind the search box ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } })
    const page = await context.newPage()
    await page.goto('/search?q=ward')
    await page.getByRole('button', { name: 'Search', exact: true }).focus()
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to results' })
    await expect(skip).toBeFocused()
    await expect(skip).toBeInViewport({ ratio: 1 })
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(page.locator('.app-outcomes a').first()).toBeFocused()
    await context.close()
  })
}

test('slash and Ctrl+K go to the search box, and slash can be switched off', async ({ page }) => {
  await page.goto('/search')
  await page.keyboard.press('/')
  const box = page.getByLabel('Search case studies')
  await expect(box).toBeFocused()
  await page.keyboard.type('a/b')
  await expect(box).toHaveValue('a/b')
  await page.goto('/display')
  await page.getByLabel('The / key goes to the search box').uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('status')).toHaveText('Saved: / does nothing')
  await page.goto('/search')
  await page.keyboard.press('/')
  await expect(box).not.toBeFocused()
  await page.keyboard.press('Control+k')
  await expect(box).toBeFocused()
})

test('Escape closes the suggestions and keeps the words and the focus', async ({ page }) => {
  await page.goto('/')
  const box = page.getByRole('combobox').or(page.getByLabel('Search case studies')).first()
  for (const arrows of [0, 1]) {
    await box.click()
    await box.fill('')
    await page.keyboard.type('prescr')
    await expect(page.getByRole('option').first()).toBeVisible()
    for (let press = 0; press < arrows; press++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('option').first()).toBeHidden()
    await expect(box).toBeFocused()
    await expect(box).toHaveValue('prescr')
    // The arrow opens the list again.
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('option').first()).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(box).toBeFocused()
    await expect(box).toHaveValue('prescr')
  }
})

test('suggestions have room for a title, and fit in the window', async ({ browser }) => {
  for (const [width, address] of [[1280, '/browse'], [1280, '/'], [390, '/browse'], [390, '/'], [320, '/help']]) {
    const context = await browser.newContext({ viewport: { width, height: 844 } })
    const page = await context.newPage()
    await page.goto(address)
    await page.locator('#search-box').pressSequentially('ward')
    const list = page.locator('.autocomplete__menu')
    await expect(list.getByRole('option').first()).toBeVisible()
    const { x, width: wide } = await list.boundingBox()
    expect(wide, `${address} at ${width} px`).toBeGreaterThanOrEqual(Math.min(480, width - 34))
    expect(x, `${address} at ${width} px`).toBeGreaterThanOrEqual(0)
    expect(x + wide, `${address} at ${width} px`).toBeLessThanOrEqual(width)
    await context.close()
  }
})

test('suggestions that arrive late leave the focus and the caret where they are', async ({ page }) => {
  let release
  const held = new Promise((resolve) => (release = resolve))
  await page.route(/suggest.*\.js/, async (route) => {
    await held
    await route.continue()
  })
  await page.goto('/')
  const label = page.getByLabel('Search case studies')
  await label.click()
  await page.keyboard.type('prescr')
  await page.getByRole('button', { name: 'Search', exact: true }).focus()
  release()
  await page.waitForSelector('.autocomplete__input')
  await expect(page.getByRole('button', { name: 'Search', exact: true })).toBeFocused()
})

test('a suggested topic leads to what is known about it', async ({ page }) => {
  await page.goto('/')
  await page.locator('#search-box').pressSequentially('voice recog')
  await page.getByRole('option', { name: /Voice recognition Topic/ }).click()
  await page.waitForURL('**/topics/voice-recognition')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Voice recognition')
})

test('suggestions appear, and Enter still searches for what was typed', async ({ page }) => {
  const seen = watch(page)
  await page.goto('/')
  const box = page.getByRole('combobox').or(page.getByLabel('Search case studies')).first()
  await box.click()
  await page.keyboard.type('pre')
  await page.waitForSelector('.autocomplete__input')
  await page.keyboard.type('scr')
  await expect(page.getByRole('option').first()).toBeVisible()
  expect(await page.getByRole('option').count()).toBeLessThanOrEqual(5)
  await accessible(page)
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=prescr$/)
  expect(seen).toEqual([])
})

for (const javaScriptEnabled of [true, false]) {
  test(`filters narrow and widen ${javaScriptEnabled ? 'with' : 'without'} scripts`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 390, height: 900 } })
    const page = await context.newPage()
    // Others may publish between the two pages.
    await expect(async () => {
      await page.goto('/search?q=ward')
      await expect(page.getByLabel('Search case studies')).toHaveValue('ward')
      await page.getByText('Filter results').first().click()
      const filter = page.locator('label', { hasText: 'Did not work' })
      const count = Number(await filter.locator('i').textContent())
      await filter.locator('input').check()
      await page.getByRole('button', { name: 'Apply filters' }).first().click()
      await page.waitForURL(/result=did-not-work/)
      await expect(page.getByRole('heading', { level: 1 })).toContainText(new RegExp(`^${count} (case stud|results)`))
      await expect(page.locator('.app-result .nhsuk-tag--red')).toHaveCount(Math.min(count, 10))
    }).toPass({ timeout: PATIENCE_MS })
    await page.getByRole('link', { name: /Remove filter/ }).click()
    await page.waitForURL((url) => !url.search.includes('result='))
    await context.close()
  })
}

test('pages of results lead on and back', async ({ page }) => {
  await page.goto('/search')
  await page.getByRole('link', { name: /^Next/ }).click()
  await page.waitForURL(/page=2/)
  await expect(page).toHaveTitle(/page 2 of/)
  await page.getByRole('link', { name: /^Previous/ }).click()
  await page.waitForURL((url) => !url.search.includes('page=2'))
  await page.goto('/search?page=9999')
  await expect(page).toHaveTitle(/page 1 of/)
})

test('nothing found says what fewer filters would give', async ({ page }) => {
  await page.goto('/search?q=prescribing&year=1999')
  await expect(page.getByRole('heading', { level: 1 })).toContainText('No results')
  await page.getByRole('link', { name: 'Without “1999”' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('for “prescribing”')
})

test('a document shows its origin, can be cited, and has other forms', async ({ page, request, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { other } = await documents(request)
  await page.goto(other)
  await expect(page.getByText('Signature verified').first()).toBeVisible()
  await page.getByText('How we know this is theirs').click()
  await page.getByText('Technical details').click()
  await expect(page.getByText('SHA-256 of the text')).toBeVisible()
  await accessible(page)
  await page.locator('.app-colophon > summary').click()
  await page.getByRole('button', { name: 'Copy citation' }).click()
  await expect(page.locator('#citation-status')).toHaveText('Copied')
  const canonical = await page.locator('link[rel=canonical]').getAttribute('href')
  expect(new URL(canonical).origin).not.toBe(new URL(page.url()).origin)
  const data = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent())
  expect(data.headline).toBe(await page.getByRole('heading', { level: 1 }).textContent())
  for (const form of ['.md', '.json', '.tlog-proof']) {
    expect((await request.get(`${other}${form}`)).status(), form).toBe(200)
  }
})

test('an address with another last part moves, and a page that is held is not sent again', async ({ request }) => {
  const { own: path } = await documents(request)
  const moved = await request.get(path.replace(/[^/]+$/, 'another-title'), { maxRedirects: 0 })
  expect(moved.status()).toBe(307)
  expect(moved.headers().location).toBe(path)
  const page = await request.get(path)
  const again = await request.get(path, { headers: { 'if-none-match': page.headers().etag } })
  expect(again.status()).toBe(304)
})

test('a document prints without navigation on A4', async ({ page, request }) => {
  const { own } = await documents(request)
  await page.goto(own)
  await page.emulateMedia({ media: 'print' })
  await expect(page.locator('.app-header')).toBeHidden()
  await expect(page.locator('.app-rail')).toBeHidden()
  await expect(page.locator('.app-downloads')).toBeHidden()
  await expect(page.locator('.app-paper')).toContainText(/^Wardround · .* · http/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000)
})

test('each stop of the Tab key is in order, visible and marked', async ({ page }) => {
  for (const address of ['/', '/search?q=ward&result=worked']) {
    await page.goto(address)
    let last = -1
    for (let stop = 0; stop < 40; stop += 1) {
      await page.keyboard.press('Tab')
      const seen = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return null
        const box = element.getBoundingClientRect()
        const style = getComputedStyle(element)
        const all = [...document.querySelectorAll('*')]
        const over = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + box.height / 2)
        return {
          place: all.indexOf(element),
          what: element.outerHTML.slice(0, 80),
          visible: box.width > 0 && box.height > 0 && box.top >= -1 && box.bottom <= innerHeight + 1,
          uncovered: Boolean(over) && (element.contains(over) || over.contains(element)),
          marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.backgroundColor === 'rgb(255, 235, 59)'
        }
      })
      if (!seen) break
      expect(seen, `${address}: ${seen.what}`).toMatchObject({ visible: true, uncovered: true, marked: true })
      expect(seen.place, seen.what).toBeGreaterThan(last)
      last = seen.place
    }
  }
})

test('targets are large enough and colours may be forced', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto('/search?q=ward&result=worked')
  await accessible(page)
  await expect(page.locator('label', { hasText: /^Worked/ }).locator('input')).toBeChecked()
})
