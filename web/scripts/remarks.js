// What a save found in a text, and how the text looks to its readers.

import { keepInView } from './status.js'

/** Shows the text as readers will see it. */
export function preview(html) {
  const panel = document.querySelector('[data-preview]')
  if (!panel) return
  // The server has rendered it, as it does for the page: with tags of ours only.
  panel.lastElementChild.innerHTML = html
  panel.hidden = !html
}

/**
 * Says what may identify a patient in what was saved, and what cannot be published as it is: next to its field, in one line that
 * stays in view, and in a list above the form. The focus stays where it is.
 */
export function remark(form, findings, faults) {
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
  const first = document.getElementById(remark.slice(0, -'-remark'.length))
  // What is said of choices is said of all of them.
  const field = ['radio', 'checkbox'].includes(first?.type) ? first.closest('fieldset') : first
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
  if (first) {
    const words = findings.length > 0 ? 'This may identify a patient: ' : 'This cannot be published as it is: '
    const others = findings.length + faults.length - 1
    // What to do about it is next to the field: the line covers little of what is written.
    const [found] = said(first).split(';')
    line.append(words, linkTo(form, first, found), others > 0 ? ` and ${others} more` : '')
  }
  keepInView(form)
}
