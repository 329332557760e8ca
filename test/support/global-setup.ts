import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../tools/build.mjs'

/** The variables that systems use to find the temporary directory. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/**
 * Builds the program that tests spawn, even when vitest is run directly, and gives each run its own temporary folder.
 * @returns the teardown, which fails if a test left something in that folder
 */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'cbc-tests-'))
  // Where tests run as root, PostgreSQL runs as another user, and has its folder in it.
  chmodSync(folder, 0o711)
  for (const name of VARIABLES) process.env[name] = folder
  await build()
  return () => {
    const left = readdirSync(folder, { recursive: true }).map(String)
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`tests left these in the temporary folder: ${left.slice(0, 20).join(', ')}`)
  }
}
