// What a form on which people write would send, what it was made from, and how a text that was kept is put back into it.

// The longest time in which the site answers that it is there, in milliseconds.
const MAX_REACH_WAIT = 10_000
// What the name of a field begins with that has what another field said when the page was made.
const WAS = 'was.'
// The comment of a reviewer on the whole; those at paragraphs begin with it, too.
const COMMENT = 'comment'

/** Returns what was typed, as the form would send it, without the version and what it was made from. */
export function typed(form) {
  const data = new FormData(form)
  data.delete('version')
  for (const name of [...data.keys()]) if (name.startsWith(WAS)) data.delete(name)
  return new URLSearchParams(data).toString()
}

/** Returns the words of a form, without what is chosen in it. */
export function written(form) {
  const areas = [...form.querySelectorAll('textarea')].filter((area) => area.value.trim())
  return new URLSearchParams(areas.map((area) => [area.name, area.value])).toString()
}

/** Returns whether the site answers. */
export async function isReachable() {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), MAX_REACH_WAIT)
  try {
    await fetch(location.pathname, { method: 'HEAD', cache: 'no-store', signal: stop.signal })
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** Lets the browser ask whether someone leaves words that are kept nowhere. */
export function askToStay(event) {
  event.preventDefault()
  // Browsers of some years ago ask only then.
  event.returnValue = true
}

/** Returns the label of each field into which words were written, by its name. */
export function labels(form) {
  const fields = [...form.elements].filter((field) => field.name && isText(field) && field.value.trim())
  return Object.fromEntries(fields.map((field) => [field.name, labelOf(field)]))
}

/** Returns whether words are written into a field. */
export function isText(field) {
  return field.tagName === 'TEXTAREA' || ['text', 'search', 'email'].includes(field.type)
}

function labelOf(field) {
  return field.labels?.[0]?.firstChild?.textContent.trim() ?? ''
}

function wasFields(form) {
  return [...form.querySelectorAll(`input[type=hidden][name^="${WAS}"]`)]
}

/** Returns what a form was made from, if that is known. */
export function base(form) {
  const fields = wasFields(form)
  if (!fields.some(({ name }) => name === WAS)) return undefined
  const pairs = fields.filter(({ name }) => name !== WAS).map(({ name, value }) => [name.slice(WAS.length), value])
  return new URLSearchParams(pairs).toString()
}

/** What is saved is what the next change is made from: the server puts two changes together by it, in the order of the fields. */
export function remember(form, now) {
  const old = wasFields(form)
  if (old.length === 0) return
  for (const input of old) if (input.name !== WAS) input.remove()
  const inputs = [...new URLSearchParams(now)].map(([name, value]) => hidden(`${WAS}${name}`, value))
  form.prepend(...inputs)
}

function hidden(name, value) {
  return Object.assign(document.createElement('input'), { type: 'hidden', name, value })
}

/** Puts a text that was kept back into its form, with what it was made from: what others have saved since is not lost. */
export function putBack(form, held) {
  const isSection = 'draft' in form.dataset
  if (isSection && Number(held.version) < Number(form.elements.version?.value)) {
    form.elements.version.value = held.version
    // Where it is not known, the two are only compared.
    if (held.base === undefined) for (const input of wasFields(form)) input.remove()
    else remember(form, held.base)
  }
  const values = placed(form, new URLSearchParams(held.text), held.labels ?? {})
  for (const element of form.elements) {
    if (!element.name || element.name === 'version' || element.type === 'hidden' || element.tagName === 'BUTTON') continue
    const all = values.getAll(element.name)
    const isChoice = element.type === 'checkbox' || element.type === 'radio'
    // What a person confirms is not part of the words.
    if (isChoice && !isSection) continue
    if (isChoice) element.checked = all.includes(element.value)
    else element.value = all[0] ?? ''
  }
  // Rows of a list that the form has no room for are sent with it.
  if (!isSection) return
  for (const [name, value] of values) if (/\.\d+\./.test(name) && !form.elements[name]) form.append(hidden(name, value))
}

// A comment belongs to its paragraph, which may have another number by now. What has no place any more goes to the comment on the
// whole.
function placed(form, values, labels) {
  if (!form.elements[COMMENT]) return values
  const found = new URLSearchParams()
  const rest = []
  for (const [name, value] of values) {
    const place = placeOf(form, name, labels[name], found)
    if (place) found.append(place, value)
    else rest.push(`At ${labels[name] ?? 'a paragraph'}: ${value}`)
  }
  if (rest.length > 0) found.set(COMMENT, [found.get(COMMENT), ...rest].filter(Boolean).join('\n\n'))
  return found
}

function placeOf(form, name, label, found) {
  const own = form.elements[name]
  const isAtParagraph = name.startsWith(`${COMMENT}.`)
  if (own && (!isAtParagraph || !label || labelOf(own) === label)) return name
  if (!isAtParagraph) return undefined
  const field = name.slice(0, name.lastIndexOf('.') + 1)
  const same = [...form.elements].filter((one) => one.name.startsWith(field) && labelOf(one) === label)
  return same.find((one) => !found.has(one.name))?.name
}
