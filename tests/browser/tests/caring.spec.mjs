// Looking after what is published: still true, what changed, handing over, and withdrawing with receipts.

import { expect, test } from '@playwright/test'
import { signedIn } from '../support/people.mjs'
import { accessible, sound, watch } from '../support/site.mjs'

/** Receipts are asked for each minute. */
const UNTIL_RECEIPTS = 150_000

/** Publishes an observation: one person writes it, another one approves it. Returns its address. */
async function published(browser, editor, words) {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.getByLabel('What happened?').fill(`Badge readers lost their connection each night, ${words}.`)
  await page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning.')
  await page.getByLabel('Did not work').check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.getByLabel('I have checked that nothing here').check()
  await page.getByRole('button', { name: 'Submit for review' }).click()
  await expect(page.getByText('Waiting for review', { exact: false }).first()).toBeVisible()
  const draft = new URL(page.url()).pathname.split('/').pop()
  await editor.goto(`/review/${draft}`)
  await editor.getByLabel('I have read it').check()
  await editor.getByRole('button', { name: 'Approve and publish' }).click()
  await expect(editor.getByRole('heading', { name: 'Published' })).toBeVisible()
  await expect(async () => {
    await editor.goto(`/search?q=${words}`)
    await expect(editor.locator('.app-result')).toHaveCount(1, { timeout: 200 })
  }).toPass({ timeout: 10_000 })
  return editor.locator('.app-result a').first().getAttribute('href')
}

for (const javaScriptEnabled of [true, false]) {
  test(`a page is still true in two clicks ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'editor', { javaScriptEnabled })
    const seen = watch(page)
    const address = await published(browser, page, `quagga${javaScriptEnabled ? 'a' : 'b'}${Date.now()}`)
    await page.goto(address)
    await page.getByRole('link', { name: 'Look after this page' }).click()
    await expect(page.getByRole('heading', { name: 'Look after this page' })).toBeVisible()
    await sound(page, javaScriptEnabled)
    // By the keyboard alone.
    await page.getByRole('button', { name: 'It is still true' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.goto(address)
    await page.locator('.app-colophon > summary').click()
    await page.getByRole('link', { name: /What changed/ }).click()
    await expect(page.getByRole('heading', { name: 'What changed from version 1 to version 2' })).toBeVisible()
    await expect(page.locator('ins').first()).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.goto('/care')
    await sound(page, javaScriptEnabled)
    await page.getByLabel('Email address of the person who leaves').fill('no.one@northmoor.example')
    await page.getByRole('button', { name: 'Hand over' }).click()
    await expect(page.getByRole('heading', { name: 'Nothing was handed over' })).toBeVisible()
    await sound(page, javaScriptEnabled)
    expect(seen.filter((line) => !line.includes('422'))).toEqual([])
  })
}

for (const javaScriptEnabled of [true, false]) {
  test(`handing over everything is asked about first ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'editor', { javaScriptEnabled })
    const from = await signedIn(browser, 'contributor')
    const to = await signedIn(browser, 'contributor')
    await page.goto('/care')
    await page.getByLabel('Email address of the person who leaves').fill(from.email)
    await page.getByLabel('Email address of the person who takes over').fill(to.email)
    await page.getByRole('button', { name: 'Hand over' }).click()
    await expect(page.getByText('This cannot be undone as a whole')).toBeVisible()
    await expect(page.getByRole('listitem').filter({ hasText: to.email })).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.getByRole('button', { name: 'Hand over' }).click()
    await expect(page.getByRole('heading', { name: 'Handed over' })).toBeVisible()
  })
}

test('a page is withdrawn, and its receipts arrive', async ({ browser }) => {
  test.setTimeout(60_000 + UNTIL_RECEIPTS)
  const { page } = await signedIn(browser, 'editor')
  const address = await published(browser, page, `thylacine${Date.now()}`)
  await page.goto(address)
  await page.getByRole('link', { name: 'Look after this page' }).click()
  await page.getByRole('link', { name: 'Withdraw it' }).click()
  await page.waitForURL(/\/withdraw\//)
  await sound(page)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('heading', { name: 'Nothing was withdrawn' })).toBeVisible()
  await sound(page)
  await page.getByLabel('It has a mistake').check()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('This cannot be undone.')).toBeVisible()
  await sound(page)
  await page.getByLabel('Keep the text as a draft').check()
  await page.getByRole('button', { name: 'Withdraw it for good' }).click()
  await expect(page.getByRole('heading', { name: 'The page is withdrawn' })).toBeVisible()
  await sound(page)
  await expect(page.getByRole('link', { name: 'Open the draft that has its text' })).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('Erased, as it signed').first()).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: UNTIL_RECEIPTS, intervals: [2_000] })
  await sound(page)
  await page.getByRole('link', { name: 'Open the draft that has its text' }).click()
  await page.waitForURL(/\/drafts\//)
  await expect(page.getByText('thylacine', { exact: false }).first()).toBeVisible()
  const gone = await page.goto(address)
  expect(gone.status()).toBe(410)
  await accessible(page)
})

for (const javaScriptEnabled of [true, false]) {
  test(`a page is withdrawn for another one that replaces it ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    test.slow()
    const { page } = await signedIn(browser, 'editor', { javaScriptEnabled })
    const words = `dodo${javaScriptEnabled ? 'a' : 'b'}${Date.now()}`
    const replaced = await published(browser, page, `${words}old`)
    const successor = await published(browser, page, `${words}new`)
    await page.goto(successor)
    const title = (await page.getByRole('heading', { level: 1 }).textContent()).trim()
    await page.goto(`/withdraw/${replaced.split('/')[3]}`)
    // The question comes with its answer, by the keyboard and without a script.
    await expect(page.getByLabel('Which page replaces it?')).toBeHidden()
    await page.getByLabel('It has a mistake').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await expect(page.getByLabel('Which page replaces it?')).toBeFocused()
    await page.keyboard.type('No page has this title')
    await page.keyboard.press('Enter')
    await expect(page.getByText('This site has no page with this title').first()).toBeVisible()
    await expect(page.getByLabel('Which page replaces it?')).toHaveValue('No page has this title')
    await sound(page, javaScriptEnabled)
    await page.getByLabel('Which page replaces it?').fill(new URL(successor, page.url()).href)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('listitem').getByRole('link', { name: title })).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.getByRole('button', { name: 'Withdraw it for good' }).click()
    await expect(page.getByRole('heading', { name: 'The page is withdrawn' })).toBeVisible()
    expect((await page.goto(replaced)).status()).toBe(410)
    await page.getByRole('link', { name: title }).click()
    await expect(page).toHaveURL(successor)
  })
}

test('a link of a reminder that is not valid says what to do', async ({ page }) => {
  await page.goto('/still-true?key=nothing')
  await expect(page.getByRole('link', { name: 'Sign in' }).last()).toBeVisible()
  await sound(page)
})
