// From a draft to a published page in a browser: a Word file, attachments, patient data, review, and the keyboard alone.

import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { signedIn } from '../support/people.mjs'
import { sound, watch } from '../support/site.mjs'
import { picture } from '../support/picture.mjs'

const WORD_FILE = join(import.meta.dirname, '../../../crates/office/tests/samples/case-study.docx')
const PATIENCE_MS = 10_000

/** Writes an observation and submits it; returns the id of its draft. */
async function submitObservation(page, words) {
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.getByLabel('What happened?').fill(`Badge readers lost their connection each night, ${words}.\n\nNo one noticed for a week.`)
  await page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning.')
  await page.getByLabel('Did not work').check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
  await page.getByRole('button', { name: 'Save and check' }).click()
  return submit(page)
}

/** Submits the draft of the page that is shown; returns its id. */
async function submit(page) {
  await page.waitForURL(/\/submit$/)
  await page.getByLabel('I have checked that nothing here').check()
  await page.getByRole('button', { name: 'Submit for review' }).click()
  await expect(page.getByText('Waiting for review', { exact: false }).first()).toBeVisible()
  return new URL(page.url()).pathname.split('/').pop()
}

/** Approves a draft, and returns the address of what is published. */
async function approve(page, id) {
  await page.goto(`/review/${id}`)
  for (const why of await page.getByLabel(/why does it identify no patient\?$/).all()) await why.fill('I looked at every picture.')
  await page.getByLabel('I have read it').check()
  await page.getByRole('button', { name: 'Approve and publish' }).click()
  await expect(page.getByRole('heading', { name: 'Published', exact: true })).toBeVisible()
  return page.getByRole('link', { name: 'Read the page' }).getAttribute('href')
}

