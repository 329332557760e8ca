import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../tools/build.mjs'

/** What systems look at to know where temporary files go. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/**
 * Tests that spawn the program get it as it is now, also when vitest is run by itself. Each run has a temporary folder of its own.
 * @returns fails where a test left something in that folder
 */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'cbc-tests-'))
  for (const name of VARIABLES) process.env[name] = folder
  await build()
  return () => {
    const left = readdirSync(folder)
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`tests left these in the temporary folder: ${left.join(', ')}`)
  }
}
