import type { LiveResponse, Session } from '../api/live-response.ts'
import { linked, type Linked } from '../core/abort.ts'
import { orAborted } from '../core/read-write-lock.ts'
import type { Target } from '../remote/lifecycle.ts'
import type { Connection } from './connection.ts'
import { resolveDevices } from './devices.ts'
import { isOneName, type SelectorSources } from './selector.ts'

/** Returns the organization's sessions, where they were asked for beforehand. */
export type Sessions = ((signal: AbortSignal) => Promise<readonly Session[]>) | undefined

/**
 * Finds the devices that the user means, as `resolveDevices` does. While one is looked up by its name, the sessions are listed, in which its
 * own is looked for next: neither answer depends on the other.
 * @throws CbcError as `resolveDevices` does; a failure to list sessions is thrown where they are asked for
 */
export async function findDevices(
  { devices, liveResponse }: Pick<Connection, 'devices' | 'liveResponse'>,
  typed: string,
  sources: SelectorSources,
  signal: AbortSignal,
): Promise<{ targets: Target[]; sessions?: Sessions }> {
  if (!isOneName(typed)) return { targets: await resolveDevices(devices, typed, sources, signal) }
  const listing = linked(signal)
  const sessions = listedBeforehand(liveResponse, listing)
  try {
    return { targets: await resolveDevices(devices, typed, sources, signal), sessions }
  } catch (error) {
    listing.abort(error)
    throw error
  }
}

/** Starts listing the sessions. @returns a function that returns them once; later they are listed anew */
function listedBeforehand(api: LiveResponse, { signal, clear }: Linked): Sessions {
  let listed: Promise<Session[]> | undefined = api.listSessions({ signal }).finally(clear)
  // A failure matters only to those who ask.
  listed.catch(() => {})
  return async stop => {
    const first = listed
    listed = undefined
    return await (first === undefined ? api.listSessions({ signal: stop }) : orAborted(first, stop))
  }
}
