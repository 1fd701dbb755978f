// Writing and reviewing in a browser: an observation, a case study, two people, a lost session, no script.

import { expect, test } from '@playwright/test'
import { crash, endSessions, signedIn, signIn } from '../support/people.mjs'
import { sound, watch } from '../support/site.mjs'

const STATUS = 'form [role=status][data-status]'

async function fillObservation(page, words) {
  await page.getByLabel('What happened?').fill(`Badge readers lost their connection each night, ${words}.`)
  await page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning.')
  await page.getByLabel('Did not work').check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
}

for (const javaScriptEnabled of [true, false]) {
  test(`an observation is written, approved and found ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const seen = watch(page)
    await page.goto('/write')
    await sound(page, javaScriptEnabled)
    await page.getByRole('button', { name: 'Write an observation' }).click()
    await page.waitForURL(/\/drafts\/[^/]+\/observation$/)
    await sound(page, javaScriptEnabled)
    const words = `xylograph${javaScriptEnabled ? 'a' : 'b'}${Date.now()}`
    await fillObservation(page, words)
    await page.getByRole('button', { name: 'Save and check' }).click()
    await page.waitForURL(/\/submit$/)
    await sound(page, javaScriptEnabled)
    await page.getByRole('link', { name: 'Preview it first' }).click()
    await expect(page.getByText('This is a preview.')).toBeVisible()
    await sound(page, javaScriptEnabled)
    await page.goBack()
    await page.getByLabel('I have checked that nothing here').check()
    await page.getByRole('button', { name: 'Submit for review' }).click()
    await expect(page.getByText('Waiting for review', { exact: false }).first()).toBeVisible()
    await sound(page, javaScriptEnabled)
    const id = new URL(page.url()).pathname.split('/').pop()

    const editor = await signedIn(browser, 'editor', { javaScriptEnabled })
    await editor.page.goto('/review')
    await sound(editor.page, javaScriptEnabled)
    await editor.page.goto(`/review/${id}`)
    await sound(editor.page, javaScriptEnabled)
    await editor.page.getByLabel('I have read it').check()
    await editor.page.getByRole('button', { name: 'Approve and publish' }).click()
    await expect(editor.page.getByRole('heading', { name: 'Published' })).toBeVisible()
    await sound(editor.page, javaScriptEnabled)
    await expect(async () => {
      await page.goto(`/search?q=${words}`)
      await expect(page.locator('.app-result')).toHaveCount(1, { timeout: 200 })
    }).toPass({ timeout: 10_000 })
    expect(seen).toEqual([])
  })
}

test('a section saves itself, shows its text, and warns of patient data', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  const seen = watch(page)
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  await sound(page)
  await page.getByRole('link', { name: 'What we did', exact: true }).click()
  await page.waitForURL(/\/what-we-did$/)
  const text = page.getByLabel('What did you do, in the order you did it?')
  await text.fill('We moved **34 wards**. A chart was of 943 476 5919.')
  await text.blur()
  await expect(page.locator(STATUS)).toHaveText(/Saved at \d\d:\d\d/)
  await expect(page.locator('[data-preview] strong')).toHaveText('34 wards')
  await expect(page.getByRole('heading', { name: 'Check: this may identify a patient' })).toBeVisible()
  await expect(page.locator('[data-remarks]')).toContainText('identify a patient')
  await expect(page.locator('[data-remarks]')).not.toContainText('5919')
  await sound(page)
  await page.reload()
  await expect(text).toHaveValue(/34 wards/)
  // The long list of topics can be searched by its words.
  await page.getByRole('link', { name: 'Topics and setting' }).click()
  await page.getByLabel('Find in: What is it about?').fill('prescr')
  await expect(page.getByLabel('Electronic prescribing (ePMA)')).toBeVisible()
  await expect(page.getByLabel('Virtual wards')).toBeHidden()
  await sound(page)
  expect(seen).toEqual([])
})

test('what could not be saved is kept in the browser and offered again', async ({ browser }) => {
  const { page: offline, context } = await signedIn(browser, 'contributor')
  const text = (page) => page.getByLabel('What happened?')
  await offline.goto('/write')
  await offline.getByRole('button', { name: 'Write an observation' }).click()
  // The page has its script before the connection is gone.
  await expect(text(offline)).toBeVisible()
  await offline.waitForLoadState('load')
  await context.setOffline(true)
  await text(offline).fill('Words without a connection.')
  await text(offline).blur()
  await expect(offline.locator(STATUS)).toContainText('there is no connection')
  const address = offline.url()
  // The words of a page that is left are saved once the connection is back, and no one is asked about them.
  await crash(offline)
  await context.setOffline(false)
  const page = await context.newPage()
  // The page of the person's work leads to it.
  await page.goto('/me')
  const unsaved = page.getByRole('region', { name: 'Text that is only in this browser' })
  await unsaved.getByRole('link', { name: /^Your text of / }).click()
  await page.waitForURL(address)
  await expect(text(page)).toHaveValue('')
  await page.getByRole('button', { name: 'Put it into the form' }).click()
  await expect(text(page)).toHaveValue('Words without a connection.')
  await expect(page.locator(STATUS)).toHaveText(/Saved at/, { timeout: 15_000 })
  await page.reload()
  await expect(text(page)).toHaveValue('Words without a connection.')
  await expect(page.getByRole('button', { name: 'Put it into the form' })).toHaveCount(0)
})

for (const javaScriptEnabled of [true, false]) {
  test(`nothing is lost when the session ends ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page, context, email } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    await page.goto('/write')
    await page.getByRole('button', { name: 'Write an observation' }).click()
    await page.waitForURL(/\/observation$/)
    const address = page.url()
    endSessions(email)
    await page.getByLabel('What happened?').fill('Words after the session has ended.')
    const heading = page.getByRole('heading', { name: 'You have been signed out' })
    await pressed(page, 'Save and check', () => expect(heading).toBeVisible({ timeout: 15_000 }))
    await expect(page.getByText('Words after the session has ended.')).toBeVisible()
    await sound(page, javaScriptEnabled)
    const other = await context.newPage()
    await signIn(other, email)
    await page.getByRole('button', { name: 'Save my text' }).click()
    await page.waitForURL(/\/submit$/)
    await page.goto(address)
    await expect(page.getByLabel('What happened?')).toHaveValue('Words after the session has ended.')
  })
}

