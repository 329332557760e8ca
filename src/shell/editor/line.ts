import { lastWordOf } from '../history-expansion.ts'
import type { Buffer } from './buffer.ts'
import * as edit from './buffer.ts'
import { applyCompletion } from './complete.ts'
import type { Key } from './keys.ts'
import { type Recall, entryAt, goTo, neighbour, startRecall, withPrefix } from './recall.ts'
import { type Search, again, startSearch, widen } from './search.ts'
import type { Completion } from './types.ts'

/** A line that is being read: a value, which keys turn into the next one. */
export interface Line {
  readonly buffer: Buffer
  readonly recall: Recall
  readonly search?: Search
  /** Candidates that are shown. */
  readonly listed?: readonly string[]
  /** The last word of a line before, just put in: which entry it is of, and where it begins. */
  readonly borrowed?: { readonly index: number; readonly from: number }
  /** What Ctrl-R looks for when it is pressed twice. */
  readonly lastQuery: string
}

/** What a key asks of the editor, beyond the change of the line. */
export type Request = 'accept' | 'interrupt' | 'eof' | 'complete' | 'clear' | 'suspend'

export interface Step {
  line: Line
  request?: Request
}

/** A new line. Kills and the last query live on from the line before. */
export function startLine(entries: readonly string[], before?: Line): Line {
  return { buffer: edit.emptyBuffer(before?.buffer.kills), recall: startRecall(entries), lastQuery: before?.lastQuery ?? '' }
}

/** What a key does. */
export function press(line: Line, key: Key): Step {
  const { listed: _, borrowed, ...plain } = line
  if (key.name === 'M-.' || key.name === 'M-_') return lastWord(plain, borrowed)
  return plain.search ? searchKey(plain, plain.search, key) : lineKey(plain, key)
}

/** The answer to `complete`. */
export function completed(line: Line, completion: Completion): Line {
  const { buffer, listed } = applyCompletion(line.buffer, completion)
  return { ...line, buffer, ...(listed && { listed }) }
}

const EDITS: Readonly<Record<string, (buffer: Buffer) => Buffer>> = {
  left: edit.left,
  'C-b': edit.left,
  right: edit.right,
  'C-f': edit.right,
  home: edit.home,
  'C-a': edit.home,
  end: edit.end,
  'C-e': edit.end,
  'C-left': edit.wordLeft,
  'M-left': edit.wordLeft,
  'M-b': edit.wordLeft,
  'C-right': edit.wordRight,
  'M-right': edit.wordRight,
  'M-f': edit.wordRight,
  backspace: edit.deleteBack,
  'C-h': edit.deleteBack,
  delete: edit.deleteForward,
  'C-k': edit.killToEnd,
  'C-u': edit.killToStart,
  'C-w': edit.killToBlank,
  'M-backspace': edit.killWordLeft,
  'C-backspace': edit.killWordLeft,
  'M-d': edit.killWordRight,
  'C-delete': edit.killWordRight,
  'C-y': edit.yank,
  'M-y': edit.yankPop,
  'C-t': edit.transpose,
  'C-_': edit.undo,
}

const COMMANDS: Readonly<Record<string, (line: Line) => Step>> = {
  enter: line => ({ line, request: 'accept' }),
  tab: line => ({ line, request: 'complete' }),
  'C-c': line => ({ line, request: 'interrupt' }),
  'C-l': line => ({ line, request: 'clear' }),
  'C-z': line => ({ line, request: 'suspend' }),
  'C-d': line => (line.buffer.text === '' ? { line, request: 'eof' } : edited(line, edit.deleteForward(line.buffer))),
  up: line => vertical(line, -1, edit.lineUp),
  down: line => vertical(line, 1, edit.lineDown),
  'C-p': line => recalled(line, neighbour(line.recall, -1)),
  'C-n': line => recalled(line, neighbour(line.recall, 1)),
  pageup: line => prefixed(line, -1),
  'M-p': line => prefixed(line, -1),
  pagedown: line => prefixed(line, 1),
  'M-n': line => prefixed(line, 1),
  'C-r': line => ({ line: { ...line, search: startSearch(-1) } }),
  'C-s': line => ({ line: { ...line, search: startSearch(1) } }),
}

