// What a browser keeps of a text that could not be saved or sent, and that nothing of anyone is lost by it.

import { expect, test } from '@playwright/test'
import { crash, endSessions, signedIn, signIn } from '../support/people.mjs'
import { sound } from '../support/site.mjs'

const STATUS = 'form [role=status][data-status]'
const PROBLEM = 'What was the problem, and who had it?'
const DID = 'What did you do, in the order you did it?'

/** Returns the copies of texts in a browser. */
const copies = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('draft:')).map((name) => JSON.parse(localStorage.getItem(name)).text))

/** Begins a case study; returns the path of one of its sections. */
async function section(page, name) {
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write a case study' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  return `${new URL(page.url()).pathname}/${name}`
}

/** Saves a text of a section with its button, as someone else. */
async function save(page, path, question, words) {
  await page.goto(path)
  await page.getByLabel(question).fill(words)
  await page.getByRole('button', { name: 'Save and continue' }).click()
  await page.waitForURL((url) => url.pathname !== path)
}

/** Submits an observation of two paragraphs; returns its author's page, and the path of its form. */
async function submitted(browser) {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.waitForURL(/\/observation$/)
  const path = new URL(page.url()).pathname
  await page.getByLabel('What happened?').fill('Badge readers lost their connection.\n\nNurses waited at doors.')
  await page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning.')
  await page.getByLabel('Did not work', { exact: true }).check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await submit(page)
  return { page, path, review: path.replace('/drafts/', '/review/').replace(/\/observation$/, '') }
}