test('a button that is pressed without a connection leaves the form, and the text is saved when it is back', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const text = page.getByLabel('What happened?')
  await expect(text).toBeVisible()
  await page.waitForLoadState('load')
  await context.setOffline(true)
  await text.fill('Words before a button.')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await expect(page.locator(STATUS)).toContainText('there is no connection')
  await expect(text).toHaveValue('Words before a button.')
  await context.setOffline(false)
  await expect(page.locator(STATUS)).toHaveText(/Saved at/, { timeout: 15_000 })
})

test('a button does not leave the form while only this site cannot be reached', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  const text = page.getByLabel('What happened?')
  await expect(text).toBeVisible()
  await page.waitForLoadState('load')
  // The browser has a network, so it does not know.
  await context.route('**/*', (route) => route.abort('connectionrefused'))
  await text.fill('Words before a button.')
  await text.blur()
  await expect(page.locator(STATUS)).toContainText('there is no connection')
  for (const times of [1, 2]) {
    // The line says it already: each button asks once more.
    const failed = page.waitForEvent('requestfailed')
    await page.getByRole('button', { name: 'Save and check' }).click()
    await failed
    await expect(page.locator(STATUS), `click ${times}`).toContainText('there is no connection')
    await expect(text).toHaveValue('Words before a button.')
  }
  await context.unroute('**/*')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
})

test('a page that is read again while someone types has all of it, and no conflict', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.waitForURL(/\/observation$/)
  const text = page.getByLabel('What happened?')
  for (const delay of [0, 400]) {
    // The save of the page that is left may come after the next page was made.
    await context.route('**/api/v1/drafts/*/observation', async (route) => {
      await new Promise((done) => setTimeout(done, delay))
      await route.continue()
    })
    await text.fill(`Words before the key, after ${delay}.`)
    await page.keyboard.press('End')
    await text.pressSequentially(' And the last ones.')
    await page.reload()
    await expect(text).toHaveValue(`Words before the key, after ${delay}. And the last ones.`, { timeout: 10_000 })
    await expect(page.getByText('This browser has a text that was not saved')).toHaveCount(0)
    await context.unroute('**/api/v1/drafts/*/observation')
    await page.waitForLoadState('load')
    await text.pressSequentially(' More.')
    await text.blur()
    await expect(page.locator(STATUS)).toHaveText(/Saved at/)
  }
})

