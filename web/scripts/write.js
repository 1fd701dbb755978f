// Improves the pages on which people write; all of them work without it. It saves a section by itself, keeps a copy in this
// browser while saving fails, shows the text as readers will see it, and makes long lists of choices searchable.

import { copyOf, heldVersion } from './copies.js'
import { toolbar } from './toolbar.js'

// How long after the last key the words of a form are kept in this browser, in milliseconds.
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
// How alike a word of a choice is to what was typed for it to be offered, and how many are.
const MIN_LIKENESS = 0.4
const MAX_NEAREST = 4
// How much of a kept text is shown before someone decides about it, in characters.
const MAX_BEGINNING = 160

for (const box of document.querySelectorAll('[data-choices]')) findable(box)
const form = document.querySelector('form[data-draft]')
if (form) autosave(form)
const words = document.querySelector('form[data-kept]')
if (words) keepWords(words)

function autosave(form) {
  const status = form.querySelector('[data-status]')
  const copy = copyOf(form.dataset.key, form)
  const isManual = 'manual' in form.dataset
  let saved = typed(form)
  let timer = 0
  let running = null
  let isStopped = isManual
  // Until the person comes back to this page: they may have signed in again meanwhile.
  let isSignedOut = false
  // Whether the last request did not reach the site.
  let isOffline = false
  // While a form that was sent is being saved, and once it may leave the page.
  let isSending = false
  let isSent = false

  // Where two changes are put together, the copy of one of them is in the form already.
  if (!('merging' in form.dataset)) offerUnlessSaved()
  const texts = [...form.querySelectorAll('textarea[data-text]')]
  texts.forEach((area, place) => toolbar(area, toolbarName(place, texts.length), (words) => say(words)))

  function changed() {
    if (isManual) return keepSoon()
    if (isStopped || isSignedOut || timer) return
    timer = setTimeout(save, SAVE_EVERY)
  }

  // What is not saved by itself is kept here until its writer saves it: the draft waits for review, or two changes are put
  // together.
  function keepSoon() {
    clearTimeout(timer)
    timer = setTimeout(() => {
      copy.keep(typed(form))
      say('Not saved yet. We keep a copy in this browser.', { isProblem: true })
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
    if (isOffline) unreached(typed(form))
  }

  function unreached(now) {
    isOffline = true
    if (now === saved) return say('Your text is saved, and there is no connection now. Choose the button again in a moment.', { isProblem: true })
    copy.keep(now)
    say('Not saved: there is no connection. We keep a copy in this browser and try again.', { isProblem: true })
    changed()
  }

  // A page that was left, or read again, may still be saving what it kept here: then the page is read once more.
  async function offerUnlessSaved() {
    const [held] = copy.all()
    const isRecent = held && held.text !== saved && Date.now() - held.at < MAX_LATE_SAVE
    for (let attempt = 0; isRecent && attempt < LATE_SAVE_CHECKS; attempt += 1) {
      const version = await heldVersion(form.dataset.draft)
      if (typed(form) !== saved) break
      if (version && version !== form.elements.version.value) return location.reload()
      await new Promise((done) => setTimeout(done, LATE_SAVE_WAIT))
    }
    offer(form, copy, status, () => changed(), !isManual)
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
      if (!response.ok) return refused(response, now)
      const answer = await response.json()
      form.elements.version.value = answer.version
      saved = now
      remember(form, now)
      copy.forget()
      say(`Saved at ${clock(new Date())}`)
      if (answer.html !== undefined) preview(answer.html)
      // What someone still writes is not said to be wrong.
      const at = document.activeElement?.name
      remark(form, answer.warnings ?? [], (answer.faults ?? []).filter((fault) => fault.field !== at))
    } catch {
      unreached(now)
    }
  }

  async function refused(response, now) {
    copy.keep(now)
    if (response.status === 401) {
      isSignedOut = true
      const link = { words: 'Sign in again in a new tab', href: '/sign-in?next=%2Fme' }
      say('Not saved: you have been signed out. Your text is kept in this browser until someone else signs in here. ', { isProblem: true, link })
    } else if (response.status === 412) {
      isStopped = true
      say('Not saved: someone else has changed this. Save it to put both together; nothing is overwritten.', { isProblem: true })
    } else if (response.status === 409 || response.status === 404 || response.status === 413) {
      isStopped = true
      const problem = await response.json().catch(() => ({}))
      say(`Not saved: ${problem.detail ?? 'the draft cannot be changed'}.`, { isProblem: true })
    } else {
      say('Not saved: the site could not save it. We keep a copy in this browser and try again.', { isProblem: true })
    }
  }

  function again() {
    isSignedOut = false
    save()
  }

  // A problem stays in view, wherever in the form someone writes.
  function say(text, { isProblem = false, link } = {}) {
    status.textContent = text
    status.classList.toggle('app-saved--problem', isProblem)
    if (!link) return
    const a = document.createElement('a')
    Object.assign(a, { href: link.href, target: '_blank', rel: 'noopener', textContent: link.words })
    status.append(a)
  }

  form.addEventListener('input', changed)
  // A change during a save is saved right after it.
  form.addEventListener('change', async () => {
    await running
    save()
  })
  form.addEventListener('submit', (event) => {
    // The page that answers shows what was typed if it is not saved.
    if (isSent || isStopped || isSignedOut) {
      clearTimeout(timer)
      if (isManual && typed(form) !== saved) copy.keepUntilAnswered(typed(form))
      return
    }
    // First it is saved from here: without a connection the browser would show a page of its own in place of the form.
    event.preventDefault()
    if (isSending) return
    isSending = true
    const late = new Promise((done) => setTimeout(done, MAX_SUBMIT_WAIT))
    Promise.race([reach(), late]).then(() => {
      isSending = false
      if (isOffline) return
      clearTimeout(timer)
      isSent = true
      isStopped = true
      form.requestSubmit(event.submitter)
    })
  })
  // Before the session ends, what was typed is saved, or kept so that its author is asked about it.
  document.addEventListener('signing-out', (event) => {
    const now = typed(form)
    if (now === saved) return
    copy.keep(now)
    event.detail.push(save())
  })
  window.addEventListener('focus', again)
  window.addEventListener('online', () => save())
  // Before the page is read again or left: what is read next has it.
  window.addEventListener('beforeunload', leaving)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
      if (!isStopped) again()
    } else leaving()
  })

  function leaving() {
    const now = typed(form)
    if (isSent || now === saved) return
    if (isStopped && !isManual) return
    copy.keep(now)
    save({ keepalive: now.length < MAX_KEEPALIVE })
  }
}