async function submit(page) {
  await page.getByLabel('I have checked that nothing here could identify a patient').check()
  await page.getByRole('button', { name: 'Submit for review' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
}

test('a copy that is put back is put together with what someone else has saved since', async ({ browser }) => {
  const author = await signedIn(browser, 'contributor')
  const editor = await signedIn(browser, 'editor')
  const path = await section(author.page, 'situation')
  await save(author.page, path, PROBLEM, 'Wards waited.')
  await author.page.goto(path)
  await author.page.route('**/api/v1/drafts/*/situation', (route) => route.abort())
  await author.page.getByLabel(PROBLEM).fill('Wards waited.\n\nWhat the author wrote on Monday.')
  await author.page.getByLabel(PROBLEM).blur()
  await expect(author.page.locator(STATUS)).toContainText('there is no connection')
  // A page that is left may still save its words.
  await crash(author.page)
  author.page = await author.context.newPage()
  await save(editor.page, path, PROBLEM, 'Wards waited for 52 minutes.')
  await author.page.goto(path)
  await author.page.getByRole('button', { name: 'Put it into the form' }).click()
  await expect(author.page.getByLabel(PROBLEM)).toHaveValue(/on Monday/)
  await expect(author.page.locator(STATUS)).toContainText('someone else has changed this', { timeout: 15_000 })
  await author.page.getByRole('button', { name: 'Save and continue' }).click()
  await expect(author.page.getByRole('heading', { name: 'Someone else has changed this' })).toBeVisible()
  // Both changed the place where the first paragraph ends, so that both are there.
  await expect(author.page.getByLabel(PROBLEM)).toHaveValue(/Wards waited for 52 minutes\.[^]*What the author wrote on Monday\./)
  await sound(author.page)
  await author.page.getByRole('button', { name: 'Save and continue' }).click()
  await author.page.waitForURL((url) => url.pathname !== path)
  await expect.poll(() => copies(author.page)).toEqual([])
})

test('what is typed after a save was refused is kept, and the save of another tab leaves it', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  const path = await section(page, 'situation')
  await page.goto(path)
  const second = await context.newPage()
  await second.goto(path)
  await second.getByLabel(PROBLEM).fill('Words of the second tab.')
  await second.getByLabel(PROBLEM).blur()
  await expect(second.locator(STATUS)).toHaveText(/Saved at/)
  await page.getByLabel(PROBLEM).fill('Words of the first tab.')
  await page.getByLabel(PROBLEM).blur()
  await expect(page.locator(STATUS)).toContainText('someone else has changed this')
  await page.getByLabel(PROBLEM).fill('Words of the first tab, and a quarter of an hour more.')
  await expect.poll(() => copies(page)).toEqual([expect.stringContaining('a+quarter+of+an+hour')])
  // The line says already that it is saved.
  const version = second.locator('form[data-draft] input[name=version]')
  const before = await version.inputValue()
  await second.getByLabel(PROBLEM).fill('More words of the second tab.')
  await second.getByLabel(PROBLEM).blur()
  await expect(version).not.toHaveValue(before)
  expect(await copies(page)).toEqual([expect.stringContaining('a+quarter+of+an+hour')])
})

test('figures that someone else has corrected stay, also after a save of the other fields', async ({ browser }) => {
  const author = await signedIn(browser, 'contributor')
  const editor = await signedIn(browser, 'editor')
  const path = await section(author.page, 'figures')
  await author.page.goto(path)
  const figure = (page, name) => page.getByRole('group', { name: 'Figure 1' }).getByLabel(name, { exact: true })
  await figure(author.page, 'What was measured?').fill('Time to sign in')
  await figure(author.page, 'Before').fill('52')
  await figure(author.page, 'After').fill('14')
  await author.page.getByRole('button', { name: 'Save and continue' }).click()
  await author.page.waitForURL((url) => url.pathname !== path)
  await author.page.goto(path)
  const expected = author.page.getByLabel('What result do you still expect?')
  await expected.fill('Less waiting.')
  await expected.blur()
  await expect(author.page.locator(STATUS)).toHaveText(/Saved at/)
  await editor.page.goto(path)
  await figure(editor.page, 'After').fill('41')
  await editor.page.getByRole('button', { name: 'Save and continue' }).click()
  await editor.page.waitForURL((url) => url.pathname !== path)
  await expected.fill('Less waiting at night.')
  await expected.blur()
  await expect(author.page.locator(STATUS)).toContainText('someone else has changed this')
  await author.page.getByRole('button', { name: 'Save and continue' }).click()
  await expect(author.page.getByRole('heading', { name: 'Someone else has changed this' })).toBeVisible()
  await expect(figure(author.page, 'After')).toHaveValue('41')
  await expect(expected).toHaveValue('Less waiting at night.')
})

test('a browser that can keep nothing says so, and asks before words are lost', async ({ browser }) => {
  const { page, context } = await signedIn(browser, 'contributor')
  await context.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
  })
  const path = await section(page, 'situation')
  await page.goto(path)
  await page.route('**/api/v1/drafts/*/situation', (route) => route.abort())
  await page.getByLabel(PROBLEM).pressSequentially('Words that are on this page only.')
  await page.getByLabel(PROBLEM).blur()
  await expect(page.locator(STATUS)).toContainText('This browser cannot keep a copy: leave this page open')
  await expect(page.locator(STATUS)).not.toContainText('We keep a copy')
  await page.getByRole('button', { name: 'Sign out' }).click()
  const question = page.getByRole('dialog', { name: 'You have text that is not saved' })
  await expect(question).toContainText('It is on this page only')
  await sound(page)
  await question.getByRole('button', { name: 'Stay signed in' }).click()
  const asked = page.waitForEvent('dialog')
  const left = page.goto('/me').catch(() => {})
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  await left
  await expect(page.getByLabel(PROBLEM)).toHaveValue('Words that are on this page only.')
})

test('a text that is not saved and may identify a patient has both lines in view, and pasting hides none', async ({ browser }) => {
  const { page, email } = await signedIn(browser, 'contributor')
  const path = await section(page, 'what-we-did')
  await page.goto(path)
  const text = page.getByLabel(DID)
  await text.fill('The chart of 943 476 5919 was read.')
  await text.evaluate((area) => (area.style.height = '1600px'))
  await text.dispatchEvent('change')
  await expect(page.locator('[data-remarks]')).toContainText('looks like an NHS number')
  endSessions(email)
  await text.pressSequentially(' More.')
  await text.dispatchEvent('change')
  await expect(page.locator(STATUS)).toContainText('you have been signed out')
  await text.evaluate((area) => area.scrollIntoView({ block: 'start' }))
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 700 })
    const [status, remarks] = await Promise.all([page.locator(STATUS).boundingBox(), page.locator('[data-remarks]').boundingBox()])
    expect(status.y + status.height).toBeLessThanOrEqual(remarks.y + 1)
    await expect(page.locator(STATUS)).toBeInViewport({ ratio: 1 })
    await expect(page.locator('[data-remarks]')).toBeInViewport()
  }
  await sound(page)
  await text.evaluate((area) => {
    const data = new DataTransfer()
    data.setData('text/html', '<p>Pasted <b>words</b></p>')
    data.setData('text/plain', 'Pasted words')
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect(page.locator(STATUS)).toContainText('Pasted')
  await expect(page.locator(STATUS)).toContainText('you have been signed out')
  await expect(page.locator(STATUS)).toHaveClass(/app-saved--problem/)
})

