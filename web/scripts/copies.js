// Copies in this browser of texts that could not be saved, each with the person who wrote it: no one else is offered them.
// They are removed when that person signs out, or when someone else signs in here.

const PREFIX = 'draft:'
// Of the page of someone who is signing out.
const LEAVING = 'data-leaving'

/** Returns who has signed in on this page, or nothing. */
function person() {
  return document.querySelector('[data-person]')?.dataset.person
}

// A browser may forbid to keep anything.
function quietly(action) {
  try {
    return action()
  } catch {
    return null
  }
}

function read(name) {
  return quietly(() => JSON.parse(localStorage.getItem(name)))
}

function names() {
  return quietly(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) ?? []
}

/** The copy of one text, of the page that is shown. */
export function copyOf(key) {
  const name = PREFIX + key
  const write = (text, isSent) => {
    const copy = { text, at: Date.now(), person: person(), href: location.pathname, isSent }
    quietly(() => localStorage.setItem(name, JSON.stringify(copy)))
  }
  return {
    keep(text) {
      // Nothing is kept once someone has chosen to remove it and to sign out: the page is hidden then, and would keep it.
      if (document.documentElement.hasAttribute(LEAVING)) return
      write(text, false)
    },
    // Kept until the next page for its writer is here, which has done what was sent, or has its words.
    keepUntilAnswered: (text) => write(text, true),
    forget: () => quietly(() => localStorage.removeItem(name)),
    get: () => {
      const held = read(name)
      return held?.person === person() ? held : null
    }
  }
}

/** Returns the copies of the person who has signed in: the key of each, and when it was made. */
export function ownCopies() {
  const all = names().map((name) => ({ key: name.slice(PREFIX.length), ...read(name) }))
  return all.filter((copy) => copy.person === person())
}

/** Removes the copies of what was sent, once a page has answered its writer. */
export function forgetAnswered() {
  if (!person()) return
  for (const { key, isSent } of ownCopies()) if (isSent) copyOf(key).forget()
}

/** Removes the copies of the person who is signing out, and keeps none from here on. */
export function forgetOwn() {
  document.documentElement.setAttribute(LEAVING, '')
  for (const { key } of ownCopies()) copyOf(key).forget()
}

/** Removes the copies of everyone else, once someone has signed in. */
export function forgetOthers() {
  if (!person()) return
  const own = ownCopies().map(({ key }) => PREFIX + key)
  for (const name of names()) if (!own.includes(name)) quietly(() => localStorage.removeItem(name))
}
