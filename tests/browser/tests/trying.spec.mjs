// "We tried this too": from the button on another trust's case study to the count on both pages.

import { expect, test } from '@playwright/test'
import { signedIn } from '../support/people.mjs'
import { documents, sound, watch } from '../support/site.mjs'

const PATIENCE_MS = 20_000

/** Returns how many others tried what a page describes, as its list of parts says. */
async function counted(page) {
  const part = page.getByRole('link', { name: /^Tried this too \(\d+\)$/ })
  if ((await part.count()) === 0) return 0
  return Number((await part.first().textContent()).match(/\d+/)[0])
}

/** The same page at the site of the trust that wrote it: the trusts of the demo are called zz1 to zz3, on ports that follow each other. */
function atItsOwnSite(page, address) {
  const number = Number(address.match(/^\/d\/zz(\d)\//)[1])
  return `http://127.0.0.1:${Number(new URL(page.url()).port) + number - 1}${address}`
}

// Both write of the same page, and count.
test.describe.configure({ mode: 'serial' })

for (const javaScriptEnabled of [true, false]) {
  test(`a case study of another trust is tried too ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser, request }) => {
    test.slow()
    const { page } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const seen = watch(page)
    const { other } = await documents(request)
    await page.goto(other)
    const title = (await page.getByRole('heading', { level: 1 }).textContent()).trim()
    const before = await counted(page)
    // To whoever is signed in, the page does not say that it is for those who are.
    const button = page.getByRole('link', { name: 'We tried this too' })
    await expect(page.getByText('for staff who sign in')).toHaveCount(0)
    await button.click()
    await page.waitForURL(/\/write\?tried=/)
    await expect(page.getByText(title).first()).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.getByRole('button', { name: 'Begin a draft' }).click()
    await page.waitForURL(/\/drafts\/[^/]+\/adoption$/)
    await sound(page, javaScriptEnabled)

    // The address, the title and the topics are there already; what is missing is said in words, each once.
    await expect(page.getByLabel('Which page is it about?')).toHaveValue(/\/d\//)
    // Four questions are in sight; the rest opens by the keyboard, and its title is filled in.
    await expect(page.getByLabel('Since when?')).toBeHidden()
    const more = page.locator('summary', { hasText: 'More, if you know it' })
    await more.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByLabel('Since when?')).toBeVisible()
    await sound(page, javaScriptEnabled)
    await expect(page.getByLabel('Title', { exact: true })).toHaveValue(/^We tried: /)
    await expect(page.locator('input[name=topics]:checked')).not.toHaveCount(0)
    const words = `quoll${javaScriptEnabled ? 'a' : 'b'}${Date.now()}`
    await page.getByLabel('Title', { exact: true }).fill(`Tried in two clinics, ${words}`)
    await page.getByLabel('Tried it and stopped').check()
    await page.getByLabel('How did it go?').fill('It saved **little** here.')
    await page.getByLabel('Who can be asked?').fill('Clinic manager')
    await page.getByLabel('Since when?').fill('June 2026')
    await page.getByRole('button', { name: 'Save and check' }).click()
    await page.waitForURL(/\/submit$/)
    await sound(page, javaScriptEnabled)
    await page.getByRole('link', { name: /got in the way/ }).click()
    await page.getByLabel('Usability', { exact: true }).check()
    await page.getByRole('button', { name: 'Save and check' }).click()
    await page.waitForURL(/\/submit$/)
    await page.getByRole('link', { name: 'Preview it first' }).click()
    await expect(page.getByText('Since June 2026')).toBeVisible()
    await expect(page.locator('.app-note').getByRole('link', { name: title })).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.goBack()
    await page.getByLabel('I have checked that nothing here').check()
    await page.getByRole('button', { name: 'Submit for review' }).click()
    await page.waitForURL(/\/drafts\/[^/]+$/)
    const id = new URL(page.url()).pathname.split('/').pop()

    const editor = await signedIn(browser, 'editor', { javaScriptEnabled })
    await editor.page.goto(`/review/${id}`)
    await expect(editor.page.locator('.app-note').getByRole('link', { name: title })).toBeVisible()
    await sound(editor.page, javaScriptEnabled)
    await editor.page.getByLabel('I have read it').check()
    await editor.page.getByRole('button', { name: 'Approve and publish' }).click()
    await expect(editor.page.getByRole('heading', { name: 'Published', exact: true })).toBeVisible()
    await editor.page.getByRole('link', { name: 'Read the page' }).click()
    await expect(editor.page.locator('.app-note').getByRole('link', { name: title })).toBeVisible()
    await expect(editor.page.getByRole('link', { name: /^Email .* about this page$/ })).toBeVisible()
    await sound(editor.page, javaScriptEnabled)

    // Both pages count one more: the copy here, and the page at the trust that wrote it.
    const original = atItsOwnSite(page, other)
    const said = []
    for (const address of [other, original]) {
      await expect(async () => {
        await page.goto(address)
        expect(await counted(page)).toBe(before + 1)
      }).toPass({ timeout: PATIENCE_MS })
      said.push(await page.locator('.app-caption').getByRole('link', { name: /^\d+ others? tried this too$/ }).textContent())
      await expect(page.getByRole('link', { name: new RegExp(words) }).first()).toBeVisible()
      await sound(page, javaScriptEnabled)
    }
    expect(said[0]).toBe(said[1])
    expect(seen).toEqual([])
  })
}
