import { isRecord } from '../../core/is-record.ts'

/** A terminal recording: the size of the terminal, and what was written to it when, in seconds from the start. */
export interface Cast {
  columns: number
  rows: number
  /** Seconds since 1970; undefined where the recording doesn't say. */
  began: number | undefined
  events: readonly (readonly [seconds: number, text: string])[]
}

/** Reads a recording in the form asciicast v2. Lines that are no event, such as one that was cut off, are read over. */
export function readCast(text: string): Cast {
  const [first = '', ...rest] = text.split('\n')
  const head = parsed(first)
  const size = (name: string) => (isRecord(head) ? Number(head[name]) : NaN)
  const events: [number, string][] = []
  let last = 0
  for (const line of rest) {
    const event = parsed(line)
    if (!Array.isArray(event) || event[1] !== 'o' || typeof event[2] !== 'string') continue
    // A clock that ran backwards must not hold up the player.
    last = Math.max(last, Number.isFinite(event[0]) ? (event[0] as number) : last)
    events.push([last, event[2]])
  }
  const began = size('timestamp')
  return { columns: size('width'), rows: size('height'), began: Number.isFinite(began) ? began : undefined, events }
}

/** Shortens pauses, as somebody who looks on doesn't want to wait. @param most seconds */
export function withoutPauses({ events, ...rest }: Cast, most: number): Cast {
  let [shift, before] = [0, 0]
  const shorter = events.map(([at, text]) => {
    shift += Math.max(at - before - most, 0)
    before = at
    return [at - shift, text] as const
  })
  return { ...rest, events: shorter }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
