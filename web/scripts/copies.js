// Copies in this browser of texts that could not be saved, each with the person who wrote it: no one else is offered them.
// They are removed when that person signs out, or when someone else signs in here.

const PREFIX = 'draft:'
// Where a copy goes that its writer is still asked about while they write something else.
const EARLIER = [' earlier', ' earliest']
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

/** The copy of one text, of the form on the page that is shown. */
export function copyOf(key, form) {
  const name = PREFIX + key
  const { draft } = form.dataset
  const places = [name, ...EARLIER.map((word) => name + word)]
  // The texts that the writer is asked about on this page.
  const asked = new Set()
  const write = (text, isSent) => {
    const version = form.elements.version?.value
    const copy = { text, at: Date.now(), person: person(), href: location.pathname, isSent, draft, version }
    quietly(() => localStorage.setItem(name, JSON.stringify(copy)))
  }
  const own = (place) => {
    const held = read(place)
    return held?.person === person() ? held : null
  }
  const remove = (place) => quietly(() => localStorage.removeItem(place))
  // What its writer has not decided about stays, next to what they write now.
  const setAside = (text) => {
    const held = own(name)
    if (!held || held.text === text || !asked.has(held.text)) return
    const free = places.find((place) => !own(place)) ?? places.at(-1)
    quietly(() => localStorage.setItem(free, JSON.stringify(held)))
  }
  return {
    keep(text) {
      // Nothing is kept once someone has chosen to remove it and to sign out: the page is hidden then, and would keep it.
      if (document.documentElement.hasAttribute(LEAVING)) return
      setAside(text)
      write(text, false)
    },
    // Kept until the next page for its writer is here, which has done what was sent, or has its words.
    keepUntilAnswered: (text) => write(text, true),
    /** Removes what is kept of the words of now. */
    forget() {
      if (!asked.has(own(name)?.text)) remove(name)
    },
    /** Returns every copy, the latest first, once each. */
    all() {
      const held = places.map(own).filter(Boolean)
      return held.filter((one, at) => held.findIndex((other) => other.text === one.text) === at)
    },
    /** Keeps one until its writer has decided about it. */
    ask: (held) => asked.add(held.text),
    /** Removes one, wherever it is kept by now. */
    decided(held) {
      asked.delete(held.text)
      for (const place of places) if (own(place)?.text === held.text) remove(place)
    }
  }
}

/** Returns the copies of the person who has signed in: the key of each, and when it was made. */
export function ownCopies() {
  const all = names().map((name) => ({ key: name.slice(PREFIX.length), ...read(name) }))
  return all.filter((copy) => copy.person === person())
}

/** Returns the copies of the person who has signed in whose draft the site has not saved since they were made, the latest first. */
export async function unsavedCopies() {
  const unsaved = await Promise.all(
    ownCopies().map(async (copy) => {
      const version = copy.draft && (await heldVersion(copy.draft))
      return version && version !== copy.version ? [] : [copy]
    })
  )
  return unsaved.flat().sort((one, other) => other.at - one.at)
}

/** Returns the version that the site has now of the draft that is saved at an address, or nothing. */
export async function heldVersion(draft) {
  try {
    const response = await fetch(draft.slice(0, draft.lastIndexOf('/')), { cache: 'no-store' })
    return response.headers.get('etag')?.replaceAll('"', '')
  } catch {
    return null
  }
}

/**
 * Removes the copies of what was sent, once a page has answered its writer: the one that the form has led to. A page that is
 * gone back to, or opened after the browser has said that there is no connection, is no answer.
 */
export function forgetAnswered() {
  if (!person()) return
  const [opened] = performance.getEntriesByType('navigation')
  const isAnswer = opened?.type === 'navigate' && opened.redirectCount > 0
  for (const { key, isSent, ...copy } of ownCopies()) {
    if (!isSent) continue
    if (isAnswer) quietly(() => localStorage.removeItem(PREFIX + key))
    else quietly(() => localStorage.setItem(PREFIX + key, JSON.stringify({ ...copy, isSent: false })))
  }
}

/** Removes the copies of the person who is signing out, and keeps none from here on. */
export function forgetOwn() {
  document.documentElement.setAttribute(LEAVING, '')
  for (const { key } of ownCopies()) quietly(() => localStorage.removeItem(PREFIX + key))
}

/** Removes the copies of everyone else, once someone has signed in. */
export function forgetOthers() {
  if (!person()) return
  const own = ownCopies().map(({ key }) => PREFIX + key)
  for (const name of names()) if (!own.includes(name)) quietly(() => localStorage.removeItem(name))
}