test('why a form was refused has the focus and is in the title', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.locator('.nhsuk-error-summary')).toBeFocused()
  await fillObservation(await back(page), 'x')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
  await expect(page).not.toHaveTitle(/^Error: /)
  await page.getByRole('button', { name: 'Submit for review' }).click()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.locator('.nhsuk-error-summary')).toBeFocused()
  await page.locator('.nhsuk-error-summary').getByRole('link').click()
  await expect(page.locator('#declared')).toBeFocused()
  await sound(page)
})

test('Enter in a field saves and goes on, and adds no row', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.getByRole('link', { name: 'Figures before and after', exact: true }).click()
  await page.waitForURL(/\/figures$/)
  const address = page.url()
  await page.getByLabel('What was measured?').fill('Time to sign in')
  await page.getByLabel('What was measured?').press('Enter')
  await page.waitForURL((url) => url.href !== address)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('What we would do differently')
  await page.goto(address)
  // What was typed, and the empty one that is always there to be filled.
  const measured = page.getByLabel('What was measured?')
  await expect(measured).toHaveCount(2)
  await expect(measured.nth(0)).toHaveValue('Time to sign in')
  await expect(measured.nth(1)).toHaveValue('')
})

test('a choice that is not there is answered in words, with what is nearest', async ({ browser }) => {
  for (const width of [1280, 390]) {
    const { page } = await signedIn(browser, 'contributor', { viewport: { width, height: 844 } })
    await page.goto('/write')
    await page.getByRole('button', { name: 'Write an observation' }).click()
    await page.waitForURL(/\/observation$/)
    const topics = page.getByRole('group', { name: /^What is it about/ })
    const find = topics.getByRole('searchbox')
    const boxes = topics.getByRole('checkbox')
    const all = await boxes.count()
    await find.fill('prescribing')
    expect(await boxes.count()).toBeLessThan(all)
    await find.fill('prescribeing')
    await expect(topics.getByRole('status')).toHaveText('Nothing here has “prescribeing”. The nearest:')
    await expect(topics.getByRole('checkbox', { name: /prescribing/i })).toBeVisible()
    await sound(page)
    await find.fill('xyzzy')
    await expect(topics.getByRole('status')).toHaveText('Nothing here has “xyzzy”. Choose what comes nearest, and say the rest in your text.')
    await expect(topics.getByRole('status')).toBeInViewport()
    await expect(boxes).toHaveCount(all)
    await find.fill('')
    await expect(boxes).toHaveCount(all)
  }
})

for (const javaScriptEnabled of [true, false]) {
  test(`how long a summary may be is said ${javaScriptEnabled ? 'while it is written' : 'without a script'}`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const seen = watch(page)
    await page.goto('/write')
    await page.getByRole('button', { name: 'Write a case study' }).click()
    await page.waitForURL(/\/drafts\/[^/]+$/)
    await page.goto(`${page.url()}/title`)
    const summary = page.getByLabel('What changed, and what was the result?')
    await expect(summary).toHaveAccessibleDescription(/Write 60 to 280 characters/)
    if (javaScriptEnabled) {
      const group = page.locator('.nhsuk-form-group', { has: summary })
      const line = group.locator('.app-count[aria-hidden]')
      await expect(line).toHaveText('You have 280 characters left')
      await summary.fill('x'.repeat(40))
      await expect(line).toHaveText('Write at least 20 characters more')
      await summary.fill(`  ${'x'.repeat(292)} `)
      await expect(line).toHaveText('You have 12 characters too many')
      // It is said once the author pauses.
      await expect(group.locator('[aria-live=polite]')).toHaveText('You have 12 characters too many')
      await summary.fill('🩺'.repeat(279))
      await expect(line).toHaveText('You have 1 character left')
    } else {
      await expect(page.getByText('Write 60 to 280 characters')).toBeVisible()
    }
    // What got in the way is asked for, unless it worked: it is not called optional.
    await expect(page.getByRole('group', { name: 'What got in the way?', exact: true })).toBeVisible()
    await sound(page, javaScriptEnabled)
    expect(seen).toEqual([])
  })
}