// Keeps what is typed into a form that is not saved by itself, such as the comments of a reviewer, until it is sent.
function keepWords(form) {
  const status = form.querySelector('[data-status]')
  const copy = copyOf(form.dataset.kept, form)
  // Words that the site has saved are not kept; what was refused is in the form again, and only there.
  const saved = 'saved' in form.dataset ? written(form) : ''
  let timer = 0
  let isSent = false
  const keep = () => {
    clearTimeout(timer)
    if (isSent) return
    if (written(form) !== saved) copy.keep(written(form))
    else copy.forget()
  }
  offer(form, copy, status, keep, false, written)
  if (written(form) !== saved) keep()
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(keep, KEEP_AFTER)
  })
  form.addEventListener('submit', async (event) => {
    if (isSent) return
    event.preventDefault()
    keep()
    // Without a connection the browser would show a page of its own in place of the form.
    if (!(await isReachable())) {
      status.textContent = 'Not sent: there is no connection. We keep your words in this browser. Choose the button again in a moment.'
      status.classList.add('app-saved--problem')
      return
    }
    isSent = true
    if (written(form) !== saved) copy.keepUntilAnswered(written(form))
    form.requestSubmit(event.submitter)
  })
  // A page that was gone back to can be sent again.
  window.addEventListener('pageshow', () => (isSent = false))
  window.addEventListener('beforeunload', keep)
  // Before the session ends, its writer is asked about it.
  document.addEventListener('signing-out', keep)
}

// Says whether the site answers.
async function isReachable() {
  try {
    await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' })
    return true
  } catch {
    return false
  }
}

// The words of a form, without what is chosen in it.
function written(form) {
  const areas = [...form.querySelectorAll('textarea')].filter((area) => area.value.trim())
  return new URLSearchParams(areas.map((area) => [area.name, area.value])).toString()
}

// Without the label of the text, so that only the text itself is called by it.
function toolbarName(place, count) {
  return count === 1 ? 'Formatting' : `Formatting, box ${place + 1} of ${count}`
}

// What is saved is what the next change is made from: the server puts two changes together by it.
function remember(form, now) {
  const old = [...form.querySelectorAll('input[type=hidden][name^="was."]')]
  if (old.length === 0) return
  for (const input of old) if (input.name !== 'was.') input.remove()
  for (const [name, value] of new URLSearchParams(now)) {
    const input = document.createElement('input')
    Object.assign(input, { type: 'hidden', name: `was.${name}`, value })
    form.prepend(input)
  }
}

