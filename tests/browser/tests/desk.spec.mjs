// What makes writing quicker, and what comes after publishing: buttons and pasting, two people on one text, adapting, linking by
// title, proposals, and a person's own page.

import { expect, test } from '@playwright/test'
import { signedIn } from '../support/people.mjs'
import { documents, sound, watch } from '../support/site.mjs'

const PATIENCE_MS = 10_000

async function beginPage(page) {
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a page' }).click()
  await page.waitForURL(/\/drafts\/[^/]+\/page$/)
  return new URL(page.url()).pathname.replace(/\/page$/, '')
}

async function publishPage(author, editor, title, text) {
  await beginPage(author)
  await author.getByLabel('Title', { exact: true }).fill(title)
  await author.getByLabel('Text', { exact: true }).fill(text)
  await author.getByRole('button', { name: 'Save and check' }).click()
  return submitAndApprove(author, editor)
}

async function submitAndApprove(author, editor) {
  await author.waitForURL(/\/submit$/)
  await author.getByLabel('I have checked that nothing here').check()
  await author.getByRole('button', { name: 'Submit for review' }).click()
  await author.waitForURL(/\/drafts\/[^/]+$/)
  const id = new URL(author.url()).pathname.split('/').pop()
  await editor.goto(`/review/${id}`)
  await editor.getByLabel('I have read it').check()
  await editor.getByRole('button', { name: 'Approve and publish' }).click()
  await expect(editor.getByRole('heading', { name: 'Published', exact: true })).toBeVisible()
  return editor.getByRole('link', { name: 'Read the page' }).getAttribute('href')
}

test('the buttons above a text work with the keyboard and can be undone', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  const seen = watch(page)
  await beginPage(page)
  const text = page.getByLabel('Text', { exact: true })
  await text.fill('34 wards')
  await text.selectText()
  await page.keyboard.press('Control+b')
  await expect(text).toHaveValue('**34 wards**')
  // The same key takes the marks away again, and italic words do not become bold.
  await page.keyboard.press('Control+b')
  await expect(text).toHaveValue('34 wards')
  await page.keyboard.press('Control+i')
  await page.keyboard.press('Control+i')
  await expect(text).toHaveValue('34 wards')
  await page.keyboard.press('Control+b')
  await expect(text).toHaveValue('**34 wards**')
  // Shift and Tab go to the row of buttons, the arrow keys along it.
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('button', { name: 'Bold' })).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('button', { name: 'Link' })).toBeFocused()
  await page.keyboard.press('Home')
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('button', { name: 'Bullet list' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(text).toHaveValue('- **34 wards**')
  await expect(text).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(text).toHaveValue('**34 wards**')
  await sound(page)
  expect(seen).toEqual([])
})

