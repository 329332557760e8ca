import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import { afterEachFile } from './after-file.ts'

const made: string[] = []

afterEachFile(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Creates a folder for the test file, which is deleted after it. Its name tells which file, should something be left in it. */
export function testFolder(): string {
  const file = basename(expect.getState().testPath ?? 'test', '.test.ts')
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${file}-`)))
  made.push(folder)
  return folder
}
