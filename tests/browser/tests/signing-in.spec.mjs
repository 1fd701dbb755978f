// Signing in through an OpenID provider, in a real browser: a node and a provider of their own, as docs/SIGN-IN.md sets them up.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { freePorts, program } from '../support/program.mjs'
import { accessible, watch } from '../support/site.mjs'

const OIDC = join(import.meta.dirname, '../../oidc')
const SECRET = 'a secret & more: 100%'

/** Waits until a process says a line that has some words. */
function says(child, words) {
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => String(data).includes(words) && resolve())
    child.once('exit', () => reject(new Error(`it ended before it said “${words}”`)))
  })
}

/** Starts a node and a provider that know each other; returns the address of each, and how to stop them. */
async function start() {
  const first = await freePorts(2)
  const [site, provider] = [first, first + 1].map((port) => `http://127.0.0.1:${port}`)
  const data = mkdtempSync(join(tmpdir(), 'wardround-signing-in-'))
  const env = { PATH: process.env.PATH, WARDROUND_DATA: data, WARDROUND_OIDC_STAFF_CLIENT_SECRET: SECRET }
  const settings = `[oidc.staff]
title = "your Northmoor account"
issuer = "${provider}"
client_id = "wardround"
domains = ["northmoor.example"]
role_claim = "roles"
default_role = "reader"
`
  writeFileSync(join(data, 'wardround.toml'), settings)
  execFileSync(program(), ['init', '--name', 'Northmoor', '--ods', 'zz1', '--base-url', site], { env })
  const back = `${site}/sign-in/with/staff/back`
  const children = [
    spawn('node', ['provider.mjs', new URL(provider).port, back], { cwd: OIDC, stdio: ['pipe', 'pipe', 'ignore'] }),
    spawn(program(), ['serve', '--listen', new URL(site).host], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  ]
  await Promise.all([says(children[0], 'ready'), says(children[1], 'http://')])
  const stop = async () => {
    const ended = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill()
    await Promise.all(ended)
    rmSync(data, { recursive: true, force: true })
  }
  return { site, provider, stop }
}

for (const javaScriptEnabled of [true, false]) {
  test(`a person signs in through a provider ${javaScriptEnabled ? 'with' : 'without'} a script`, async ({ browser }) => {
    test.skip(!existsSync(join(OIDC, 'node_modules')) && !process.env.CI, 'the npm packages of tests/oidc are missing')
    const { site, provider, stop } = await start()
    try {
      const who = (claims) => fetch(`${provider}/test/who?claims=${encodeURIComponent(JSON.stringify(claims))}`)
      const ada = { sub: 'ada-1', email: 'ada.okafor@northmoor.example', email_verified: true, name: 'Ada Okafor' }
      const context = await browser.newContext({ baseURL: site, javaScriptEnabled, locale: 'en-GB' })
      const page = await context.newPage()
      const seen = watch(page)

      // The page that was asked for is where it leads.
      await who({ ...ada, roles: ['editor'] })
      await page.goto('/sign-in?next=%2Freview')
      if (javaScriptEnabled) await accessible(page)
      await page.getByRole('link', { name: 'Sign in with your Northmoor account' })
        .or(page.getByRole('button', { name: 'Sign in with your Northmoor account' })).click()
      await page.waitForURL(`${site}/review`)
      await page.goto('/me')
      await expect(page.getByText('Ada Okafor').first()).toBeVisible()
      await expect(page.getByText('Editor', { exact: true })).toBeVisible()

      // The way back in the browser uses no code a second time.
      await page.goBack()
      await page.goBack()
      expect(new URL(page.url()).origin).toBe(site)
      expect(seen).toEqual([])

      // Another person, whose address no one has checked, in another browser.
      await who({ sub: 'eve-1', email: 'eve@northmoor.example', email_verified: false, name: 'Eve' })
      const other = await (await browser.newContext({ baseURL: site, javaScriptEnabled, locale: 'en-GB' })).newPage()
      const answer = await other.goto('/sign-in/with/staff')
      expect(answer.status()).toBe(403)
      await expect(other.getByText('verified email address', { exact: false }).first()).toBeVisible()
      if (javaScriptEnabled) await accessible(other)
    } finally {
      await stop()
    }
  })
}
