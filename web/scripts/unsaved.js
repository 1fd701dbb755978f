// The texts that are only in this browser, on the page of their writer's work: also those whose form is gone can be read there.

import { forgetCopy, ownCopies } from './copies.js'
import { typed } from './form.js'

// How much of a kept text is shown before someone opens it, in characters.
const MAX_BEGINNING = 160

/** Lists them in a part of the page. */
export async function listUnsaved(place) {
  const all = await Promise.all(ownCopies().map(async (copy) => ((await isSaved(copy)) ? [] : [copy])))
  const copies = all.flat().sort((one, other) => other.at - one.at)
  if (copies.length === 0) return
  const heading = made('h2', { id: 'only-here', textContent: 'Text that is only in this browser', tabIndex: -1 })
  const about = 'We could not save it when you wrote it. Open it to put it back into its form. If its form is gone, copy what you need from here.'
  place.setAttribute('aria-labelledby', heading.id)
  place.append(heading, made('p', { textContent: about }), ...copies.map((copy) => part(place, copy)))
  place.hidden = false
}

// Whether the page of a text has it: then it was saved after it was kept.
async function isSaved(copy) {
  if (!copy.draft) return false
  try {
    const response = await fetch(copy.href, { cache: 'no-store' })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const form = page.querySelector('form[data-draft]')
    return form?.dataset.draft === copy.draft && typed(form) === copy.text
  } catch {
    return false
  }
}

function part(place, copy) {
  const words = wordsOf(copy)
  const box = made('div', { className: 'app-kept-copy' })
  const link = made('p', {})
  link.append(linkTo(copy))
  const drop = made('button', { type: 'button', className: 'nhsuk-button nhsuk-button--secondary nhsuk-button--small', textContent: 'Throw it away' })
  drop.append(made('span', { className: 'nhsuk-u-visually-hidden', textContent: `: ${link.textContent}` }))
  drop.addEventListener('click', () => {
    forgetCopy(copy)
    box.remove()
    const next = place.querySelector('button')
    // The button that had the focus is gone.
    if (next) return next.focus()
    place.hidden = true
    document.querySelector('h1')?.setAttribute('tabindex', '-1')
    document.querySelector('h1')?.focus()
  })
  const actions = made('div', { className: 'app-actions' })
  actions.append(drop)
  box.append(link, ...(words ? [made('blockquote', { textContent: beginning(words) }), whole(words)] : []), actions)
  return box
}

// All words of a text, to be read and copied.
function whole(words) {
  const details = made('details', { className: 'nhsuk-details' })
  const summary = made('summary', { className: 'nhsuk-details__summary' })
  summary.append(made('span', { className: 'nhsuk-details__summary-text', textContent: 'Show all of it' }))
  const text = made('div', { className: 'nhsuk-details__text' })
  text.append(made('div', { className: 'app-kept', textContent: words }))
  details.append(summary, text)
  return details
}

// Each text with the label of its field, where that was kept.
function wordsOf({ text, labels }) {
  const pairs = [...new URLSearchParams(text)].filter(([name, value]) => value.trim() && (labels ? name in labels : name !== 'writer'))
  return pairs.map(([name, value]) => (labels?.[name] ? `${labels[name]}\n${value}` : value)).join('\n\n')
}

function beginning(words) {
  const line = words.replace(/\s+/g, ' ').trim()
  return line.length > MAX_BEGINNING ? `${line.slice(0, MAX_BEGINNING)}…` : line
}

/** Returns a link to the page on which a text was kept. */
export function linkTo({ href = '/me', at }) {
  const time = new Date(at).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' })
  return made('a', { href, textContent: `Your text of ${time}` })
}

/** Returns a new element. */
export function made(name, properties) {
  return Object.assign(document.createElement(name), properties)
}
