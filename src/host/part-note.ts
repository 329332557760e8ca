import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'

/** The most bytes of a note. */
const MAX_NOTE_BYTES = 200

/** Returns the path of the note about a `.part` file, which is beside it. */
export function noteOf(part: string): string {
  return `${part}.json`
}

/** Notes beside a `.part` file the size of the whole file in bytes. */
export async function writeNote(part: string, size: number): Promise<void> {
  const note = noteOf(part)
  // A file that is there already may be a link to somewhere else.
  await rm(note, { force: true })
  const file = await open(note, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ size })}\n`)
  } finally {
    await file.close()
  }
}

/** Reads the size in bytes that an earlier run noted. @returns undefined when there is no note, or it is unreadable */
export async function readNote(part: string): Promise<number | undefined> {
  const file = await open(noteOf(part), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    () => undefined,
  )
  try {
    const { bytesRead = 0, buffer } = (await file?.read(Buffer.alloc(MAX_NOTE_BYTES), 0, MAX_NOTE_BYTES, 0)) ?? {}
    const { size } = JSON.parse(buffer?.subarray(0, bytesRead).toString() ?? '') as { size?: unknown }
    return Number.isSafeInteger(size) ? (size as number) : undefined
  } catch {
    return undefined
  } finally {
    await file?.close()
  }
}
