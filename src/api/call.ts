import type { Attempts } from '../core/attempts.ts'

/** A call of an API document: what is sent, and how messages name it. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the profile's URL; its segments are already encoded. */
  path: string
  query?: Record<string, string>
  body?: unknown
  /**
   * Whether sending it twice could do something twice: a `read` can't, a `change` could. Nor can a `removal`: when it is sent again because
   * its answer was lost, whatever is gone by then was removed by the first attempt.
   */
  effect: 'read' | 'change' | 'removal'
  /** Its name in messages: `start session`. */
  what: string
  /** The permission that it needs, or all of several, for the hint of a 403: `org.liveresponse.session CREATE`. */
  permission?: string | readonly string[]
  /** The command that lists existing ids, for the hint of a 404: `cbc usb approval list`. */
  list?: string
  /** The command that shows what a change has made, for the hint where its answer is lost; default: `list`. */
  look?: string
  /** The time limit of one exchange, milliseconds. */
  timeoutMs?: number
  signal?: AbortSignal
  /** It is part of a wait that is already shown. */
  waitIsShown?: true
  /** Size of the file that is sent with it, bytes. */
  size?: number
  /** Its retry budget; default: one of its own. A caller that repeats the call passes its own budget. */
  attempts?: Attempts
  /**
   * Called with each item of a list in the answer as soon as it is there; what it returns takes the item's place, so that a long list is
   * never held in two forms.
   */
  item?: (value: unknown) => unknown
}
