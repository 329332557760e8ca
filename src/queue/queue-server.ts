import type { Clock } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'
import type { RunStore } from '../runs/run-store.ts'
import { openRunStore } from './open-run-store.ts'
import { Turns } from './turns.ts'

/** The name of no run: asking for it shows whether the server is there. */
const NO_RUN = '-'

/** An organization's part of a queue server: what is known of its runs, and the turns of their devices. */
export interface QueueServer {
  store: RunStore
  turns: Turns
  /** @throws CbcError network, auth: it can't be used */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens an organization's part of a queue server.
 * @param organization any text that identifies it
 * @throws CbcError usage, auth, network
 */
export async function openQueueServer(url: Secret, organization: string, clock: Clock): Promise<QueueServer> {
  const store = await openRunStore(url, organization)
  const ping = async () => void (await store.read(NO_RUN))
  try {
    // BullMQ waits without a word for a server that isn't there.
    await ping()
    const turns = await Turns.open(url, organization, clock)
    return {
      store,
      turns,
      ping,
      async close() {
        await turns.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
