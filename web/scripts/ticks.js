// What is ticked for comparing stays ticked on the way to other pages of results, and Enter in a box compares. Without this,
// the form and the address of the page carry it.

const BOXES = '.app-result__pick input'

export function carryTicks() {
  document.addEventListener('formdata', ({ formData }) => leaveOutEmptyAmounts(formData))
  const send = document.querySelector('.app-ticked button')
  if (!send) return
  document.addEventListener('change', ({ target }) => target.matches(BOXES) && updateLinks())
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches(BOXES)) return
    event.preventDefault()
    send.click()
  })
  // A browser ticks boxes again when it comes back to a page.
  addEventListener('pageshow', updateLinks)
}

// A form sends the fields that were left empty too, and the address would have them.
function leaveOutEmptyAmounts(formData) {
  for (const [name, value] of [...formData]) {
    if (name.endsWith('-typed') && value === '') formData.delete(name)
  }
}

// The links that lead to other results name what is ticked. Those that remove ticks stay as they are.
function updateLinks() {
  const ticked = [...document.querySelectorAll(`${BOXES}:checked`)].map((box) => box.value)
  for (const link of document.querySelectorAll('.app-found a[href^="/search?"], .app-found a[href="/search"]')) {
    if (link.closest('.app-elsewhere')) continue
    const url = new URL(link.href)
    if (url.searchParams.getAll('d').join() === ticked.join()) continue
    url.searchParams.delete('d')
    for (const value of ticked) url.searchParams.append('d', value)
    link.href = url.pathname + url.search
  }
}
