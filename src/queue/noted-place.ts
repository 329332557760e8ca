import type { CommandPlace } from '../engine/remote-job.ts'

/** Writes what is about to be sent, and where, for whoever takes the device over. */
export function noteOf(change: string, { sessionId, next }: CommandPlace): string {
  return `${change} in session ${sessionId}, from command ${next}`
}

/** Reads where a change was about to be sent; undefined where that doesn't say so. */
export function placeOf(note: string | undefined): CommandPlace | undefined {
  const [, sessionId, next] = / in session (\S{1,200}), from command (\d{1,9})$/.exec(note ?? '') ?? []
  return sessionId === undefined ? undefined : { sessionId, next: Number(next) }
}
