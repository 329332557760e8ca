import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { WholeFile } from '../core/ports.ts'

/** The most bytes of a note. */
const MAX_NOTE_BYTES = 200

/** Returns the path of the note about a `.part` file, which is beside it. */
export function noteOf(part: string): string {
  return `${part}.json`
}

/** Notes beside a `.part` file which file it is the beginning of. */
export async function writeNote(part: string, { size, modified }: WholeFile): Promise<void> {
  const note = noteOf(part)
  // A file that is there already may be a link to somewhere else.
  await rm(note, { force: true })
  const file = await open(note, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ size, modified })}\n`)
  } finally {
    await file.close()
  }
}

/** Reads what an earlier run noted. @returns undefined when there is no note, or it is unreadable */
export async function readNote(part: string): Promise<WholeFile | undefined> {
  const file = await open(noteOf(part), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    () => undefined,
  )
  try {
    const { bytesRead = 0, buffer } = (await file?.read(Buffer.alloc(MAX_NOTE_BYTES), 0, MAX_NOTE_BYTES, 0)) ?? {}
    const { size, modified } = JSON.parse(buffer?.subarray(0, bytesRead).toString() ?? '') as Partial<WholeFile>
    return Number.isSafeInteger(size) && Number.isSafeInteger(modified) ? ({ size, modified } as WholeFile) : undefined
  } catch {
    return undefined
  } finally {
    await file?.close()
  }
}
