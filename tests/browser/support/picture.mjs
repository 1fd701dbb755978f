// A small PNG file, made here: 24 by 16 grey squares.

import { crc32 } from './crc32.mjs'
import { deflateSync } from 'node:zlib'

const WIDTH = 24
const HEIGHT = 16

/** Returns the bytes of the picture. */
export function picture() {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(WIDTH, 0)
  head.writeUInt32BE(HEIGHT, 4)
  // Eight bits of grey.
  head.set([8, 0, 0, 0, 0], 8)
  const lines = Buffer.alloc((WIDTH + 1) * HEIGHT)
  for (let place = 0; place < lines.length; place += 1) {
    if (place % (WIDTH + 1) !== 0) lines[place] = (place * 7) % 256
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0))
  ])
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
