// Saves a section by itself, and keeps a copy of it in this browser while saving fails.

import { copyOf, heldVersion } from './copies.js'
import { askToStay, isReachable, remember, typed } from './form.js'
import { clock, offer } from './offer.js'
import { preview, remark } from './remarks.js'
import { NOT_KEPT, statusLine } from './status.js'
import { toolbar } from './toolbar.js'

// How long after the last key what is not saved by itself is kept in this browser, in milliseconds.
const KEEP_AFTER = 500
// Shortest time between two saves while someone types, in milliseconds.
const SAVE_EVERY = 10_000
// How long a form waits for a save that is under way before it is sent, in milliseconds.
const MAX_SUBMIT_WAIT = 5_000
// How long after a page was left its last save can still be under way, how often and after how long that is looked at, in milliseconds.
const MAX_LATE_SAVE = 60_000
const LATE_SAVE_CHECKS = 3
const LATE_SAVE_WAIT = 300
// The longest request that a browser finishes after the page is left.
const MAX_KEEPALIVE = 60_000
const SIGN_IN = { words: 'Sign in again in a new tab', href: '/sign-in?next=%2Fme' }

/** Saves what is typed into the form of a section. */
export function autosave(form) {
  const line = statusLine(form)
  const copy = copyOf(form.dataset.key, form)
  const isManual = 'manual' in form.dataset
  // What is shown after it was refused is saved nowhere.
  const isRefused = 'typed' in form.dataset
  let saved = isRefused ? '' : typed(form)
  let timer = 0
  let keeping = 0
  let running = null
  let isStopped = isManual
  // Until the person comes back to this page: they may have signed in again meanwhile.
  let isSignedOut = false
  // Whether the last request did not reach the site.
  let isOffline = false
  // While a form that was sent is being saved, and once it may leave the page.
  let isSending = false
  let isSent = false

  if (isRefused) {
    copy.takeOver()
    copy.keep(typed(form))
  }
  // Where two changes are put together, the copy of one of them is in the form already.
  if (!('merging' in form.dataset)) offerUnlessSaved()
  const texts = [...form.querySelectorAll('textarea[data-text]')]
  texts.forEach((area, place) => toolbar(area, toolbarName(place, texts.length), (words) => line.note(words)))

  function changed() {
    if (isStopped || isSignedOut) return keepSoon()
    if (!timer) timer = setTimeout(save, SAVE_EVERY)
  }

  // What is not saved by itself is kept here until its writer saves it: the draft waits for review, two changes are put together,
  // or a save was refused.
  function keepSoon() {
    clearTimeout(keeping)
    keeping = setTimeout(() => {
      if (isSent) return
      const isKept = copy.keep(typed(form))
      if (isManual) line.problem(`Not saved yet. ${isKept ? 'We keep a copy in this browser.' : NOT_KEPT}`)
      else if (!isKept) line.warn(NOT_KEPT)
    }, KEEP_AFTER)
  }

  async function save(options = {}) {
    clearTimeout(timer)
    timer = 0
    if (isStopped || isSignedOut || running) return running
    const now = typed(form)
    if (now === saved) return
    running = send(now, options).finally(() => {
      running = null
      if (typed(form) !== saved) changed()
    })
    return running
  }

  // Saves what is typed, or else asks only whether the site is there.
  async function reach() {
    await running
    if (typed(form) !== saved) return save()
    isOffline = !(await isReachable())
    if (isOffline) unreached()
  }

  // What cannot be saved from here is sent only where the site is there to answer.
  async function reachToSend() {
    // What it would say of a kept text would take the place of what is said here.
    clearTimeout(keeping)
    const isKept = typed(form) === saved || copy.keep(typed(form))
    isOffline = !(await isReachable())
    const kept = isKept ? 'We keep your text in this browser.' : NOT_KEPT
    if (isOffline) line.problem(`Not sent: there is no connection. ${kept} Choose the button again in a moment.`)
  }

  function unreached() {
    isOffline = true
    const now = typed(form)
    if (now === saved) return line.problem('Your text is saved, and there is no connection now. Choose the button again in a moment.')
    const kept = copy.keep(now) ? 'We keep a copy in this browser and try again.' : `We try again. ${NOT_KEPT}`
    line.problem(`Not saved: there is no connection. ${kept}`)
    changed()
  }

  // A page that was left, or read again, may still be saving what it kept here: then the page is read once more.
  async function offerUnlessSaved() {
    const [held] = copy.all()
    const isRecent = held && held.text !== saved && Date.now() - held.at < MAX_LATE_SAVE
    for (let attempt = 0; isRecent && !isRefused && attempt < LATE_SAVE_CHECKS; attempt += 1) {
      const version = await heldVersion(form.dataset.draft)
      if (typed(form) !== saved) break
      if (version && version !== form.elements.version.value) return location.reload()
      await new Promise((done) => setTimeout(done, LATE_SAVE_WAIT))
    }
    offer(form, copy, line, () => changed(), !isManual)
  }

  async function send(now, options) {
    try {
      const response = await fetch(form.dataset.draft, {
        method: 'PUT',
        credentials: 'same-origin',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'if-match': `"${form.elements.version.value}"`
        },
        body: now,
        ...options
      })
      isOffline = false
      if (!response.ok) return refused(response)
      const answer = await response.json()
      form.elements.version.value = answer.version
      saved = now
      remember(form, now)
      // What was typed since is not in this answer.
      if (typed(form) === now) copy.forget()
      else copy.keep(typed(form))
      line.say(`Saved at ${clock(new Date())}`)
      if (answer.html !== undefined) preview(answer.html)
      // What someone still writes is not said to be wrong.
      const at = document.activeElement?.name
      remark(form, answer.warnings ?? [], (answer.faults ?? []).filter((fault) => fault.field !== at))
    } catch {
      unreached()
    }
  }

  async function refused(response) {
    const isKept = copy.keep(typed(form))
    const unlessKept = isKept ? '' : ` ${NOT_KEPT}`
    if (response.status === 401) {
      isSignedOut = true
      const kept = isKept ? 'Your text is kept in this browser until someone else signs in here.' : NOT_KEPT
      line.problem(`Not saved: you have been signed out. ${kept}`, SIGN_IN)
    } else if (response.status === 412) {
      isStopped = true
      line.problem(`Not saved: someone else has changed this. Save it to put both together; nothing is overwritten.${unlessKept}`)
    } else if (response.status === 409 || response.status === 404 || response.status === 413) {
      isStopped = true
      const problem = await response.json().catch(() => ({}))
      line.problem(`Not saved: ${problem.detail ?? 'the draft cannot be changed'}.${unlessKept}`)
    } else {
      const kept = isKept ? 'We keep a copy in this browser and try again.' : `We try again. ${NOT_KEPT}`
      line.problem(`Not saved: the site could not save it. ${kept}`)
    }
  }

  function again() {
    isSignedOut = false
    save()
  }

  form.addEventListener('input', changed)
  // A change during a save is saved right after it.
  form.addEventListener('change', async () => {
    await running
    save()
  })
  form.addEventListener('submit', (event) => {
    // The page that answers shows what was typed if it is not saved.
    if (isSent) return
    // First it is saved from here: without a connection the browser would show a page of its own in place of the form.
    event.preventDefault()
    if (isSending) return
    isSending = true
    const late = new Promise((done) => setTimeout(done, MAX_SUBMIT_WAIT))
    const ready = isStopped || isSignedOut ? reachToSend() : Promise.race([reach(), late])
    ready.then(() => {
      isSending = false
      if (isOffline) return
      clearTimeout(timer)
      clearTimeout(keeping)
      if (typed(form) !== saved) copy.keepUntilAnswered(typed(form))
      isSent = true
      isStopped = true
      form.requestSubmit(event.submitter)
    })
  })
  // Before the session ends, what was typed is saved, or kept so that its author is asked about it.
  document.addEventListener('signing-out', (event) => {
    if (typed(form) === saved) return
    const isKept = copy.keep(typed(form))
    const isSafe = async () => {
      await running
      await save()
      return isKept || typed(form) === saved
    }
    event.detail.push(isSafe())
  })
  window.addEventListener('focus', again)
  window.addEventListener('online', () => save())
  // Before the page is read again or left: what is read next has it.
  window.addEventListener('beforeunload', leaving)
  document.addEventListener('visibilitychange', (event) => {
    if (document.visibilityState === 'visible') {
      if (!isStopped) again()
    } else leaving(event)
  })

  function leaving(event) {
    const now = typed(form)
    if (isSent || now === saved) return
    const isKept = copy.keep(now)
    save({ keepalive: now.length < MAX_KEEPALIVE })
    if (!isKept && event.type === 'beforeunload') askToStay(event)
  }
}

// Without the label of the text, so that only the text itself is called by it.
function toolbarName(place, count) {
  return count === 1 ? 'Formatting' : `Formatting, box ${place + 1} of ${count}`
}