test('rich text that is pasted keeps its headings, lists and links', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  const seen = watch(page)
  await beginPage(page)
  const text = page.getByLabel('Text', { exact: true })
  await text.focus()
  await text.evaluate((area) => {
    const data = new DataTransfer()
    data.setData('text/html', '<h2>Steps</h2><ul><li><b>Ask</b> the ward</li></ul><script>alert(1)</script><p><a href="javascript:alert(1)">x</a></p>')
    data.setData('text/plain', 'Steps Ask the ward x')
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(text).toHaveValue('## Steps\n\n- **Ask** the ward\n\nx')
  await expect(page.locator('[data-status]')).toContainText('Pasted')
  expect(seen).toEqual([])
})

test('a list that is pasted from Word is a list', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await beginPage(page)
  const text = page.getByLabel('Text', { exact: true })
  await text.focus()
  await text.evaluate((area) => {
    const item = (mark, words) =>
      `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>` +
      `<span style='mso-list:Ignore'>${mark}<span style='font:7.0pt'>&nbsp;&nbsp;</span></span><![endif]>${words}<o:p></o:p></p>`
    const data = new DataTransfer()
    data.setData('text/html', `<html><body>${item('1.', 'Ask the ward')}${item('2.', 'Ask again')}</body></html>`)
    data.setData('text/plain', '1.\tAsk the ward\n2.\tAsk again')
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(text).toHaveValue('1. Ask the ward\n2. Ask again')
})

for (const javaScriptEnabled of [true, false]) {
  test(`changes of two people are put together ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const author = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const draft = await beginPage(author.page)
    await author.page.getByLabel('Title', { exact: true }).fill('How we count beds')
    await author.page.getByLabel('Text', { exact: true }).fill('First line.\n\nSecond line.')
    await author.page.getByRole('button', { name: 'Save and preview' }).click()
    await author.page.waitForURL(/\/preview$/)
    const editor = await signedIn(browser, 'editor', { javaScriptEnabled })
    await editor.page.goto(`${draft}/page`)
    await author.page.goto(`${draft}/page`)
    await author.page.getByLabel('Text', { exact: true }).fill('First line, changed here.\n\nSecond line.')
    await author.page.getByRole('button', { name: 'Save and preview' }).click()
    await author.page.waitForURL(/\/preview$/)
    await editor.page.getByLabel('Title', { exact: true }).fill('How we count all beds')
    await editor.page.getByLabel('Text', { exact: true }).fill('First line.\n\nSecond line, changed there.')
    await editor.page.getByRole('button', { name: 'Save and preview' }).click()
    await expect(editor.page.getByRole('heading', { name: 'Someone else has changed this' })).toBeVisible()
    const text = editor.page.getByLabel('Text', { exact: true })
    await expect(text).toHaveValue('First line, changed here.\n\nSecond line, changed there.')
    await sound(editor.page, javaScriptEnabled)
    // The title that is saved is taken, and nothing else is lost.
    await editor.page.getByRole('button', { name: 'Use what is saved for “Title”' }).click()
    await expect(editor.page.getByLabel('Title', { exact: true })).toHaveValue('How we count beds')
    await expect(text).toHaveValue('First line, changed here.\n\nSecond line, changed there.')
    await editor.page.getByRole('button', { name: 'Save and preview' }).click()
    await editor.page.waitForURL(/\/preview$/)
    await author.page.goto(`${draft}/page`)
    await expect(author.page.getByLabel('Text', { exact: true })).toHaveValue('First line, changed here.\n\nSecond line, changed there.')
  })
}

test('a document of another organisation is adapted', async ({ browser, request }) => {
  const { other } = await documents(request)
  const { page } = await signedIn(browser, 'contributor')
  await page.goto(other)
  const title = await page.getByRole('heading', { level: 1 }).textContent()
  await page.getByRole('link', { name: 'Adapt this for your organisation' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Adapt this for')
  await sound(page)
  await page.getByRole('button', { name: 'Begin a draft' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  await expect(page.locator('.app-note').filter({ hasText: 'Adapted from' })).toContainText(title.trim())
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Adapted from “${title.trim()}”`)
  await sound(page)
  await page.getByRole('link', { name: 'Compare your draft with it' }).click()
  // What only they can say is not in the draft.
  await expect(page.getByRole('heading', { name: 'What happened?' })).toBeVisible()
  await sound(page)
})

test('a page links to another by its title, and a reader proposes a change that is declined', async ({ browser }) => {
  test.slow()
  const author = await signedIn(browser, 'contributor')
  const editor = await signedIn(browser, 'editor')
  const mark = Date.now()
  const target = await publishPage(author.page, editor.page, `Beds at night ${mark}`, 'We count them twice.')
  await expect(async () => {
    await author.page.goto(`/search?q=${mark}`)
    await expect(author.page.locator('.app-result')).toHaveCount(1, { timeout: 200 })
  }).toPass({ timeout: PATIENCE_MS })
  const from = await publishPage(author.page, editor.page, `Where to begin ${mark}`, `Read [[Beds at night ${mark}]] first.\n\n## Later\n\nMore.`)
  await author.page.goto(from)
  await author.page.locator('.app-prose').getByRole('link', { name: `Beds at night ${mark}` }).click()
  await expect(author.page).toHaveURL(new RegExp(target.split('/').pop()))
  await expect(author.page.getByRole('heading', { name: 'Pages that link to this' })).toBeVisible()
  await sound(author.page)

  const reader = await signedIn(browser, 'reader')
  await reader.page.goto(target)
  await reader.page.getByRole('link', { name: 'Suggest a change' }).click()
  await reader.page.getByRole('button', { name: 'Change it' }).click()
  await reader.page.getByRole('link', { name: 'The page' }).first().click()
  await reader.page.getByLabel('Text', { exact: true }).fill('We count them once.')
  await reader.page.getByRole('button', { name: 'Save and check' }).click()
  await reader.page.waitForURL(/\/submit$/)
  await reader.page.getByLabel('I have checked that nothing here').check()
  await reader.page.getByRole('button', { name: 'Submit for review' }).click()
  await reader.page.waitForURL(/\/drafts\/[^/]+$/)
  const id = new URL(reader.page.url()).pathname.split('/').pop()
  await expect(editor.page.getByRole('link', { name: /^Review/ })).toBeVisible()
  await editor.page.goto(`/review/${id}`)
  await expect(editor.page.getByRole('link', { name: /^Review \d+ waiting/ })).toBeVisible()
  await sound(editor.page)
  await editor.page.getByLabel('Comment for the author').fill('Twice is right: see the policy.')
  await editor.page.getByRole('button', { name: 'Decline this change' }).click()
  await editor.page.waitForURL(/\/review(\?|$)/)
  await reader.page.goto('/me')
  await expect(reader.page.getByText('Declined')).toBeVisible()
  await reader.page.goto(`/drafts/${id}`)
  await expect(reader.page.getByText('Twice is right: see the policy.')).toBeVisible()
  await sound(reader.page)
})

test('what became of a page is on its author’s own page, in numbers, and prints', async ({ browser }) => {
  test.slow()
  const author = await signedIn(browser, 'contributor')
  const editor = await signedIn(browser, 'editor')
  await author.page.goto('/me')
  await sound(author.page)
  const mark = Date.now()
  const address = await publishPage(author.page, editor.page, `Counting readers ${mark}`, 'Twice.')
  const reader = await browser.newContext({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' })
  const page = await reader.newPage()
  await expect(async () => {
    await page.goto(`/search?q=${mark}`)
    await expect(page.locator('.app-result')).toHaveCount(1, { timeout: 200 })
  }).toPass({ timeout: PATIENCE_MS })
  await page.locator('.app-result a').first().click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(String(mark))
  await page.goto(address)
  // Readers are written down every half minute.
  await expect(async () => {
    await author.page.goto('/me')
    await expect(author.page.getByText('opened it 2 times')).toBeVisible({ timeout: 200 })
  }).toPass({ timeout: 45_000, intervals: [2_000] })
  await expect(author.page.getByText('1 of these from a page of results')).toBeVisible()
  await sound(author.page)
  await author.page.emulateMedia({ media: 'print' })
  await expect(author.page.getByRole('heading', { name: 'What became of your pages' })).toBeVisible()
  await expect(author.page.getByRole('heading', { name: 'Change your password' })).toBeHidden()
})
