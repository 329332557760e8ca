import { CbcError, type Fault } from '../core/errors.ts'

/** The text of a playbook, and what it is called in messages. */
export interface Source {
  readonly name: string
  readonly text: string
}

/** A line and a column, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What is wrong at a place of a playbook. */
export interface PlaybookFault extends Fault {
  column: number
}

/** Returns the position of a character. */
export function positionAt({ text }: Source, offset: number): Position {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - start + 1 }
}

/** `playbook.yaml:3:8`. */
export function placeOf({ name }: Source, { line, column }: Position): string {
  return `${name}:${line}:${column}`
}

/** Returns the error of a playbook that is wrong in these places, the first of them in its message. */
export function faulty(source: Source, faults: readonly PlaybookFault[], hint?: string): CbcError {
  const sorted = [...faults].sort((a, b) => a.line - b.line || a.column - b.column)
  const [first = { line: 1, column: 1, message: 'is wrong' }] = sorted
  const more = sorted.length > 1 ? ` (the first of ${sorted.length} faults)` : ''
  return new CbcError('usage', `${placeOf(source, first)}: ${first.message}${more}`, {
    errors: sorted,
    ...(hint === undefined ? {} : { hint }),
  })
}