function lineKey(line: Line, key: Key): Step {
  if (key.name === 'text') return edited(line, edit.type(line.buffer, key.text ?? ''))
  if (key.name === 'paste') return edited(line, edit.paste(line.buffer, key.text ?? ''))
  // Shift selects elsewhere; here it changes nothing.
  const name = key.name.replace(/S-(?=.)/, '')
  const change = EDITS[name]
  if (change) return edited(line, change(line.buffer))
  return key.name === 'S-tab' ? { line } : (COMMANDS[name]?.(line) ?? { line })
}

function edited(line: Line, buffer: Buffer): Step {
  return { line: { ...line, buffer } }
}

/** Puts in the last word of the line before; again, in its place, that of the one before that. */
function lastWord(line: Line, borrowed: Line['borrowed']): Step {
  const {
    recall: { entries },
    buffer,
  } = line
  const from = borrowed?.from ?? buffer.cursor
  for (let index = (borrowed?.index ?? entries.length) - 1; index >= 0; index--) {
    const word = lastWordOf(entries[index] ?? '')
    if (word !== undefined) return { line: { ...line, buffer: edit.replaceBefore(buffer, from, word), borrowed: { index, from } } }
  }
  return { line: borrowed === undefined ? line : { ...line, borrowed } }
}

/** Up and Down go through the lines of a pasted text before they leave it. */
function vertical(line: Line, step: -1 | 1, within: (buffer: Buffer) => Buffer | undefined): Step {
  const buffer = within(line.buffer)
  return buffer ? edited(line, buffer) : recalled(line, neighbour(line.recall, step))
}

/** Goes to an entry of the history; the cursor is at its end, or at `cursor`. */
function recalled(line: Line, index: number | undefined, cursor?: number): Step {
  if (index === undefined) return { line }
  const text = entryAt(line.recall, index)
  return { line: { ...line, recall: goTo(line.recall, line.buffer.text, index), buffer: edit.replaceAll(line.buffer, text, cursor) } }
}

/** The cursor stays behind the prefix, so that the same key goes on with it. */
function prefixed(line: Line, step: -1 | 1): Step {
  const { text, cursor } = line.buffer
  return recalled(line, withPrefix(line.recall, step, text.slice(0, cursor), text), cursor)
}

function searchKey(line: Line, search: Search, key: Key): Step {
  const { search: _, ...left } = line
  const { entries } = line.recall
  const going = (next: Search): Step => ({ line: { ...line, search: next } })
  switch (key.name) {
    case 'text':
      return going(widen(search, entries, key.text ?? ''))
    case 'paste':
      return going(widen(search, entries, /^[^\r\n]*/.exec(key.text ?? '')?.[0] ?? ''))
    case 'backspace':
      return going(search.back ?? search)
    case 'C-r':
      return going(searchOn(line, search, -1))
    case 'C-s':
      return going(searchOn(line, search, 1))
    case 'C-g':
    case 'escape':
      return { line: { ...left, lastQuery: search.query || line.lastQuery } }
    default:
      return lineKey(taken(left, search), key)
  }
}

function searchOn(line: Line, search: Search, step: -1 | 1): Search {
  const { entries } = line.recall
  if (search.query !== '') return again(search, entries, step)
  return line.lastQuery === '' ? { ...search, step } : widen({ ...search, step }, entries, line.lastQuery)
}

/** The search is over: its match is the line. */
function taken(line: Line, search: Search): Line {
  const known = { ...line, lastQuery: search.query || line.lastQuery }
  return search.match ? recalled(known, search.match.index, search.match.at).line : known
}
