import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'

/** Bytes that a note has at most. */
const MAX_NOTE_BYTES = 200

/** Where the note of a `.part` lies: beside it. */
export function noteOf(part: string): string {
  return `${part}.json`
}

/** Notes beside a `.part` how large the file is of which it is the beginning, bytes. */
export async function writeNote(part: string, size: number): Promise<void> {
  const note = noteOf(part)
  // What lies there may be a link to somewhere else.
  await rm(note, { force: true })
  const file = await open(note, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ size })}\n`)
  } finally {
    await file.close()
  }
}

/** The size that an earlier run noted, bytes. @returns undefined: there is no note, or one that says nothing */
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
