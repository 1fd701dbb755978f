// Says how many characters of a field are left while it is written. Without a script its limits are below it.

// How long nothing is typed before a screen reader says it, in milliseconds: it would disturb who types.
const SAID_AFTER = 1_000

/** Counts the characters of the field that a line with limits is about. */
export function counted(limits) {
  const field = document.getElementById(limits.dataset.count)
  if (!field) return
  const [min, max] = [Number(limits.dataset.min), Number(limits.dataset.max)]
  const seen = line('nhsuk-hint app-count')
  seen.setAttribute('aria-hidden', 'true')
  const heard = line('nhsuk-u-visually-hidden')
  heard.setAttribute('aria-live', 'polite')
  // The limits still describe the field to a screen reader.
  limits.classList.add('nhsuk-u-visually-hidden')
  limits.after(seen, heard)
  let timer
  const show = () => {
    const words = left([...field.value.trim()].length, min, max)
    if (words === seen.textContent) return false
    seen.textContent = words
    seen.classList.toggle('app-count--over', words.endsWith('too many'))
    return true
  }
  field.addEventListener('input', () => {
    if (!show()) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      heard.textContent = seen.textContent
    }, SAID_AFTER)
  })
  // A text that was put back into its form sends no such event.
  for (const name of ['focus', 'change']) field.addEventListener(name, show)
  window.addEventListener('pageshow', show)
  show()
}

function line(classes) {
  return Object.assign(document.createElement('div'), { className: classes })
}

function left(count, min, max) {
  const characters = (number) => `${number.toLocaleString('en-GB')} ${number === 1 ? 'character' : 'characters'}`
  if (count > max) return `You have ${characters(count - max)} too many`
  if (count > 0 && count < min) return `Write at least ${characters(min - count)} more`
  return `You have ${characters(max - count)} left`
}
