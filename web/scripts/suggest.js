// Suggestions below the search box: topics, organisations, products and titles, never what others searched for.
// Enter searches for what was typed; only a chosen suggestion changes it.

import autocomplete from 'accessible-autocomplete'

const FROM = 3
const AT_MOST = 5
// Topics, organisations and products, where there are titles too.
const NAMES_AT_MOST = 3
const KINDS = { topic: 'Topic', organisation: 'Organisation', product: 'Product' }

export function enhance(input) {
  const { id, name, value, selectionStart, selectionEnd } = input
  // The script may come late, when the person has gone on to another field.
  const hadFocus = document.activeElement === input
  let last = 0
  const place = document.createElement('div')
  place.className = 'app-search__suggest'
  input.replaceWith(place)
  autocomplete({
    element: place,
    id,
    name,
    minLength: FROM,
    autoselect: false,
    confirmOnBlur: false,
    displayMenu: 'overlay',
    showNoOptionsFound: false,
    inputClasses: 'nhsuk-input app-search__input',
    tStatusQueryTooShort: (least) => `Type in ${least} or more letters for suggestions`,
    tAssistiveHint: () =>
      'When suggestions appear, use the up and down arrows to look at them and Enter to choose one.',
    templates: { inputValue: text, suggestion: shown },
    source(query, show) {
      const mine = ++last
      fetch(`/api/v1/suggest?q=${encodeURIComponent(query)}`, { headers: { accept: 'application/json' } })
        .then((answer) => (answer.ok ? answer.json() : { suggestions: [] }))
        .then((found) => {
          // The person may have gone on to a suggestion or to another field.
          if (mine === last && document.activeElement === fresh) show(chosen(found.suggestions))
        })
        .catch(() => show([]))
    },
    onConfirm(found) {
      if (!found) return
      location.assign(found.url)
    }
  })
  const fresh = document.getElementById(id)
  fresh.type = 'search'
  fresh.setAttribute('enterkeyhint', 'search')
  fresh.dataset.search = ''
  // With the list open the component swallows Enter, also where no suggestion was chosen.
  const submit = (event) => event.key === 'Enter' && event.target === fresh && event.stopPropagation()
  place.addEventListener('keydown', submit, true)
  // Escape closes an open list and does nothing else: a search field would be emptied, and the focus would be lost with
  // the suggestion that had it.
  const close = (event) => {
    if (event.key !== 'Escape' || fresh.getAttribute('aria-expanded') !== 'true') return
    event.preventDefault()
    // Answers that are still on their way would open the list again.
    last++
    if (document.activeElement === fresh) return
    // The component opens the list again when its box gets the focus, so it does not hear of it.
    place.addEventListener('focus', (focus) => focus.stopPropagation(), { capture: true, once: true })
    setTimeout(() => fresh.focus())
  }
  place.addEventListener('keydown', close, true)
  // The component opens its list again when its box gets the focus, but not when the arrow is pressed.
  const reopen = (event) => {
    if (event.key !== 'ArrowDown' || event.target !== fresh || fresh.getAttribute('aria-expanded') === 'true') return
    fresh.dispatchEvent(new FocusEvent('focus'))
  }
  place.addEventListener('keydown', reopen, true)
  // The component selects all text when it gets the focus; whoever is typing would overwrite it.
  const select = fresh.setSelectionRange.bind(fresh)
  fresh.setSelectionRange = () => {}
  if (hadFocus) fresh.focus()
  // As if it was typed now: given as the default value, it would become a suggestion without words.
  fresh.value = value
  fresh.dispatchEvent(new Event('input', { bubbles: true }))
  if (hadFocus) select(selectionStart ?? value.length, selectionEnd ?? value.length)
}

// The first of them, with room for titles below the names.
function chosen(suggestions) {
  const names = suggestions.filter(({ kind }) => KINDS[kind])
  const titles = suggestions.filter(({ kind }) => !KINDS[kind])
  const room = Math.max(NAMES_AT_MOST, AT_MOST - titles.length)
  return [...names.slice(0, room), ...titles].slice(0, AT_MOST)
}

function text(found) {
  return found ? found.text : ''
}

// What kind of thing it is, and how much there is of it or how it went: two suggestions may have the same words.
function shown(found) {
  if (!found) return ''
  const counted = found.count === 1 ? '1 result' : `${found.count} results`
  const more = KINDS[found.kind] ? `${KINDS[found.kind]}, ${counted}` : found.result || ''
  return more ? `${escape(found.text)} <span class="app-search__more">${escape(more)}</span>` : escape(found.text)
}

function escape(words) {
  const box = document.createElement('span')
  box.textContent = words
  return box.innerHTML
}
