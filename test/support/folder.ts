import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEachFile } from './after-file.ts'

const made: string[] = []

afterEachFile(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Creates a folder for the test file, which is deleted after it. */
export function testFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cbc-')))
  made.push(folder)
  return folder
}
