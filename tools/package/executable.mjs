// One executable: Node's binary with the program in it, made by pkg.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CACHE } from './runtime.mjs'

const LOADER = fileURLToPath(new URL('loader.cjs', import.meta.url))

/** pkg's command line has no way to give assets, so this calls what the command line calls (decision 11). */
const { default: sea } = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js')

/**
 * Makes an executable.
 * @param target of TARGETS; its Node was fetched @param held of `program` @param cache of `codeCache`, for this system only
 */
export async function executable(output, { platform, arch, node }, held, cache) {
  const work = mkdtempSync(join(tmpdir(), 'cbc-package-'))
  const { HOME } = process.env
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
    // pkg looks there for binaries of Node.
    process.env.HOME = CACHE
    await sea(LOADER, {
      targets: [{ nodeRange: `node${node}`, platform, arch, output }],
      seaConfig: { disableExperimentalSEAWarning: true, useSnapshot: false, useCodeCache: cache !== undefined, assets },
    })
  } finally {
    process.env.HOME = HOME
    rmSync(work, { recursive: true, force: true })
  }
}
