import { linked } from '../core/abort.ts'
import { CbcError, interrupted } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import type { RemoteSession } from './session.ts'
import { fetchBytes, type TransferWork } from './transfer.ts'

/** Milliseconds before the first look, by how much each interval is longer than the last, and the longest one in milliseconds. */
const FIRST_LOOK_MS = 1500
const INTERVAL_GROWTH = 1.4
const MAX_LOOK_INTERVAL_MS = 30_000
/** Milliseconds for one look: a service that runs a session's commands strictly in order makes it wait for the very program. */
const LOOK_TIMEOUT_MS = 3000
/** Looks at one program: a session has 250 commands for all. */
const MAX_LOOKS = 40

/** The reading of a growing file. */
export interface Following {
  /** Ends it, after the look under way. @returns how many bytes were shown, from the beginning */
  end(): Promise<number>
}

/**
 * Reads the output of a program while it runs ("get file" by range), each byte once. This is a convenience: when the endpoint or the
 * service doesn't allow it, nothing is reported, and it isn't tried again in this session.
 * @param path a file that no other program writes to
 */
export function followOutput(session: RemoteSession, path: string, { signal }: TransferWork, show: (chunk: Uint8Array) => void): Following {
  const over = linked(signal)
  let shown = 0
  const look = async () => {
    // The last known byte is fetched again, because a range can't be empty.
    let again = shown > 0 ? 1 : 0
    for await (const chunk of fetchBytes(
      session,
      path,
      { offset: shown - again },
      { signal, progress: SILENT, timeoutMs: LOOK_TIMEOUT_MS },
    )) {
      const fresh = chunk.subarray(again)
      again = 0
      shown += fresh.length
      if (fresh.length > 0) show(fresh)
    }
  }
  const run = async () => {
    let rest = FIRST_LOOK_MS
    for (let looks = 0; looks < MAX_LOOKS && !session.cannotFollowOutput; looks++) {
      await session.clock.sleep(rest, over.signal)
      rest = Math.min(rest * INTERVAL_GROWTH, MAX_LOOK_INTERVAL_MS)
      await look().catch((error: unknown) => {
        // A program that has printed nothing yet may have no file.
        if (!(error instanceof CbcError) || error.code !== 'not_found') session.cannotFollowOutput = true
      })
    }
  }
  const done = run().catch(() => {})
  return {
    async end() {
      over.abort(interrupted())
      await done
      over.clear()
      return shown
    },
  }
}
