// Where the program is, and ports that are free.

import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** Returns the program to test; says what to do when there is none. */
export function program() {
  const root = join(import.meta.dirname, '../../..')
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target')
  const places = [process.env.WARDROUND_BIN, join(target, 'debug/wardround'), join(target, 'release/wardround')]
  const found = places.find((place) => place && existsSync(place))
  if (!found) throw new Error('there is no program to test; run `cargo build` first, or name it in WARDROUND_BIN')
  return found
}

/** Returns the first of so many ports in a row that are free now. */
export async function freePorts(count) {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const ports = Array.from({ length: count }, (_, place) => first + place)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return first
  }
  throw new Error('no free ports were found')
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
