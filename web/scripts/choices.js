// Makes a long list of choices searchable.

// How alike a word of a choice is to what was typed for it to be offered, and how many are.
const MIN_LIKENESS = 0.4
const MAX_NEAREST = 4

/** Puts a box above a long list of choices that hides those without its words. What is chosen stays visible. */
export function findable(list) {
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
    // An empty box would help no one: where nothing is near, all of them are there to choose from.
    const isNone = fitting.length === 0 && near.length === 0
    for (const item of items) {
      item.hidden = !isNone && !fitting.includes(item) && !near.includes(item) && !item.querySelector('input').checked
    }
    count.classList.toggle('nhsuk-u-visually-hidden', fitting.length > 0)
    if (fitting.length > 0) count.textContent = `${fitting.length} of ${items.length} shown`
    else if (near.length > 0) count.textContent = `Nothing here has “${find.value.trim()}”. The nearest:`
    else count.textContent = `Nothing here has “${find.value.trim()}”. Choose what comes nearest, and say the rest in your text.`
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
