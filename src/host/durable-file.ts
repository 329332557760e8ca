import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asCbcError } from '../core/errors.ts'
import type { DurableFile } from '../core/run-folders.ts'
import { syncFolder } from './sync-folder.ts'

interface Waiting {
  lines: string
  done(): void
  fail(error: unknown): void
}

/** Ends a line that was cut off, so that it never becomes a whole one, even if only its line break is missing: no line of JSON ends so. */
const CUT_OFF = ' (cut off)\n'

/** Opens a file that only grows; see the port. Lines that come while the disk is busy are synchronized together. */
export async function openDurableFile(path: string): Promise<DurableFile> {
  const failed = (error: unknown) => asCbcError(Object.assign(error as Error, { path }))
  const file = await open(path, 'a+', 0o600).catch((error: unknown) => {
    throw failed(error)
  })
  await syncFolder(dirname(path))
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  /** The end of the file may be a line that was cut off. */
  let isCutOff = await lacksLineBreak(file)

  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const text = (isCutOff ? CUT_OFF : '') + batch.map(({ lines }) => lines).join('')
        isCutOff = true
        await file.appendFile(text)
        isCutOff = false
        await file.datasync()
        for (const { done } of batch) done()
      } catch (error) {
        for (const { fail } of batch) fail(failed(error))
      }
    }
    writing = undefined
  }
  return {
    append: lines =>
      new Promise((done, fail) => {
        waiting.push({ lines, done, fail })
        // Everything that is appended in this turn is written at once.
        writing ??= Promise.resolve().then(write)
      }),
    async close() {
      await writing
      await file.close()
    },
  }
}

async function lacksLineBreak(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== 0x0a
}
