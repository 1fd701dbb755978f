// Compiles styles and scripts into the directory given as the first argument, under content-hashed
// names, each with a brotli and a gzip form next to it. Called by crates/pages/build.rs.
// Prints a line `logical name=file name` for each.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { compile } from 'sass'

const out = process.argv[2] ?? 'dist'
const here = import.meta.dirname

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

function put(logical, content) {
  const bytes = Buffer.from(content)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10)
  const dot = logical.lastIndexOf('.')
  const name = `${logical.slice(0, dot)}-${hash}${logical.slice(dot)}`
  writeFileSync(join(out, name), bytes)
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes, { params: quality }))
  writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }))
  console.log(`${logical}=${name}`)
  return name
}

async function script(entry, defines = {}) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2020'],
    legalComments: 'none',
    define: defines,
    logLevel: 'warning'
  })
  return result.outputFiles[0].contents
}

async function style(name) {
  const styles = compile(join(here, `styles/${name}.scss`), {
    style: 'compressed',
    loadPaths: [join(here, 'node_modules/nhsuk-frontend/dist')],
    quietDeps: true
  })
  const css = await build({
    stdin: { contents: styles.css, loader: 'css', sourcefile: `${name}.css` },
    minify: true,
    write: false,
    target: ['chrome109', 'firefox115', 'safari15.6'],
    logLevel: 'warning'
  })
  put(`${name}.css`, css.outputFiles[0].contents)
}

await style('app')
await style('write')
put('mark.svg', readFileSync(join(here, 'images/mark.svg')))

const suggestions = put('suggest.js', await script('scripts/suggest.js'))
put('write.js', await script('scripts/write.js'))
put('app.js', await script('scripts/app.js', { SUGGESTIONS: JSON.stringify(`./${suggestions}`) }))