test('what is wrong with a figure is said in the words of the form', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  const draft = page.url()
  await page.goto(`${draft}/figures`)
  await page.getByLabel('What was measured?').first().fill('Time to sign in')
  await page.getByLabel('After', { exact: true }).first().fill('31 min')
  await page.getByLabel('By when will you report it?').fill('31/02/2097')
  await pressed(page, 'Save and continue', () => page.waitForURL(/\/differently/, { timeout: 15_000 }))
  await page.goto(`${draft}/submit`)
  const faults = page.getByRole('alert')
  await expect(faults).toContainText('choose one of: Higher is better; Lower is better')
  await expect(faults).toContainText('; pounds; ')
  await expect(faults).toContainText('such as 31 or 4.5; its unit is chosen above')
  await expect(faults).toContainText('that month has fewer days')
  await expect(faults).not.toContainText('up-good')
})

/** Presses a button until it has led on: on a busy machine, one press now and then does nothing. */
async function pressed(page, name, ledOn) {
  test.setTimeout(180_000)
  await expect(async () => {
    const button = page.getByRole('button', { name })
    if (await button.isVisible()) await button.click()
    await ledOn()
  }).toPass()
}

async function back(page) {
  await page.goto(page.url().replace(/submit$/, 'observation'))
  return page
}

test('a text saves itself again once its author has signed in elsewhere and comes back', async ({ browser }) => {
  const { page, context, email } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.waitForURL(/\/observation$/)
  const text = page.getByLabel('What happened?')
  endSessions(email)
  await text.fill('Words after the session has ended.')
  await text.blur()
  await expect(page.locator(STATUS)).toContainText('you have been signed out')
  const other = await context.newPage()
  await signIn(other, email)
  await page.bringToFront()
  // Headless windows always have the focus; a person who comes back gives it to the page.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(page.locator(STATUS)).toHaveText(/Saved at/)
})

test('who saves second sees the difference and merges', async ({ browser }) => {
  const author = await signedIn(browser, 'contributor')
  await author.page.goto('/write')
  await author.page.getByRole('button', { name: 'Write a case study' }).click()
  await author.page.getByRole('link', { name: 'Situation', exact: true }).click()
  await author.page.waitForURL(/\/situation$/)
  const address = new URL(author.page.url()).pathname
  const editor = await signedIn(browser, 'editor')
  await editor.page.goto(address)
  const question = 'What was the problem, and who had it?'
  await author.page.getByLabel(question).fill('Wards waited 52 minutes.')
  await author.page.getByRole('button', { name: 'Save and continue' }).click()
  await author.page.waitForURL((url) => url.pathname !== address)
  await editor.page.getByLabel(question).fill('Wards waited 40 minutes.')
  await editor.page.getByRole('button', { name: 'Save and continue' }).click()
  await expect(editor.page.getByRole('heading', { name: 'Someone else has changed this' })).toBeVisible()
  await expect(editor.page.locator('del')).toContainText('52')
  await expect(editor.page.locator('ins')).toContainText('40')
  await sound(editor.page)
  await editor.page.getByLabel(question).fill('Wards waited 52, then 40 minutes.')
  await editor.page.getByRole('button', { name: 'Save and continue' }).click()
  await editor.page.waitForURL((url) => url.pathname !== address)
  await author.page.goto(address)
  await expect(author.page.getByLabel(question)).toHaveValue('Wards waited 52, then 40 minutes.')
})

test('faults are listed with links to their fields, and every section can be used', async ({ browser }) => {
  // Sixteen pages, each with axe.
  test.slow()
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.getByRole('button', { name: 'Check and submit' }).click()
  await page.waitForURL(/\/submit$/)
  await sound(page)
  await page.getByRole('link', { name: 'Write a shared mailbox' }).click()
  await expect(page.getByLabel('Shared mailbox')).toBeVisible()
  await expect(page.getByText('Error: Write a shared mailbox')).toBeVisible()
  await sound(page)
  const sections = page.locator('.app-rail ul a')
  const count = await sections.count()
  expect(count).toBe(13)
  for (let place = 0; place < count; place += 1) {
    const address = await sections.nth(place).getAttribute('href')
    await sections.nth(place).click()
    await page.waitForURL(address)
    await sound(page)
  }
  await page.getByRole('link', { name: 'Write it all as one Markdown file' }).click()
  await page.waitForURL(/\/file$/)
  await sound(page)
})
