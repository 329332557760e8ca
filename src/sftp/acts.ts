import type { RemoteSession } from '../remote/session.ts'
import type { Transferred } from '../remote/transfer.ts'

/** What is done on the endpoint for clients, as the verb that does the same. */
export interface Act {
  verb: 'get' | 'cat' | 'put' | 'mkdir' | 'rm'
  /** The endpoint's path. */
  path: string
}

/** A file that came here, or went there. */
export interface MovedBytes extends Transferred {
  /** Milliseconds since 1970. */
  modified?: number | undefined
  bytes(): AsyncIterable<Uint8Array>
}

/** Does what is to be done on the endpoint, in the session that is given to it. What comes around that, such as a record of it, belongs to the program. */
export type Acting = (act: Act, work: (session: RemoteSession) => Promise<MovedBytes | undefined>) => Promise<void>
