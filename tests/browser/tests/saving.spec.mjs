// What a save says at once, and what becomes of text that was not saved when someone signs out.

import { expect, test } from '@playwright/test'
import { endSessions, signedIn, signIn } from '../support/people.mjs'
import { sound, watch } from '../support/site.mjs'

const STATUS = 'form [role=status][data-status]'
const FILE = '---\nkind: case-study\ntitle: Moving the wards\n---\n\n## Situation\n\nA chart was of 943 476 5919.\n'

async function beginStudy(page) {
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  return page.url()
}

/** Returns the copies of texts in a browser. */
const copies = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('draft:')))

test('the whole file warns of patient data when it saves itself', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  const seen = watch(page)
  await page.goto(`${await beginStudy(page)}/file`)
  const text = page.getByLabel('Markdown, with the answers')
  await text.fill(FILE)
  await text.blur()
  await expect(page.locator(STATUS)).toHaveText(/Saved at/)
  const warning = page.locator('[data-findings] section').filter({ hasText: 'Check: this may identify a patient' })
  await expect(warning).toContainText('Situation:')
  await expect(warning).not.toContainText('5919')
  await expect(warning.getByRole('link')).toHaveAttribute('href', '#file')
  await sound(page)
  expect(seen).toEqual([])
})

for (const width of [1280, 390]) {
  test(`who writes far down sees what a save found there, without losing their place, at ${width} px`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'contributor')
    await page.setViewportSize({ width, height: 700 })
    await page.goto(`${await beginStudy(page)}/what-we-did`)
    const text = page.getByLabel('What did you do, in the order you did it?')
    await text.fill(`${'We walked.\n\n'.repeat(40)}The chart of 943 476 5919 was read.`)
    await text.evaluate((area) => {
      area.style.height = '1600px'
      area.setSelectionRange(area.value.length, area.value.length)
      area.scrollIntoView({ block: 'center' })
    })
    const line = page.locator('[data-remarks]')
    await text.dispatchEvent('change')
    await expect(line).toContainText('looks like an NHS number')
    await expect(line).not.toContainText('5919')
    await expect(line).toBeInViewport()
    await expect(text).toBeFocused()
    const near = page.locator('#text-what-we-did-remark')
    await expect(near).toContainText('Line 81')
    await expect(text).toHaveAttribute('aria-describedby', /text-what-we-did-remark/)
    await sound(page)
    await text.fill('We walked.')
    await text.dispatchEvent('change')
    await expect(near).toHaveCount(0)
    await expect(line).toBeEmpty()
    await expect(text).not.toHaveAttribute('aria-describedby', /remark/)
  })
}

