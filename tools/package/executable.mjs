// One executable: Node's binary with the program in it, made by pkg.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CACHE } from './runtime.mjs'

const BAKE = fileURLToPath(new URL('bake.mjs', import.meta.url))

/**
 * Makes an executable.
 * @param target of TARGETS; its Node was fetched @param held of `program` @param cache of `codeCache`, for this system only
 */
export async function executable(output, { platform, arch, node }, held, cache) {
  const work = mkdtempSync(join(tmpdir(), 'cbc-package-'))
  try {
    const asset = (name, bytes) => {
      writeFileSync(join(work, name), bytes)
      return [name, join(work, name)]
    }
    const assets = Object.fromEntries([
      asset('index', JSON.stringify({ modules: held.places, cached: cache?.places })),
      asset('program', held.bytes),
      ...(cache === undefined ? [] : [asset('cache', cache.bytes)]),
    ])
    const config = { disableExperimentalSEAWarning: true, useSnapshot: false, useCodeCache: cache !== undefined, assets }
    // pkg looks in HOME for binaries of Node.
    await promisify(execFile)(process.execPath, [BAKE, output, platform, arch, node, JSON.stringify(config)], {
      env: { ...process.env, HOME: CACHE },
    })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
