// People who sign in: accounts of the first trust of the demo, made with the program.

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { program } from './program.mjs'

const PASSWORD = 'three random words 7'
let next = 0

/** Adds a person with a role, and returns a page on which they are signed in. */
export async function signedIn(browser, role, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  next += 1
  const email = `${role}.${process.pid}.${Date.now()}.${next}@northmoor.example`
  const link = add(email, role)
  await page.goto(new URL(link).pathname + new URL(link).search)
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  return { page, context, email }
}

/** Signs a person in again on a page of theirs. */
export async function signIn(page, email) {
  await page.goto('/sign-in?next=%2Fme')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('/me')
}

/** Signs in as one of the people of the demo, who have a draft in each state; returns a page of theirs. */
export async function asInDemo(browser, name, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  await page.goto('/sign-in?next=%2Fme')
  await page.getByLabel('Email address').fill(`${name}@northmoor.example`)
  await page.getByLabel('Password').fill('invented-people-only')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('/me')
  return { page, context }
}

/** Ends all sessions of a person. */
export function endSessions(email) {
  run(['user', 'end-sessions', email])
}

function add(email, role) {
  const printed = run(['user', 'add', email, '--name', `Sample ${role}`, '--role', role, '--json'])
  const link = printed.match(/https?:\/\/[^"\s]+\/sign-in\/link\?key=[^"\s]+/)
  if (!link) throw new Error(`no link was printed: ${printed}`)
  return link[0]
}

/** Returns what the program prints about its routes. */
export function routes() {
  return JSON.parse(execFileSync(program(), ['routes', '--json'], { encoding: 'utf8' }))
}

function run(args) {
  const demo = process.env.WARDROUND_DEMO_DATA ?? join(import.meta.dirname, '../test-results/demo')
  const [first] = readdirSync(demo, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  // The variables of this rig are no settings of the program.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WARDROUND_')))
  return execFileSync(program(), ['--data', join(demo, first), ...args], { encoding: 'utf8', env })
}

/** Ends the process of a page: no event of leaving reaches it. */
export async function crash(page) {
  const crashed = page.waitForEvent('crash')
  const session = await page.context().newCDPSession(page)
  session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}