for (const javaScriptEnabled of [true, false]) {
  test(`a draft is returned with comments, changed, edited and approved ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    test.slow()
    const author = await signedIn(browser, 'contributor', { javaScriptEnabled })
    const editor = await signedIn(browser, 'editor', { javaScriptEnabled })
    const seen = watch(editor.page, { expected: ['422'] })
    const words = `returned${javaScriptEnabled ? 'a' : 'b'}${Date.now()}`
    const id = await submitObservation(author.page, words)

    // Nothing is decided without a comment or a confirmation.
    await editor.page.goto(`/review/${id}`)
    await editor.page.getByRole('button', { name: 'Return with comments' }).click()
    await expect(editor.page.getByRole('link', { name: 'Write a comment, so that the author knows' })).toBeVisible()
    await sound(editor.page, javaScriptEnabled)
    await editor.page.getByRole('button', { name: 'Approve and publish' }).click()
    await expect(editor.page.getByText('Confirm that you have read it')).toBeVisible()

    // Comments at a paragraph and on the whole.
    await editor.page.getByText('Comment on a paragraph of “What happened?”').click()
    await editor.page.getByLabel('“No one noticed for a week.”').fill('Say who noticed it then.')
    await editor.page.getByLabel('Comment for the author').fill('Good. One thing is missing.')
    await editor.page.getByRole('button', { name: 'Return with comments' }).click()
    await editor.page.waitForURL(/\/review(\?|$)/)

    // Its author sees both, and hands it in again.
    await author.page.goto(`/drafts/${id}`)
    await expect(author.page.getByText('Good. One thing is missing.')).toBeVisible()
    await sound(author.page, javaScriptEnabled)
    await author.page.goto(`/drafts/${id}/observation`)
    await expect(author.page.getByText('Say who noticed it then.')).toBeVisible()
    await sound(author.page, javaScriptEnabled)
    await author.page.getByLabel('What happened?').fill(`Badge readers lost their connection each night, ${words}.\n\nA night nurse noticed it.`)
    await author.page.getByRole('button', { name: 'Save and check' }).click()
    await submit(author.page)

    // The reviewer sees what has changed, and edits it: then someone else has to approve it.
    await editor.page.goto(`/review/${id}`)
    await expect(editor.page.getByRole('heading', { name: 'What has changed since it was returned' })).toBeVisible()
    await expect(editor.page.locator('ins').first()).toContainText('A night nurse')
    await sound(editor.page, javaScriptEnabled)
    await editor.page.getByRole('button', { name: 'Take it back to edit it' }).click()
    await editor.page.waitForURL(`/drafts/${id}`)
    await editor.page.goto(`/drafts/${id}/observation`)
    await editor.page.getByLabel('What would you tell the next trust?').fill('Test at three in the morning, twice.')
    await editor.page.getByRole('button', { name: 'Save and check' }).click()
    await submit(editor.page)
    await editor.page.goto(`/review/${id}`)
    await expect(editor.page.getByText('someone else has to approve it')).toBeVisible()
    await expect(editor.page.getByRole('button', { name: 'Approve and publish' })).toHaveCount(0)
    await sound(editor.page, javaScriptEnabled)
    const second = await signedIn(browser, 'editor', { javaScriptEnabled })
    const address = await approve(second.page, id)
    await author.page.goto(address)
    await expect(author.page.getByText('Test at three in the morning, twice.')).toBeVisible()
    await author.page.locator('.app-colophon > summary').click()
    await expect(author.page.getByText('Reviewed by a second person')).toBeVisible()
    expect(seen).toEqual([])
  })
}

test('a case study comes from a Word file and is published with its picture', async ({ browser }) => {
  test.slow()
  const { page } = await signedIn(browser, 'contributor')
  const seen = watch(page)
  await page.goto('/write/from-file')
  await sound(page)
  await page.locator('input[type=file]').setInputFiles(WORD_FILE)
  await page.getByRole('button', { name: 'Make a draft of it' }).click()
  await expect(page.getByRole('heading', { name: 'Your draft is ready' })).toBeVisible()
  await sound(page)
  await page.getByRole('button', { name: 'Go on with the draft' }).click()
  await page.waitForURL(/\/drafts\/[^/]+$/)
  const draft = new URL(page.url()).pathname
  await sound(page)

  // Every section that has to be filled in.
  const mark = `wordfile${Date.now()}`
  const text = async (section, labels) => {
    await page.goto(`${draft}/${section}`)
    for (const [label, value] of labels) {
      const box = page.getByLabel(label, { exact: true })
      if ((await box.inputValue()) === '') await box.fill(value)
    }
  }
  // A form may wait for a save that is under way before it is sent.
  const next = async () => {
    const before = page.url()
    await page.getByRole('button', { name: 'Save and continue' }).click()
    await page.waitForURL((url) => url.href !== before)
  }
  await page.goto(`${draft}/title`)
  await page.getByLabel('Title', { exact: true }).fill('Ward charts on paper and on screen')
  await page.getByLabel('What changed, and what was the result?').fill(`Wards moved their charts to a screen, and nurses found each of them in half the time that it took before: ${mark}.`)
  await page.getByLabel('Case study', { exact: true }).check()
  await page.getByLabel('Worked', { exact: true }).check()
  await page.locator('input[name=would_repeat]').first().check()
  await page.locator('input[name=stage]').first().check()
  await next()
  await text('situation', [['What was the problem, and who had it?', 'Charts were lost.']])
  await next()
  await text('what-we-did', [['What did you do, in the order you did it?', 'We moved them.']])
  await next()
  await text('what-happened', [['What happened?', 'They were found.']])
  await next()
  await text('differently', [['What would you do differently?', 'Begin with one ward.']])
  await next()
  await text('advice', [['What would you tell the next trust?', 'Ask the night staff.']])
  await next()
  await page.goto(`${draft}/topics`)
  await page.getByLabel('Electronic prescribing (ePMA)').check()
  for (const name of ['priority', 'wgll', 'care_setting']) await page.locator(`input[name=${name}]`).first().check()
  await next()
  await page.goto(`${draft}/people`)
  await page.getByLabel('Role of the person who can be asked').fill('Lead for digital nursing')
  await page.getByLabel('Shared mailbox').fill('lessons@northmoor.example')
  await page.getByLabel('Interests to declare').fill('none')
  await next()

  // Each picture of the file needs a description.
  await page.goto(`${draft}/attachments`)
  await sound(page)
  const boxes = page.locator('textarea[id^=alt-]')
  await expect(boxes).not.toHaveCount(0)
  // Whichever of them is saved, all are.
  for (const box of await boxes.all()) await box.fill('A chart on a screen')
  await page.getByRole('button', { name: 'Save the description' }).first().click()
  await expect(page.getByRole('heading', { name: 'Saved' })).toBeVisible()
  for (const box of await boxes.all()) await expect(box).toHaveValue('A chart on a screen')
  await sound(page)
  await page.goto(`${draft}/preview`)
  await sound(page)
  await page.goto(`${draft}/submit`)
  await sound(page)
  const id = await submit(page)
  const editor = await signedIn(browser, 'editor')
  await editor.page.goto(`/review/${id}`)
  await sound(editor.page)
  await expect(editor.page.getByText('(picture not included')).toHaveCount(0)
  const address = await approve(editor.page, id)
  await page.goto(address)
  await sound(page)
  await expect(async () => {
    await page.goto(`/search?q=${mark}`)
    await expect(page.locator('.app-result')).toHaveCount(1, { timeout: 200 })
  }).toPass({ timeout: PATIENCE_MS })
  expect(seen).toEqual([])
})

for (const javaScriptEnabled of [true, false]) {
  test(`a picture is attached, described and shown ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    const { page } = await signedIn(browser, 'contributor', { javaScriptEnabled })
    await page.goto('/write')
    await page.getByRole('button', { name: 'Write a page' }).click()
    await page.waitForURL(/\/drafts\/[^/]+\/page$/)
    const draft = new URL(page.url()).pathname.replace(/\/page$/, '')
    await page.goto(`${draft}/attachments`)
    await sound(page, javaScriptEnabled)
    const file = { name: 'Ward board.png', mimeType: 'image/png', buffer: picture() }

    // Without the confirmation it is not attached, and the page says why.
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('button', { name: 'Attach it' }).click()
    await expect(page.getByText('Confirm that the file shows nothing')).toBeVisible()
    await sound(page, javaScriptEnabled)
    // What is no file of these kinds is refused.
    await page.locator('input[type=file]').setInputFiles({ name: 'board.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await page.getByLabel('It shows nothing that could identify a patient').check()
    await page.getByRole('button', { name: 'Attach it' }).click()
    await expect(page.getByRole('heading', { name: 'The file was not attached' })).toBeVisible()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByLabel('It shows nothing that could identify a patient').check()
    await page.getByRole('button', { name: 'Attach it' }).click()
    const panel = page.locator('section.app-panel').filter({ has: page.getByRole('heading', { name: /ward.board\.png/i }) })
    await expect(panel).toBeVisible()
    await expect(panel.getByText('Say what this picture shows')).toBeVisible()
    await sound(page, javaScriptEnabled)
    await panel.getByRole('textbox').fill('A board with six beds')
    await panel.getByRole('button', { name: 'Save the description' }).click()
    await expect(page.getByText('Say what this picture shows')).toHaveCount(0)
    const written = await page.locator('section.app-panel code').first().textContent()
    expect(written).toMatch(/^!\[A board with six beds\]\(attachment:.*\.png\)$/)

    await page.goto(`${draft}/page`)
    const title = `Board of the ward ${Date.now()}`
    await page.getByLabel('Title', { exact: true }).fill(title)
    await page.getByLabel('Text', { exact: true }).fill(`This is it:\n\n${written}`)
    if (javaScriptEnabled) {
      await page.getByLabel('Text', { exact: true }).blur()
      await expect(page.locator('[data-preview] img')).toHaveAttribute('alt', 'A board with six beds', { timeout: PATIENCE_MS })
    }
    await page.getByRole('button', { name: 'Save and check' }).click()
    const id = await submit(page)
    const editor = await signedIn(browser, 'editor', { javaScriptEnabled })
    await editor.page.goto(`/review/${id}`)
    await expect(editor.page.locator('.app-prose img')).toHaveAttribute('alt', 'A board with six beds')
    const address = await approve(editor.page, id)
    await page.goto(address)
    const shown = page.locator('.app-prose img')
    await expect(shown).toBeVisible()
    expect((await page.request.get(await shown.getAttribute('src'))).headers()['content-type']).toBe('image/png')
    await expect(page.getByRole('heading', { name: 'Files' })).toBeVisible()
    await sound(page, javaScriptEnabled)
  })
}

test('patient data is shown at once and stopped before review', async ({ browser }) => {
  const { page } = await signedIn(browser, 'contributor')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.waitForURL(/\/observation$/)
  await page.getByLabel('What happened?').fill('The chart of 450 557 7104 was lost.')
  await page.getByLabel('What happened?').blur()
  await expect(page.locator('[data-remarks]')).toContainText('identify a patient')
  await expect(page.locator('[data-remarks]')).not.toContainText('7104')
  await sound(page)
  await page.getByLabel('What would you tell the next trust?').fill('Count the charts.')
  await page.getByLabel('Did not work').check()
  await page.getByLabel('Single sign-on and identity').check()
  await page.getByLabel('Who can be asked?').fill('Ward manager')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
  await expect(page.getByRole('button', { name: 'Submit for review' })).toHaveCount(0)
  expect(await page.content()).not.toContain('7104')
  await sound(page)
  // The fault leads to its field.
  await page.locator('.nhsuk-error-summary a').first().click()
  await expect(page.getByLabel('What happened?')).toHaveValue(/chart of/)
  await sound(page)
  await page.getByLabel('What happened?').fill('The chart of a patient was lost.')
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
  await expect(page.getByRole('button', { name: 'Submit for review' })).toBeVisible()
})

test('a session that ends while a text saves itself loses nothing', async ({ browser }) => {
  const { page, context, email } = await signedIn(browser, 'contributor')
  const { endSessions, signIn } = await import('../support/people.mjs')
  await page.goto('/write')
  await page.getByRole('button', { name: 'Write an observation' }).click()
  await page.waitForURL(/\/observation$/)
  endSessions(email)
  await page.getByLabel('What happened?').fill('Words of a session that has ended.')
  await page.getByLabel('What happened?').blur()
  await expect(page.locator('[data-status]')).toContainText('you have been signed out')
  await sound(page)
  const other = await context.newPage()
  await signIn(other, email)
  // The same page goes on where it was: nothing is typed again.
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page.waitForURL(/\/submit$/)
  await page.goBack()
  await page.reload()
  await expect(page.getByLabel('What happened?')).toHaveValue('Words of a session that has ended.')
})

test('an observation is written, submitted and approved with the keyboard alone', async ({ browser }) => {
  test.slow()
  const { page } = await signedIn(browser, 'contributor')
  /** Goes on with Tab until the focus is where it is wanted; each stop has to be visible. */
  const tabTo = async (page, locator) => {
    const wanted = await locator.elementHandle()
    for (let stop = 0; stop < 200; stop += 1) {
      await page.keyboard.press('Tab')
      if (await wanted.evaluate((element) => element === document.activeElement)) {
        await expect(locator).toBeInViewport()
        return
      }
    }
    throw new Error(`the keyboard does not reach ${locator}`)
  }
  await page.goto('/write')
  await tabTo(page, page.getByRole('button', { name: 'Write an observation' }))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/observation$/)
  const words = `keyboard${Date.now()}`
  await tabTo(page, page.getByLabel('What happened?'))
  await page.keyboard.type(`The badge readers lost their connection: ${words}.`)
  await tabTo(page, page.getByLabel('What would you tell the next trust?'))
  await page.keyboard.type('Test at night.')
  await tabTo(page, page.locator('input[name=result]').first())
  await page.keyboard.press('Space')
  await tabTo(page, page.getByLabel('Find in: Topic').or(page.locator('.app-choices__find')).first())
  await page.keyboard.type('single')
  await tabTo(page, page.getByLabel('Single sign-on and identity'))
  await page.keyboard.press('Space')
  await tabTo(page, page.getByLabel('Who can be asked?'))
  await page.keyboard.type('Ward manager')
  await tabTo(page, page.getByRole('button', { name: 'Save and check' }))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/submit$/)
  await tabTo(page, page.getByLabel('I have checked that nothing here'))
  await page.keyboard.press('Space')
  await tabTo(page, page.getByRole('button', { name: 'Submit for review' }))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/drafts\/[^/]+$/)
  const id = new URL(page.url()).pathname.split('/').pop()
  const editor = await signedIn(browser, 'editor')
  await editor.page.goto('/review')
  await tabTo(editor.page, editor.page.locator(`a[href="/review/${id}"]`))
  await editor.page.keyboard.press('Enter')
  await editor.page.waitForURL(`/review/${id}`)
  await tabTo(editor.page, editor.page.getByLabel('I have read it'))
  await editor.page.keyboard.press('Space')
  await tabTo(editor.page, editor.page.getByRole('button', { name: 'Approve and publish' }))
  await editor.page.keyboard.press('Enter')
  await expect(editor.page.getByRole('heading', { name: 'Published', exact: true })).toBeVisible()
})
