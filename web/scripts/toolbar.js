// Puts a row of buttons above a text in Markdown, and turns rich text that is pasted into Markdown. A text works without both.

// What each button does with the words that are selected: puts marks around them, or a mark in front of each line.
const ACTIONS = [
  { words: 'Bold', around: ['**', '**'], empty: 'bold words', key: 'b' },
  { words: 'Italic', around: ['_', '_'], empty: 'words', key: 'i' },
  { words: 'Heading', lines: () => '### ' },
  { words: 'Bullet list', lines: () => '- ' },
  { words: 'Numbered list', lines: (place) => `${place + 1}. ` },
  { words: 'Quote', lines: () => '> ' },
  { words: 'Link', around: ['[', '](https://)'], empty: 'words of the link' }
]

/** Adds the buttons, which are called `name`, and the pasting to a text. `say` tells what was done. */
export function toolbar(area, name, say) {
  const bar = document.createElement('div')
  bar.className = 'app-format'
  bar.setAttribute('role', 'toolbar')
  bar.setAttribute('aria-label', name)
  bar.setAttribute('aria-controls', area.id)
  const buttons = ACTIONS.map((action) => button(action, () => apply(area, action)))
  bar.append(...buttons)
  area.before(bar)
  roving(bar, buttons)
  area.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    const action = ACTIONS.find((one) => one.key === event.key.toLowerCase())
    if (!action) return
    event.preventDefault()
    apply(area, action)
  })
  area.addEventListener('paste', (event) => paste(event, area, say))
}

function button(action, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'app-format__button'
  made.textContent = action.words
  if (action.key) made.setAttribute('aria-keyshortcuts', `Control+${action.key.toUpperCase()}`)
  made.addEventListener('click', act)
  return made
}

// One stop of the Tab key for the whole row; the arrow keys go from button to button (ARIA practices, toolbar).
function roving(bar, buttons) {
  const go = (place) => {
    const next = (place + buttons.length) % buttons.length
    buttons.forEach((one, index) => (one.tabIndex = index === next ? 0 : -1))
    return buttons[next]
  }
  go(0)
  bar.addEventListener('focusin', (event) => {
    const place = buttons.indexOf(event.target)
    if (place >= 0) go(place)
  })
  bar.addEventListener('keydown', (event) => {
    const place = buttons.indexOf(document.activeElement)
    const steps = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: buttons.length - 1 }
    if (!(event.key in steps)) return
    event.preventDefault()
    go(steps[event.key]).focus()
  })
}

function apply(area, action) {
  const { selectionStart: start, selectionEnd: end, value } = area
  if (action.around) {
    const [before, after] = action.around
    if (unmark(area, before, after)) return
    const words = value.slice(start, end) || action.empty
    replace(area, start, end, before + words + after)
    area.setSelectionRange(start + before.length, start + before.length + words.length)
    return
  }
  // Whole lines.
  const first = value.lastIndexOf('\n', start - 1) + 1
  const found = value.indexOf('\n', Math.max(end, first))
  const last = found < 0 ? value.length : found
  const lines = value.slice(first, last).split('\n')
  const text = lines.map((line, place) => action.lines(place) + line).join('\n')
  replace(area, first, last, text)
  area.setSelectionRange(first + text.length, first + text.length)
}

// Takes the marks away if the words that are selected have them, within the selection or around it. Returns whether they had.
function unmark(area, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area
  if (start === end) return false
  // `**` around words is no `*` or `_` around them.
  const doubled = (from, to) => value[from - 1] === before && value[to] === after
  const [from, to] = [start - before.length, end + after.length]
  if (value.slice(from, start) === before && value.slice(end, to) === after && !doubled(from, to)) {
    replace(area, from, to, value.slice(start, end))
    area.setSelectionRange(from, from + end - start)
    return true
  }
  const words = value.slice(start + before.length, end - after.length)
  const isMarked = end - start > before.length + after.length && value.slice(start, end) === before + words + after
  if (!isMarked || words.startsWith(before) || words.endsWith(after)) return false
  replace(area, start, end, words)
  area.setSelectionRange(start, start + words.length)
  return true
}

// By the command that a browser can undo, where there is one.
function replace(area, start, end, text) {
  area.focus()
  area.setSelectionRange(start, end)
  const isDone = document.execCommand?.('insertText', false, text)
  if (isDone) return
  area.setRangeText(text, start, end, 'end')
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

// Rich text has marks that plain text would lose; the server converts it with what converts Word files.
function paste(event, area, say) {
  const html = event.clipboardData?.getData('text/html') ?? ''
  // Lists of Word are paragraphs with a style.
  if (!/<(h[1-6]|ul|ol|li|table|b|strong|i|em|a|blockquote)[\s>]|mso-list:\s*l\d/i.test(html)) return
  event.preventDefault()
  const plain = event.clipboardData.getData('text/plain')
  const { selectionStart: start, selectionEnd: end } = area
  area.readOnly = true
  fetch('/api/v1/markdown', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'text/html' },
    body: html
  })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error('not converted'))))
    .then(
      ({ markdown }) => put(markdown.trim() || plain, `Pasted, with its headings, lists and links.${without(html)}`),
      () => put(plain, `Pasted as plain text.${without(html)}`)
    )
  function put(text, words) {
    area.readOnly = false
    replace(area, start, end, text)
    say(words)
  }
}

// Says that pictures do not come with a text that is pasted.
function without(html) {
  const count = (html.match(/<img\b/gi) ?? []).length
  if (count === 0) return ''
  return count === 1 ? ' Its picture did not come: attach it.' : ` Its ${count} pictures did not come: attach them.`
}
