// Keeps what is typed into a form that is not saved by itself, such as the comments of a reviewer, until it is sent.

import { copyOf } from './copies.js'
import { askToStay, isReachable, written } from './form.js'
import { offer } from './offer.js'
import { NOT_KEPT, statusLine } from './status.js'

// How long after the last key the words of a form are kept in this browser, in milliseconds.
const KEEP_AFTER = 500
// How long a form that was sent is not sent once more, in milliseconds.
const SEND_ONCE = 10_000

/** Keeps the words of a form. */
export function keepWords(form) {
  const line = statusLine(form)
  const copy = copyOf(form.dataset.kept, form)
  // Words that the site has saved are not kept; what was refused is in the form again, and only there.
  const saved = 'saved' in form.dataset ? written(form) : ''
  let timer = 0
  // While it is asked whether the site is there, while the form is sent, and since.
  let isAsking = false
  let isSending = false
  let isSent = false

  // Returns whether no word would be lost with the page.
  function keep() {
    clearTimeout(timer)
    if (isSent) return true
    if (written(form) === saved) {
      copy.forget()
      return true
    }
    const isKept = copy.keep(written(form))
    if (!isKept) line.warn(NOT_KEPT)
    return isKept
  }

  offer(form, copy, line, keep, false, written)
  if (written(form) !== saved) keep()
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(keep, KEEP_AFTER)
  })
  form.addEventListener('submit', async (event) => {
    if (isSending) return
    event.preventDefault()
    // A second press would be answered that nothing was done.
    if (isAsking || isSent) return
    isAsking = true
    const kept = keep() ? 'We keep your words in this browser.' : NOT_KEPT
    line.say('Sending…')
    // Without a connection the browser would show a page of its own in place of the form.
    const isThere = await isReachable()
    isAsking = false
    if (!isThere) return line.problem(`Not sent: there is no connection. ${kept} Choose the button again in a moment.`)
    clearTimeout(timer)
    if (written(form) !== saved) copy.keepUntilAnswered(written(form))
    isSent = true
    isSending = true
    form.requestSubmit(event.submitter)
    isSending = false
    setTimeout(() => (isSent = false), SEND_ONCE)
  })
  // A page that was gone back to can be sent again.
  window.addEventListener('pageshow', () => (isSent = false))
  window.addEventListener('beforeunload', (event) => {
    if (!keep()) askToStay(event)
  })
  // Before the session ends, its writer is asked about it.
  document.addEventListener('signing-out', (event) => event.detail.push(Promise.resolve(keep())))
}
