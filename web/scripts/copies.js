// Copies in this browser of texts that could not be saved, each with the person who wrote it: no one else is offered them.
// They are removed when that person signs out, or when someone else signs in here.

import { base, labels } from './form.js'

const PREFIX = 'draft:'
// Where a copy goes that its writer is still asked about while they write something else.
const EARLIER = [' earlier', ' earliest']
// Of the page of someone who is signing out.
const LEAVING = 'data-leaving'
// What this tab keeps: its name, and which copy it has sent.
const TAB = 'tab'
const SENT = 'sent'

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

/** Returns the name of this tab, which its pages share; nothing where the browser keeps none. */
function tab() {
  return quietly(() => {
    const held = sessionStorage.getItem(TAB)
    if (held) return held
    const made = `${Date.now()}-${Math.random()}`
    sessionStorage.setItem(TAB, made)
    return made
  })
}

/** The copy of one text, of the form on the page that is shown. */
export function copyOf(key, form) {
  const name = PREFIX + key
  const { draft } = form.dataset
  const places = [name, ...EARLIER.map((word) => name + word)]
  // The texts that the writer is asked about on this page.
  const asked = new Set()
  // What this page has kept last: only that is replaced and removed, and not what another page keeps of the same form.
  let mine
  const own = (place) => {
    const held = read(place)
    return held?.person === person() ? held : null
  }
  const remove = (place) => quietly(() => localStorage.removeItem(place))
  const placeOfMine = () => places.find((place) => mine !== undefined && own(place)?.text === mine)
  const freePlace = () => places.find((place) => !own(place))
  const oldestPlace = () => [...places].sort((one, other) => own(one).at - own(other).at)[0]
  const write = (text, isSent = false) => {
    const place = placeOfMine() ?? freePlace() ?? oldestPlace()
    const version = form.elements.version?.value
    const what = { text, draft, version, base: base(form), labels: labels(form) }
    const copy = { ...what, at: Date.now(), person: person(), href: location.pathname, tab: tab(), isSent }
    const isKept = quietly(() => (localStorage.setItem(place, JSON.stringify(copy)), true))
    if (!isKept) return null
    mine = text
    return { place, at: copy.at }
  }
  const all = () => {
    const held = places.map(own).filter(Boolean).sort((one, other) => other.at - one.at)
    return held.filter((one, at) => held.findIndex((other) => other.text === one.text) === at)
  }
  return {
    /** Keeps a text, and returns whether the browser has it. */
    keep(text) {
      // Nothing is kept once someone has chosen to remove it and to sign out: the page is hidden then, and would keep it.
      if (document.documentElement.hasAttribute(LEAVING)) return true
      return write(text) !== null
    },
    /** Keeps it until the next page for its writer is in this tab, which has done what was sent, or has its words. */
    keepUntilAnswered(text) {
      const sent = write(text, true)
      if (sent) quietly(() => sessionStorage.setItem(SENT, JSON.stringify(sent)))
    },
    /** Removes what this page keeps. */
    forget() {
      const place = placeOfMine()
      if (place && !asked.has(mine)) remove(place)
    },
    /** Makes the copy that was sent from this tab the one of the page that answers; any other waits for its writer. */
    takeOver() {
      mine = all().find((held) => held.isSent && held.tab && held.tab === tab())?.text
    },
    /** Returns every copy but that of this page, the latest first, once each. */
    all: () => all().filter((held) => held.text !== mine),
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

/** Removes one of them. */
export function forgetCopy({ key }) {
  quietly(() => localStorage.removeItem(PREFIX + key))
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
 * Removes the copy of what was sent from this tab, once a page has answered its writer: the one that the form has led to. A page
 * that is gone back to, opened after the browser has said that there is no connection, or reached by signing in is no answer.
 */
export function forgetAnswered() {
  const sent = quietly(() => JSON.parse(sessionStorage.getItem(SENT)))
  // The page that shows what was typed to someone who was signed out sends it once more.
  if (!sent || (!person() && !location.pathname.startsWith('/sign-in'))) return
  quietly(() => sessionStorage.removeItem(SENT))
  const [opened] = performance.getEntriesByType('navigation')
  const isAnswer = person() && opened?.type === 'navigate' && opened.redirectCount > 0
  if (isAnswer && read(sent.place)?.at === sent.at) quietly(() => localStorage.removeItem(sent.place))
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
