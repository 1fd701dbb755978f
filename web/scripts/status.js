// The line of a form that says whether it is saved. A problem stays in it until it is solved, and in view, wherever in the form
// someone writes.

const PROBLEM = 'app-saved--problem'

/** What to do where this browser can keep no copy: its storage is full, or it keeps nothing of this site. */
export const NOT_KEPT = 'This browser cannot keep a copy: leave this page open.'

/** Returns the line of a form. */
export function statusLine(form) {
  const place = form.querySelector('[data-status]')
  let problem = null
  const show = (text, link) => {
    const words = link ? `${text} ${link.words}` : text
    place.classList.toggle(PROBLEM, problem !== null)
    keepInView(form)
    // The same once more is no news to someone who hears it.
    if (place.textContent === words) return
    place.textContent = text
    if (!link) return
    const a = document.createElement('a')
    Object.assign(a, { href: link.href, target: '_blank', rel: 'noopener', textContent: link.words })
    place.append(' ', a)
  }
  const note = (text) => show(problem ? `${problem.text} ${text}` : text, problem?.link)
  return {
    /** Says that all is well: there is no problem any more. */
    say(text) {
      problem = null
      show(text)
    },
    /** Says what is wrong. */
    problem(text, link) {
      problem = { text, link }
      show(text, link)
    },
    /** Says something else, after what is wrong. */
    note,
    /** Says what else is wrong. */
    warn(text) {
      if (problem?.text.includes(text)) return
      if (problem) return note(text)
      problem = { text }
      show(text)
    }
  }
}

/** Keeps the lines of a form in view while one of them has to be seen. */
export function keepInView(form) {
  const lines = form.querySelector('[data-lines]')
  const isNeeded = lines?.querySelector(`.${PROBLEM}, [data-remarks]:not(:empty)`)
  lines?.classList.toggle('app-lines--in-view', Boolean(isNeeded))
}