for (const javaScriptEnabled of [true, false]) {
  test(`the page after a save says what was wrong with it ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const draft = await beginStudy(page)
    await page.goto(`${draft}/file`)
    await page.getByLabel('Markdown, with the answers').fill(FILE)
    await page.getByRole('button', { name: 'Save and continue' }).click()
    await expect(page.getByRole('heading', { name: 'Saved. Look at this again' })).toBeVisible()
    await expect(page.getByRole('alert')).toContainText('This may identify a patient')
    await sound(page, javaScriptEnabled)

    await page.goto(`${draft}/cost`)
    await page.getByLabel('Cost once, in pounds').fill('£4.2k')
    await page.getByLabel('Cost each year, in pounds').fill('£4,200')
    await page.getByLabel('When did it start?').fill('Smarch 2025')
    await page.getByRole('button', { name: 'Save and continue' }).click()
    const said = page.getByRole('alert').filter({ hasText: 'Look at “Cost, time and size” again' })
    await expect(said.getByRole('listitem')).toHaveCount(2)
    await sound(page, javaScriptEnabled)
    await said.getByRole('link', { name: /When did it start/ }).click()
    await expect(page.getByLabel('When did it start?')).toHaveValue('Smarch 2025')
    await expect(page.getByLabel('Cost each year, in pounds')).toHaveValue('4200')
  })
}

test('a value that cannot be published is named once its field is left, and not while it is written', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto(`${await beginStudy(page)}/cost`)
  const alert = page.locator('[data-findings] section').filter({ hasText: 'This cannot be published as it is' })
  await page.getByLabel('When did it start?').fill('Smarch 2025')
  await page.getByLabel('When did it go live?').focus()
  await expect(alert).toContainText('When did it start')
  await sound(page)
  await page.getByLabel('When did it start?').fill('March 2025')
  await page.getByLabel('When did it go live?').focus()
  await expect(alert).toHaveCount(0)
})

test('who signs out is asked about text that is not saved, and nothing of it stays', async ({ browser }) => {
  const { page, email } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const address = page.url()
  const text = page.getByLabel('What happened?')
  await page.waitForLoadState('load')
  // What can be saved is saved, and no one is asked.
  await text.fill('Words that can be saved.')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
  await signIn(page, email)
  await page.goto(address)
  await expect(text).toHaveValue('Words that can be saved.')
  // What cannot be saved is asked about.
  await page.route('**/api/v1/drafts/**', (route) => route.abort())
  await text.fill('Words that cannot be saved.')
  await page.getByRole('button', { name: 'Sign out' }).click()
  const question = page.getByRole('dialog', { name: 'You have text that is not saved' })
  await expect(question).toBeVisible()
  await expect(question.getByRole('listitem')).toHaveCount(1)
  await sound(page)
  await page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await expect(text).toHaveValue('Words that cannot be saved.')
  await expect.poll(() => copies(page)).toHaveLength(1)
  // Also on another page.
  await page.goto('/search')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await question.getByRole('button', { name: 'Sign out and remove it' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
  await expect.poll(() => copies(page)).toEqual([])
  // The page of the draft itself, which keeps a copy whenever it is hidden, keeps none as it is left.
  await signIn(page, email)
  await page.goto(address)
  await text.fill('Words that cannot be saved either.')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await question.getByRole('button', { name: 'Sign out and remove it' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
  expect(await copies(page)).toEqual([])
})

test('the copy of a session that has ended is for the person who wrote it', async ({ browser }) => {
  const { page, context, email } = await signedIn(browser, 'contributor')
  const other = await signedIn(browser, 'editor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const address = page.url()
  const text = page.getByLabel('What happened?')
  await page.waitForLoadState('load')
  endSessions(email)
  await text.fill('Words after the session has ended.')
  await text.blur()
  await expect(page.locator(STATUS)).toContainText('kept in this browser until someone else signs in here')
  await page.goto('/search')
  await expect.poll(() => copies(page)).toHaveLength(1)
  // Someone else signs in, who may open the draft: nothing of it is offered, or there.
  await signIn(page, other.email)
  await expect.poll(() => copies(page)).toEqual([])
  await page.goto(address)
  await expect(text).toHaveValue('')
  await expect(page.getByRole('button', { name: 'Put it into the form' })).toHaveCount(0)
  await context.close()
})

test('a page that is still open says that someone else has signed in, and keeps its text', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  const other = await signedIn(browser, 'editor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const text = page.getByLabel('What happened?')
  await page.waitForLoadState('load')
  const second = await context.newPage()
  await second.goto('/me')
  await second.getByRole('button', { name: 'Sign out' }).click()
  await expect(second.getByRole('link', { name: 'Sign in' })).toBeVisible()
  await signIn(second, other.email)
  await text.fill('Words of the first person.')
  await text.blur()
  await expect(page.locator(STATUS)).toContainText('someone else has signed in in this browser')
  await page.getByRole('button', { name: 'Save', exact: false }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Someone else has signed in here. Your text is on this page')
  await expect(page.getByText('Words of the first person.')).toBeVisible()
  await sound(page)
  await context.close()
})

/** Submits an observation; returns its author's page, and the path of its form. */
async function submitted(browser) {
  const { page, context } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const path = new URL(page.url()).pathname
  await page.getByLabel('What happened?').fill('Badge readers lost their connection every night.')
  await page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning.')
  await page.getByLabel('Did not work', { exact: true }).check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.getByLabel('I have checked that nothing here could identify a patient').check()
  await page.getByRole('button', { name: 'Submit for review' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  return { page, context, path }
}

/** Submits an observation; returns the path of its review. */
async function handedIn(browser) {
  const { page, context } = await submitted(browser)
  const path = new URL(page.url()).pathname.replace('/drafts/', '/review/')
  await context.close()
  return path
}

test('what is typed into a draft that waits for review is kept, and saved once it is taken back', async ({ browser }) => {
  const { page, context, path } = await submitted(browser)
  await page.goto(path)
  const text = page.getByLabel('What happened?')
  const before = await text.inputValue()
  await text.fill(`${before} Two of them for an hour.`)
  await expect(page.locator(STATUS)).toContainText('Not saved yet')
  await expect(page.locator(STATUS)).toBeInViewport()
  await sound(page)
  await page.goto('/me')
  await page.goto(path)
  await expect(text).toHaveValue(before)
  await page.getByRole('button', { name: 'Put it into the form' }).click()
  await expect(text).toHaveValue(`${before} Two of them for an hour.`)
  await page.getByRole('button', { name: 'Take it back and save' }).click()
  await expect(page.getByRole('button', { name: 'Save and check' })).toBeVisible()
  await expect(text).toHaveValue(`${before} Two of them for an hour.`)
  expect(await copies(page)).toEqual([])
  await context.close()
})

test('a comment that could not be sent is kept, next to the one that is written after it', async ({ browser }) => {
  const path = await handedIn(browser)
  const { page, context } = await signedIn(browser, 'editor')
  await page.goto(path)
  const comment = page.getByLabel('Comment for the author')
  await comment.fill('Which wards were these?')
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Return with comments' }).click()
  await expect(page.locator(STATUS)).toContainText('Not sent: there is no connection')
  await expect(comment).toHaveValue('Which wards were these?')
  await context.setOffline(false)
  await page.reload()
  // What is offered stays until its writer has decided about it.
  await page.getByLabel('Comment for the author').fill('And when?')
  await expect.poll(() => copies(page)).toHaveLength(2)
  await page.reload()
  const put = page.getByRole('button', { name: 'Put it into the form' })
  await expect(put).toHaveCount(2)
  // One box, with how each text begins.
  const box = page.getByRole('region', { name: 'This browser has 2 texts that were not saved' })
  await expect(box.locator('blockquote')).toHaveText(['And when?', 'Which wards were these?'])
  await sound(page)
  await put.nth(1).click()
  await expect(comment).toHaveValue('Which wards were these?')
  await page.getByRole('button', { name: 'Throw it away' }).click()
  await page.getByRole('button', { name: 'Return with comments' }).click()
  await expect(page.getByText('Its author sees your comments')).toBeVisible()
  expect(await copies(page)).toEqual([])
  await context.close()
})

test('a reviewer is asked about comments that were not sent, and finds them again', async ({ browser }) => {
  const path = await handedIn(browser)
  const { page, context } = await signedIn(browser, 'editor')
  await page.goto(path)
  const comment = page.getByLabel('Comment for the author')
  await comment.fill('Which wards were these?')
  await page.getByRole('button', { name: 'Sign out' }).click()
  const question = page.getByRole('dialog')
  await expect(question).toContainText('You have text that is not saved')
  await sound(page)
  await question.getByRole('link').click()
  await page.getByRole('button', { name: 'Put it into the form' }).click()
  await expect(comment).toHaveValue('Which wards were these?')
  await page.getByRole('button', { name: 'Return with comments' }).click()
  await expect(page).toHaveURL(/\/review(\?|$)/)
  expect(await copies(page)).toEqual([])
  await context.close()
})

for (const javaScriptEnabled of [true, false]) {
  test(`a comment sent after the session has ended comes back into the form ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const path = await handedIn(browser)
    const { page, context, email } = await signedIn(browser, 'editor', { javaScriptEnabled })
    await page.goto(path)
    await page.getByLabel('Comment for the author').fill('NHS number 943 476 5919: which wards?')
    await page.getByRole('button', { name: 'Return with comments' }).click()
    await expect(page.locator('#comment-fault')).toContainText('looks like an NHS number')
    await sound(page, javaScriptEnabled)
    await page.getByLabel('Comment for the author').fill('Which wards were these?')
    await endSessions(email)
    await page.getByRole('button', { name: 'Return with comments' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have been signed out. Your text is on this page')
    await sound(page, javaScriptEnabled)
    const second = await context.newPage()
    await signIn(second, email)
    await page.getByRole('button', { name: 'Go on with my text' }).click()
    await expect(page.getByText('Nothing is decided yet')).toBeVisible()
    await expect(page.getByLabel('Comment for the author')).toHaveValue('Which wards were these?')
    await sound(page, javaScriptEnabled)
    await page.getByRole('button', { name: 'Return with comments' }).click()
    await expect(page).toHaveURL(/\/review(\?|$)/)
    await context.close()
  })
}
