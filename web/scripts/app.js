// Improves pages that work without it. Nothing here changes what a page says or where it leads.

import { forgetAnswered, forgetOthers, forgetOwn, ownCopies } from './copies.js'
import { carryTicks } from './ticks.js'
import { listUnsaved, linkTo, made } from './unsaved.js'

// How long signing out waits for a text that is being saved, in milliseconds.
const MAX_SAVE_WAIT = 5_000
// The search page with the focus in its box: where the shortcuts lead from a page without a box.
const SEARCH_HASH = '#search-box'

document.documentElement.classList.add('js-enabled')

const search = document.querySelector('[data-search]')

focusSkipTargets()
shortcuts(search)
if (search) suggestions(search)
if (search && location.hash === SEARCH_HASH) search.focus()
copyButtons()
carryTicks()
preferences()
showProblem()
forgetOthers()
forgetAnswered()
for (const form of document.querySelectorAll('form[action="/sign-out"]')) signingOut(form)
const unsaved = document.querySelector('[data-unsaved]')
if (unsaved) listUnsaved(unsaved)

// Why a form was refused is read first, with the keyboard and by screen readers, unless the address leads to a field.
function showProblem() {
  const problem = document.querySelector('.nhsuk-error-summary, .app-notice--problem[role=alert]')
  if (!problem || location.hash) return
  problem.setAttribute('tabindex', '-1')
  problem.focus()
}

// On a shared computer the next person must not read what was not saved: it is removed, and no one loses it unasked.
function signingOut(form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const saves = []
    document.dispatchEvent(new CustomEvent('signing-out', { detail: saves }))
    const late = new Promise((done) => setTimeout(done, MAX_SAVE_WAIT))
    const answers = await Promise.race([Promise.all(saves).catch(() => null), late])
    const isSafe = answers?.every(Boolean) ?? false
    const leave = () => {
      forgetOwn()
      form.submit()
    }
    const copies = ownCopies()
    if (copies.length === 0 && isSafe) return leave()
    askToRemove(copies, leave)
  })
}

function askToRemove(copies, leave) {
  const dialog = made('dialog', { className: 'app-dialog' })
  const heading = made('h2', { id: 'unsaved', textContent: 'You have text that is not saved' })
  dialog.setAttribute('aria-labelledby', heading.id)
  const where = copies.length > 0 ? 'It is in this browser only. If you sign out, it is removed from it.' : 'It is on this page only. If you sign out, it is lost.'
  const words = made('p', { textContent: where })
  const list = made('ul', { className: 'app-list', hidden: copies.length === 0 })
  for (const copy of copies) {
    const item = made('li', {})
    item.append(linkTo(copy))
    list.append(item)
  }
  const stay = made('button', { type: 'button', className: 'nhsuk-button', autofocus: true, textContent: 'Stay signed in' })
  const remove = made('button', { type: 'button', className: 'nhsuk-button nhsuk-button--warning', textContent: 'Sign out and remove it' })
  stay.addEventListener('click', () => dialog.close())
  remove.addEventListener('click', leave)
  dialog.addEventListener('close', () => dialog.remove())
  const actions = made('div', { className: 'app-actions' })
  actions.append(stay, remove)
  dialog.append(heading, words, list, actions)
  document.body.append(dialog)
  dialog.showModal()
}

// Some browsers move the view but not the focus when a fragment link is followed.
function focusSkipTargets() {
  for (const link of document.querySelectorAll('.nhsuk-skip-link')) {
    const target = document.querySelector(link.hash)
    if (!target) continue
    link.addEventListener('click', () => {
      target.classList.add('nhsuk-skip-link-focused-element')
      target.setAttribute('tabindex', '-1')
      target.focus()
      target.addEventListener('blur', () => target.removeAttribute('tabindex'), { once: true })
    })
  }
}

// `/` and Ctrl+K go to the search box, on a page without one to that of the search page. `/` can be switched off
// (WCAG 2.1.4).
function shortcuts(input) {
  if (input && slashIsOn()) {
    const key = document.createElement('kbd')
    key.className = 'app-search__key'
    key.setAttribute('aria-hidden', 'true')
    key.textContent = '/'
    input.closest('.app-search__field')?.append(key)
  }
  document.addEventListener('keydown', (event) => {
    const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && slashIsOn()
    const find = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]')
    if ((slash && !typing) || find) {
      event.preventDefault()
      const box = document.querySelector('input[data-search], #search-box')
      if (!box) return location.assign(`/search${SEARCH_HASH}`)
      box.focus()
      box.select()
    }
  })
}

function slashIsOn() {
  try {
    return localStorage.getItem('slash') !== 'off'
  } catch {
    return true
  }
}

// The list of suggestions is fetched when someone begins to type, not before.
function suggestions(input) {
  const load = () => {
    import(SUGGESTIONS).then((module) => module.enhance(input)).catch(() => {})
  }
  input.addEventListener('input', load, { once: true })
}

function copyButtons() {
  if (!navigator.clipboard) return
  for (const button of document.querySelectorAll('[data-copy]')) {
    const source = document.getElementById(button.dataset.copy)
    const status = document.getElementById(`${button.dataset.copy}-status`)
    if (!source || !status) continue
    button.hidden = false
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(source.textContent.trim().replace(/\s+/g, ' ')).then(
        () => (status.textContent = 'Copied'),
        () => (status.textContent = 'Your browser blocked copying. Select the text and copy it.')
      )
    })
  }
}

function preferences() {
  const form = document.querySelector('[data-preferences]')
  if (!form) return
  form.hidden = false
  const box = form.elements.slash
  const status = form.querySelector('[role=status]')
  box.checked = slashIsOn()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    try {
      localStorage.setItem('slash', box.checked ? 'on' : 'off')
      status.textContent = box.checked ? 'Saved: / goes to the search box' : 'Saved: / does nothing'
    } catch {
      status.textContent = 'Your browser does not let us keep settings'
    }
  })
}
