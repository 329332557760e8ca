import type { Attempts } from '../core/attempts.ts'

/** One call of a document: what goes over the wire, and what it is in words. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the profile's URL; parts already encoded. */
  path: string
  query?: Record<string, string>
  body?: unknown
  /**
   * Whether sending it twice could do something twice: a `read` can't, a `change` could. A `removal` can't either: when it is sent again
   * because its answer was lost, what is gone by then was removed by it.
   */
  effect: 'read' | 'change' | 'removal'
  /** In words, for messages: `start session`. */
  what: string
  /** The permission that it needs, or all of several, for the hint of a 403: `org.liveresponse.session CREATE`. */
  permission?: string | readonly string[]
  /** The command that lists what there is, for the hint of a 404: `cbc usb approval list`. */
  list?: string
  /** Milliseconds that one exchange may take. */
  patience?: number
  signal?: AbortSignal
  /** It is part of something that is told of while it is waited for. */
  within?: true
  /** Bytes of the file that goes with it. */
  size?: number
  /** How often it may go again; default: a few times of its own. Whoever repeats the call hands down what is left. */
  attempts?: Attempts
}