// What was typed, as the form would send it, without the version and what it was made from.
function typed(form) {
  const data = new FormData(form)
  data.delete('version')
  for (const name of [...data.keys()]) if (name.startsWith('was.')) data.delete(name)
  return new URLSearchParams(data).toString()
}

// Offers the copies that were kept here and differ from what is saved, in one box: when each is from, and how it begins.
function offer(form, copy, status, changed, isSavedSoon, read = typed) {
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
      status.textContent = isSavedSoon ? 'Your text is back. We will save it in a moment.' : 'Your text is back.'
    }))
  }
  form.before(box)
}

function offerOne(form, copy, held, isOneOfSeveral, putBack) {
  copy.ask(held)
  const part = document.createElement('div')
  part.className = 'app-kept-copy'
  const at = new Date(held.at)
  const when = `${clock(at)} on ${at.toLocaleDateString('en-GB', { dateStyle: 'long' })}`
  const words = document.createElement('p')
  words.textContent = `It is from ${when}.`
  const begins = beginning(form, new URLSearchParams(held.text))
  const quote = document.createElement('blockquote')
  quote.textContent = begins
  const decided = () => {
    copy.decided(held)
    const box = part.parentElement
    part.remove()
    if (!box.querySelector('.app-kept-copy')) box.remove()
  }
  const put = button('Put it into the form', () => {
    fill(form, new URLSearchParams(held.text))
    decided()
    putBack()
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

function hidden(words) {
  const made = document.createElement('span')
  made.className = 'nhsuk-u-visually-hidden'
  made.textContent = words
  return made
}

// How what was typed begins, in the first box where it is not what the form has.
function beginning(form, values) {
  for (const [name, value] of values) {
    const field = form.elements[name]
    const isText = field && (field.tagName === 'TEXTAREA' || ['text', 'search', 'email'].includes(field.type))
    const words = value.replace(/\s+/g, ' ').trim()
    if (!isText || !words || field.value.trim() === value.trim()) continue
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

function fill(form, values) {
  for (const element of form.elements) {
    if (!element.name || element.name === 'version' || element.type === 'hidden' || element.tagName === 'BUTTON') continue
    const all = values.getAll(element.name)
    const isChoice = element.type === 'checkbox' || element.type === 'radio'
    // What a person confirms is not part of the words.
    if (isChoice && !('draft' in form.dataset)) continue
    if (isChoice) element.checked = all.includes(element.value)
    else element.value = all[0] ?? ''
  }
}

function preview(html) {
  const panel = document.querySelector('[data-preview]')
  if (!panel) return
  // The server has rendered it, as it does for the page: with tags of ours only.
  panel.lastElementChild.innerHTML = html
  panel.hidden = !html
}

// Says what may identify a patient in what was saved, and what cannot be published as it is: next to its field, in one line that
// stays in view, and in a list above the form. The focus stays where it is.
function remark(form, findings, faults) {
  const place = document.querySelector('[data-findings]')
  if (!place) return
  const boxes = [
    ['Check: this may identify a patient', findings],
    ['Saved. This cannot be published as it is', faults]
  ].filter(([, remarks]) => remarks.length > 0)
  const said = JSON.stringify(boxes)
  // The same once more is no news to someone who hears it.
  if (place.dataset.said === said) return
  place.dataset.said = said
  place.replaceChildren(...boxes.map(([heading, remarks]) => remarkBox(form, heading, remarks)))
  remarkFields(form, [...findings, ...faults])
  remarkLine(form, findings, faults)
}

function remarkBox(form, words, remarks) {
  const box = document.createElement('section')
  box.className = 'app-notice app-notice--problem'
  const heading = document.createElement('h2')
  heading.textContent = words
  const list = document.createElement('ul')
  list.className = 'app-list'
  for (const one of remarks) {
    const item = document.createElement('li')
    if (form.elements.file) {
      const section = document.createElement('span')
      section.className = 'app-muted'
      section.textContent = `${one.section_title}:`
      item.append(section, ' ')
    }
    item.append(linkTo(form, one, said(one)))
    list.append(item)
  }
  box.append(heading, list)
  return box
}

// A remark with the line that it is about: of the file where that is shown, and else of the text of its field.
function said(remark) {
  return remark.line ? `Line ${remark.line}: ${remark.text}` : remark.text
}

// The `id` of the field that a remark is about.
function fieldOf(form, remark) {
  return form.elements.file ? 'file' : remark.field.replaceAll('.', '-')
}

function linkTo(form, remark, words) {
  const link = document.createElement('a')
  link.href = `#${fieldOf(form, remark)}`
  link.textContent = words
  return link
}

function remarkFields(form, remarks) {
  for (const old of form.querySelectorAll('.app-remark')) {
    describe(form, old.id, false)
    old.remove()
  }
  for (const one of remarks) {
    const id = fieldOf(form, one)
    const field = document.getElementById(id)
    const group = field?.closest('.nhsuk-form-group') ?? field?.parentElement
    if (!group) continue
    let note = document.getElementById(`${id}-remark`)
    if (!note) {
      note = document.createElement('div')
      note.id = `${id}-remark`
      note.className = 'app-remark'
      group.append(note)
      describe(form, note.id, true)
    }
    const words = document.createElement('p')
    words.textContent = said(one)
    note.append(words)
  }
}

// Names a remark as what its field is described by, or not any more.
function describe(form, remark, isDescribed) {
  const field = document.getElementById(remark.slice(0, -'-remark'.length))
  if (!field) return
  const ids = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== remark)
  if (isDescribed) ids.push(remark)
  if (ids.length > 0) field.setAttribute('aria-describedby', ids.join(' '))
  else field.removeAttribute('aria-describedby')
}

function remarkLine(form, findings, faults) {
  const line = form.querySelector('[data-remarks]')
  if (!line) return
  line.replaceChildren()
  const [first] = [...findings, ...faults]
  if (!first) return
  const words = findings.length > 0 ? 'This may identify a patient: ' : 'This cannot be published as it is: '
  const others = findings.length + faults.length - 1
  // What to do about it is next to the field: the line covers little of what is written.
  const [found] = said(first).split(';')
  line.append(words, linkTo(form, first, found), others > 0 ? ` and ${others} more` : '')
}

function clock(date) {
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

// Puts a box above a long list of choices that hides those without its words. What is chosen stays visible.
function findable(list) {
  const fieldset = list.closest('fieldset')
  const name = fieldset.querySelector('legend').firstChild.textContent.trim()
  const find = document.createElement('input')
  find.type = 'search'
  find.className = 'nhsuk-input app-choices__find'
  find.setAttribute('aria-label', `Find in: ${name}`)
  find.placeholder = 'Find'
  find.autocomplete = 'off'
  const count = document.createElement('p')
  count.className = 'nhsuk-u-visually-hidden'
  count.setAttribute('role', 'status')
  const items = [...list.children]
  find.addEventListener('input', (event) => {
    event.stopPropagation()
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
    const fitting = items.filter((item) => words.every((word) => item.textContent.toLowerCase().includes(word)))
    const near = fitting.length > 0 ? [] : nearest(items, find.value)
    for (const item of items) {
      item.hidden = !fitting.includes(item) && !near.includes(item) && !item.querySelector('input').checked
    }
    // An empty box would say nothing to the eye.
    count.classList.toggle('nhsuk-u-visually-hidden', fitting.length > 0)
    if (fitting.length > 0) count.textContent = `${fitting.length} of ${items.length} shown`
    else if (near.length > 0) count.textContent = `Nothing here has “${find.value.trim()}”. The nearest:`
    else count.textContent = `Nothing here has “${find.value.trim()}”. Use another word, or remove it to see all.`
  })
  find.addEventListener('change', (event) => event.stopPropagation())
  find.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
  list.before(find, count)
}

// The choices with a word that is most like one that was typed, the nearest first.
function nearest(items, typed) {
  const asked = wordsOf(typed)
  const near = items.map((item) => {
    const likeness = wordsOf(item.textContent).flatMap((word) => asked.map((other) => alike(word, other)))
    return { item, likeness: Math.max(0, ...likeness) }
  })
  return near
    .filter(({ likeness }) => likeness >= MIN_LIKENESS)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, MAX_NEAREST)
    .map(({ item }) => item)
}

function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
}

// How much two words have in common: their pairs of letters, from 0 to 1; a word that begins as the other does is near.
function alike(one, other) {
  if (one.slice(0, 4) === other.slice(0, 4)) return 0.9
  const pairs = (word) => new Set([...word].slice(1).map((letter, at) => word[at] + letter))
  const [first, second] = [pairs(one), pairs(other)]
  const common = [...first].filter((pair) => second.has(pair)).length
  return (2 * common) / (first.size + second.size)
}
