import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JournalLine } from '../../src/cases/journal-line.ts'
import { type Entry, entryOf } from '../../src/report/entry.ts'

/** What the page relies on. */
const SHAPES: Record<keyof Entry, (value: unknown) => boolean> = {
  n: isNumber,
  at: isNumber,
  event: isText,
  operation: isText,
  who: isText,
  key_id: isText,
  profile: isText,
  organization: isText,
  device_id: isNumber,
  device: isText,
  os: isText,
  session_id: isText,
  run: isText,
  verb: isText,
  line: isText,
  effect: value => ['read', 'change', 'destroy'].includes(String(value)),
  change: isText,
  step: isNumber,
  failed_steps: value => Array.isArray(value) && value.every(isNumber),
  undo: value => isRecord(value) && typeof value['possible'] === 'boolean' && isText(value['text']),
  undoes: isText,
  outcome: isText,
  exit_code: isNumber,
  error: isText,
  duration_ms: isNumber,
  commands: value => Array.isArray(value) && value.every(isText),
  result: value => isRecord(value) && isText(value['file']) && isText(value['sha256']),
  files: value => Array.isArray(value) && value.every(file => isRecord(file) && isText(file['path'])),
  files_in_all: isNumber,
  service_time: isNumber,
  clock_difference_ms: isNumber,
  more: value => Array.isArray(value) && value.every(pair => Array.isArray(pair) && pair.length === 2 && pair.every(isText)),
}

it('of any line, an entry has only fields of the types that the page relies on', () => {
  const inner = fc.anything({ maxDepth: 2 })
  const field = fc.oneof(
    inner,
    fc.dictionary(fc.constantFrom('id', 'name', 'user', 'host', 'path', 'possible', 'kind', 'file', 'sha256', '__proto__'), inner),
    fc.array(inner),
  )
  const line = fc.dictionary(fc.constantFrom(...Object.keys(SHAPES), 'time', 'constructor', '__proto__', 'seal'), field)
  fc.assert(
    fc.property(line, given => {
      let read: unknown
      try {
        read = JSON.parse(JSON.stringify(given))
      } catch {
        return
      }
      const entry = entryOf(read as JournalLine, 7)
      for (const [name, value] of Object.entries(entry)) expect([name, SHAPES[name as keyof Entry](value)]).toEqual([name, true])
    }),
  )
})

it('a line that is no JSON object is an entry of its own, and a field of a later version is kept', () => {
  expect(entryOf(undefined, 3)).toEqual({ n: 3, event: 'unreadable' })
  const line = { sequence: 4, previous: '', time: '2026-11-30T04:15:00.000Z', event: 'sealed', seal: 'seals/0001.json', sizes: [1, 2] }
  expect(entryOf(line as unknown as JournalLine, 4)).toEqual({
    n: 4,
    at: Date.UTC(2026, 10, 30, 4, 15),
    event: 'sealed',
    more: [
      ['seal', 'seals/0001.json'],
      ['sizes', '[1,2]'],
    ],
  })
})

it('a text of a megabyte is shortened, and of a hundred thousand files the number is told', () => {
  const files = Array.from({ length: 100_000 }, (_, index) => ({ path: `C:\\${index}`, size: 1, sha256: 'a' }))
  const entry = entryOf({ event: 'finished', line: 'x'.repeat(1_000_000), files } as unknown as JournalLine, 1)
  expect([entry.line?.length, entry.files?.length, entry.files_in_all]).toEqual([4001, 5000, 100_000])
})

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
