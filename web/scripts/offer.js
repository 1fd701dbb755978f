// Offers the texts that were kept in this browser and not saved, above their form.

import { isText, putBack, typed } from './form.js'

// How much of a kept text is shown before someone decides about it, in characters.
const MAX_BEGINNING = 160

/** Offers the copies that differ from what is saved, in one box: when each is from, and how it begins. */
export function offer(form, copy, line, changed, isSavedSoon, read = typed) {
  const differing = []
  for (const held of copy.all()) {
    if (held.text === read(form)) copy.decided(held)
    else differing.push(held)
  }
  if (differing.length === 0) return
  const box = document.createElement('section')
  box.className = 'app-notice'
  const heading = document.createElement('h2')
  heading.id = 'kept-copies'
  heading.textContent = differing.length === 1 ? 'This browser has a text that was not saved' : `This browser has ${differing.length} texts that were not saved`
  box.setAttribute('aria-labelledby', heading.id)
  box.append(heading)
  for (const held of differing) {
    box.append(offerOne(form, copy, held, differing.length > 1, () => {
      copy.keep(read(form))
      changed()
      line.say(isSavedSoon ? 'Your text is back. We will save it in a moment.' : 'Your text is back.')
    }))
  }
  form.before(box)
}

function offerOne(form, copy, held, isOneOfSeveral, done) {
  copy.ask(held)
  const part = document.createElement('div')
  part.className = 'app-kept-copy'
  const at = new Date(held.at)
  const when = `${clock(at)} on ${at.toLocaleDateString('en-GB', { dateStyle: 'long' })}`
  const words = document.createElement('p')
  words.textContent = `It is from ${when}.`
  const begins = beginning(form, held)
  const quote = document.createElement('blockquote')
  quote.textContent = begins
  const decided = () => {
    copy.decided(held)
    const box = part.parentElement
    part.remove()
    // The button that had the focus is gone.
    const next = box.querySelector('.app-kept-copy button') ?? firstField(form)
    if (!box.querySelector('.app-kept-copy')) box.remove()
    next?.focus()
  }
  const put = button('Put it into the form', () => {
    putBack(form, held)
    decided()
    done()
  })
  const drop = button('Throw it away', decided)
  // Heard alone, each button says which text it is about.
  if (isOneOfSeveral) for (const one of [put, drop]) one.append(hidden(` (from ${when})`))
  const actions = document.createElement('div')
  actions.className = 'app-actions'
  actions.append(put, drop)
  part.append(words, ...(begins ? [quote] : []), actions)
  return part
}

// The first field of a form that is shown.
function firstField(form) {
  const fields = [...form.elements].filter((field) => field.name && field.type !== 'hidden' && field.tagName !== 'BUTTON')
  return fields.find((field) => field.getClientRects().length > 0)
}

function hidden(words) {
  const made = document.createElement('span')
  made.className = 'nhsuk-u-visually-hidden'
  made.textContent = words
  return made
}

// How what was typed begins, in the first box where it is not what the form has.
function beginning(form, held) {
  for (const [name, value] of new URLSearchParams(held.text)) {
    const field = form.elements[name]
    const words = value.replace(/\s+/g, ' ').trim()
    const isWritten = field ? isText(field) : name in (held.labels ?? {})
    if (!isWritten || !words || field?.value.trim() === value.trim()) continue
    return words.length > MAX_BEGINNING ? `${words.slice(0, MAX_BEGINNING)}…` : words
  }
  return ''
}

function button(words, action) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'nhsuk-button nhsuk-button--secondary nhsuk-button--small'
  made.textContent = words
  made.addEventListener('click', action)
  return made
}

/** Returns a time of the day. */
export function clock(date) {
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
