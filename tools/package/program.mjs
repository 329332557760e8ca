// The program as executables hold it: the modules of dist/, which was tested, as CommonJS, since only scripts can have a code cache.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { root } from '../install.mjs'

const RECORDER = fileURLToPath(new URL('record.cjs', import.meta.url))

/** What is run to learn which functions a code cache should hold: the start of every command, and the lab. */
const USES = [
  ['--version'],
  ['--help'],
  ['lr', 'ls', '--help'],
  ['lr', 'ls'],
  ['__complete', 'bash', 'cbc lr ls '],
  ['lr', 'ps', 'WIN-FIN-01'],
  ['lr', 'connect', 'WIN-FIN-01', '-c', 'ls'],
]

/**
 * Returns the program: its modules one after the other, and where each begins and ends.
 * @throws Error: a module holds what can't be CommonJS
 */
export async function program() {
  const dist = join(root, 'dist')
  const names = readdirSync(dist)
    .filter(name => name.endsWith('.js'))
    .sort()
  const modules = await Promise.all(names.map(async name => [name, await script(name, readFileSync(join(dist, name), 'utf8'))]))
  return {
    ...joined(modules),
    digest: createHash('sha256')
      .update(Buffer.concat(modules.map(([, bytes]) => bytes)))
      .digest('hex'),
  }
}

/** A module as the script of a function, as in CommonJS. */
async function script(name, text) {
  const { code, warnings } = await transform(text.replace(/^#!.*\n/, ''), {
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    // A check of arguments in ssh2 that never holds.
    logOverride: { 'suspicious-boolean-not': 'silent' },
  })
  if (warnings.length > 0) throw new Error(`${name}: ${warnings[0].text}`)
  return Buffer.from(`(function(require,module){${code}\n})`)
}

/** Lays parts one after the other, each from a multiple of eight bytes, which V8 likes for its caches. */
function joined(parts) {
  const [pieces, places] = [[], {}]
  let at = 0
  for (const [name, bytes] of parts) {
    places[name] = [at, at + bytes.length]
    const gap = Buffer.alloc(-bytes.length & 7, ' ')
    pieces.push(bytes, gap)
    at += bytes.length + gap.length
  }
  return { bytes: Buffer.concat(pieces), places }
}

/**
 * Makes V8's code cache of what the usual commands run. It is good for this system and version of Node only.
 * @param held of `program` @param node the binary that the executable will have @param uses arguments of cbc
 */
export function codeCache({ bytes, places }, node, uses = USES) {
  const work = mkdtempSync(join(tmpdir(), 'cbc-package-'))
  try {
    const state = join(work, 'state')
    writeFileSync(join(work, 'program'), bytes)
    let cached = {}
    for (const use of uses) {
      writeFileSync(join(work, 'index'), JSON.stringify({ modules: places, cached }))
      const { status, stderr } = spawnSync(node, [RECORDER, work, ...use], {
        env: { PATH: process.env.PATH, HOME: state, CBC_PROFILE: 'lab' },
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      })
      if (status !== 0 && status !== 2) throw new Error(`cbc ${use.join(' ')}: ${stderr}`)
      const recorded = joined(readdirSync(join(work, 'caches')).map(name => [name, readFileSync(join(work, 'caches', name))]))
      writeFileSync(join(work, 'cache'), recorded.bytes)
      cached = recorded.places
    }
    return { bytes: readFileSync(join(work, 'cache')), places: cached }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