test('who signs out while an older text is being saved loses none of the newer one', async ({ browser }) => {
  const { page, email } = await signedIn(browser, 'contributor')
  const path = await section(page, 'situation')
  await page.goto(path)
  const text = page.getByLabel(PROBLEM)
  let release
  const held = new Promise((resolve) => (release = resolve))
  await page.route('**/api/v1/drafts/*/situation', async (route) => {
    await held
    await route.continue()
  })
  await text.fill('Words of the first save.')
  await text.dispatchEvent('change')
  await text.fill('Words of the first save, and of the second.')
  await page.getByRole('button', { name: 'Sign out' }).click()
  release()
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible({ timeout: 10_000 })
  await page.unroute('**/api/v1/drafts/*/situation')
  await signIn(page, email)
  await page.goto(path)
  await expect(text).toHaveValue('Words of the first save, and of the second.')
})

test('signing in in another tab leaves the comments that were not sent', async ({ browser }) => {
  const { review } = await submitted(browser)
  const { page, context, email } = await signedIn(browser, 'editor')
  await page.goto(review)
  await page.getByLabel('Comment for the author').fill('Which wards were these?')
  endSessions(email)
  await page.getByRole('button', { name: 'Return with comments' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You have been signed out. Your text is on this page')
  const second = await context.newPage()
  await signIn(second, email)
  await page.close()
  await second.goto(review)
  await second.getByRole('button', { name: 'Put it into the form' }).click()
  await expect(second.getByLabel('Comment for the author')).toHaveValue('Which wards were these?')
})

test('a comment that was kept goes to its paragraph, which has another number by now', async ({ browser }) => {
  const author = await submitted(browser)
  const { page } = await signedIn(browser, 'editor')
  await page.goto(author.review)
  await page.getByText('Comment on a paragraph').first().click()
  await page.getByLabel('“Badge readers lost their connection.”').fill('How many?')
  await page.getByLabel('“Nurses waited at doors.”').fill('How long?')
  await expect.poll(() => copies(page)).toHaveLength(1)
  await page.goto('/search')
  await author.page.goto(author.path)
  await author.page.getByLabel('What happened?').fill('Nurses waited at doors.')
  await author.page.getByRole('button', { name: 'Take it back and save' }).click()
  await expect(author.page.getByRole('button', { name: 'Save and check' })).toBeVisible()
  await author.page.goto(author.path.replace(/observation$/, 'submit'))
  await submit(author.page)
  await page.goto(author.review)
  await page.getByRole('button', { name: 'Put it into the form' }).click()
  await page.getByText('Comment on a paragraph').first().click()
  await expect(page.getByLabel('“Nurses waited at doors.”')).toHaveValue('How long?')
  await expect(page.getByLabel('Comment for the author')).toHaveValue('At “Badge readers lost their connection.”: How many?')
})

test('kept comments about a draft on which someone else has decided can be read and thrown away', async ({ browser }) => {
  const { review } = await submitted(browser)
  const { page } = await signedIn(browser, 'editor')
  const other = await signedIn(browser, 'editor')
  await page.goto(review)
  await page.getByLabel('Comment for the author').fill('Which wards were these? And when did it happen?')
  await expect.poll(() => copies(page)).toHaveLength(1)
  await other.page.goto(review)
  await other.page.getByLabel('Comment for the author').fill('Say where.')
  await other.page.getByRole('button', { name: 'Return with comments' }).click()
  await other.page.waitForURL(/\/review\?/)
  await page.goto('/me')
  const unsaved = page.getByRole('region', { name: 'Text that is only in this browser' })
  await unsaved.getByText('Show all of it').click()
  await expect(unsaved.locator('.app-kept')).toContainText('Which wards were these? And when did it happen?')
  await sound(page)
  await unsaved.getByRole('button', { name: /^Throw it away/ }).click()
  await expect(unsaved).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  expect(await copies(page)).toEqual([])
})

test('a section that was kept is listed, also after another section was saved', async ({ browser }) => {
  const { page: first, context } = await signedIn(browser, 'contributor')
  const path = await section(first, 'situation')
  await first.goto(path)
  await first.route('**/api/v1/drafts/*/situation', (route) => route.abort())
  await first.getByLabel(PROBLEM).fill('Words that were not saved.')
  await first.getByLabel(PROBLEM).blur()
  await expect(first.locator(STATUS)).toContainText('there is no connection')
  // A page that is left may still save its words.
  await crash(first)
  const page = await context.newPage()
  await save(page, path.replace(/situation$/, 'what-we-did'), DID, 'We walked.')
  await page.goto('/me')
  const unsaved = page.getByRole('region', { name: 'Text that is only in this browser' })
  await expect(unsaved.getByRole('link', { name: /^Your text of / })).toHaveCount(1)
  await expect(unsaved.locator('blockquote')).toContainText('Words that were not saved.')
})

test('a button that is pressed twice sends once', async ({ browser }) => {
  const { review } = await submitted(browser)
  const { page } = await signedIn(browser, 'editor')
  await page.goto(review)
  let sent = 0
  await page.route(`**${review}`, async (route) => {
    if (route.request().method() === 'POST') sent += 1
    await new Promise((done) => setTimeout(done, 300))
    await route.continue()
  })
  await page.getByLabel('I have read it, and nothing in it could identify a patient').check()
  await page.getByRole('button', { name: 'Approve and publish' }).dblclick()
  await page.waitForURL(/\/drafts\//)
  await expect(page.getByText('Nothing was done')).toHaveCount(0)
  expect(sent).toBe(1)
})

test('a draft that waits keeps its form without a connection', async ({ browser }) => {
  const { page, path } = await submitted(browser)
  await page.goto(path)
  const text = page.getByLabel('What happened?')
  await text.fill('Badge readers lost their connection each night.')
  // This comes half a second after the last key, and would take the place of what the button says.
  await expect(page.locator(STATUS)).toContainText('Not saved yet')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Take it back and save' }).click()
  await expect(page.locator(STATUS)).toContainText('Not sent: there is no connection')
  await expect(text).toHaveValue('Badge readers lost their connection each night.')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Take it back and save' }).click()
  await expect(page.getByRole('button', { name: 'Save and check' })).toBeVisible()
  await expect(text).toHaveValue('Badge readers lost their connection each night.')
})

test('the focus stays near a text that was decided about, and errors are said with their choices', async ({ browser }) => {
  const { page: first, context } = await signedIn(browser, 'contributor')
  await first.goto('/write')
  await first.getByRole('button', { name: 'Write an observation' }).click()
  await first.waitForURL(/\/observation$/)
  const address = first.url()
  await first.route('**/api/v1/drafts/**', (route) => route.abort())
  await first.getByLabel('What happened?').fill('Words that were not saved.')
  await first.getByLabel('What happened?').blur()
  await expect(first.locator(STATUS)).toContainText('there is no connection')
  // A page that is left may still save its words.
  await crash(first)
  const page = await context.newPage()
  await page.goto(`${address}?faults=1`)
  await page.getByRole('button', { name: 'Throw it away' }).focus()
  await page.keyboard.press('Enter')
  const hasFocus = () => page.evaluate(() => document.activeElement.closest('form[data-draft]') !== null)
  await expect.poll(hasFocus).toBe(true)
  // A link of the summary leads to the first choice, whose group says what is missing.
  await page.locator('.nhsuk-error-summary').getByRole('link', { name: 'Choose at least one topic' }).click()
  await expect(page.locator('#topics')).toBeFocused()
  await expect(page.getByRole('group', { name: /^What is it about/ })).toHaveAccessibleDescription(/Choose at least one topic/)
  await sound(page)
})
