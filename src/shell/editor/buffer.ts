import { after, before, boundary, floor, lineStart as startOfLine } from './graphemes.ts'

/**
 * The line as it is edited: a value that every function here turns into the next one.
 * `cursor` is an index in UTF-16 units and always between two characters as a reader takes them.
 */
export interface Buffer {
  readonly text: string
  readonly cursor: number
  /** What was killed, newest last. */
  readonly kills: readonly string[]
  /** What undo goes back to, newest last. */
  readonly past: readonly Snapshot[]
  /** What the last change was: kills in a row are one kill, a word that is typed is undone as one. */
  readonly last: 'insert' | 'kill' | 'yank' | 'other'
}

interface Snapshot {
  readonly text: string
  readonly cursor: number
}

const BREAK = /\n/
const BLANK = /\s/
const NO_BLANK = /\S/

/** Kills and undo steps that are kept. */
const MAX_KILLS = 60
const MAX_UNDO_STEPS = 1000

export function emptyBuffer(kills: readonly string[] = []): Buffer {
  return { text: '', cursor: 0, kills, past: [], last: 'other' }
}

/** Puts the cursor at the place nearest to `cursor`. */
export function moveTo(buffer: Buffer, cursor: number): Buffer {
  return { ...buffer, cursor: boundary(buffer.text, Math.max(0, cursor)), last: 'other' }
}

/** Replaces the whole line; undo brings the old one back. */
export function replaceAll(buffer: Buffer, text: string, cursor = text.length): Buffer {
  return change(buffer, text, cursor, 'other')
}

/** Replaces what is between `from` and the cursor. */
export function replaceBefore(buffer: Buffer, from: number, text: string): Buffer {
  return change(buffer, buffer.text.slice(0, from) + text + buffer.text.slice(buffer.cursor), from + text.length, 'other')
}

/** Puts in what was typed. */
export function type(buffer: Buffer, text: string): Buffer {
  const sameWord = buffer.last === 'insert' && (!text.startsWith(' ') || buffer.text.charAt(buffer.cursor - 1) === ' ')
  const next = insert(buffer, text, 'insert')
  return sameWord ? { ...next, past: buffer.past } : next
}

/** Puts in what was pasted. A line break at its end was only copied along. */
export function paste(buffer: Buffer, text: string): Buffer {
  const lines = text.replace(/\r\n?/g, '\n')
  return insert(buffer, lines.slice(0, startOfRun(lines, lines.length, BREAK)), 'other')
}

function insert(buffer: Buffer, text: string, last: Buffer['last']): Buffer {
  const { text: old, cursor } = buffer
  return change(buffer, old.slice(0, cursor) + text + old.slice(cursor), cursor + text.length, last)
}

function change(buffer: Buffer, text: string, cursor: number, last: Buffer['last']): Buffer {
  if (text === buffer.text) return { ...buffer, cursor: boundary(text, cursor), last: 'other' }
  const past = [...buffer.past.slice(1 - MAX_UNDO_STEPS), { text: buffer.text, cursor: buffer.cursor }]
  return { ...buffer, text, cursor: boundary(text, cursor), past, last }
}

function remove(buffer: Buffer, from: number, to: number, last: Buffer['last'] = 'other'): Buffer {
  return change(buffer, buffer.text.slice(0, from) + buffer.text.slice(to), from, last)
}

/** Removes a stretch that can be yanked; kills in a row become one, in the order of the text. */
function kill(buffer: Buffer, from: number, to: number): Buffer {
  if (from === to) return buffer
  const killed = buffer.text.slice(from, to)
  const newest = buffer.kills.at(-1)
  const kills =
    buffer.last === 'kill' && newest !== undefined
      ? [...buffer.kills.slice(0, -1), from < buffer.cursor ? killed + newest : newest + killed]
      : [...buffer.kills.slice(1 - MAX_KILLS), killed]
  return { ...remove(buffer, from, to, 'kill'), kills }
}

// Places to go to. A text can have several lines (a paste), and Home and End are those of the line.

const WORD = String.raw`\p{L}\p{N}\p{M}_`
const IN_WORD = new RegExp(`[${WORD}]`, 'u')
const OUTSIDE_WORD = new RegExp(`[^${WORD}]`, 'u')
const WORD_AFTER = new RegExp(`^[^${WORD}]*[${WORD}]+`, 'u')

function lineStart({ text, cursor }: Buffer): number {
  return startOfLine(text, cursor)
}

function lineEnd({ text, cursor }: Buffer): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

function wordStart({ text, cursor }: Buffer): number {
  return floor(text, startOfRun(text, startOfRun(text, cursor, OUTSIDE_WORD), IN_WORD))
}

function wordEnd({ text, cursor }: Buffer): number {
  const length = WORD_AFTER.exec(text.slice(cursor))?.[0].length
  return length === undefined ? text.length : boundary(text, cursor + length)
}

/** Start of the stretch without blanks before the cursor: a path is one of those. */
function blankStart({ text, cursor }: Buffer): number {
  return floor(text, startOfRun(text, startOfRun(text, cursor, BLANK), NO_BLANK))
}

/**
 * Where the characters of a kind begin that end at `at`. Character by character: a regular expression that ends in `$` would begin anew at
 * each place.
 */
function startOfRun(text: string, at: number, kind: RegExp): number {
  for (let place = at; place > 0;) {
    const code = text.charCodeAt(place - 1)
    const length = code >= 0xdc00 && code <= 0xdfff && (text.codePointAt(place - 2) ?? 0) > 0xffff ? 2 : 1
    if (!kind.test(text.slice(place - length, place))) return place
    place -= length
  }
  return 0
}

export const left = (buffer: Buffer): Buffer => moveTo(buffer, before(buffer.text, buffer.cursor))
export const right = (buffer: Buffer): Buffer => moveTo(buffer, after(buffer.text, buffer.cursor))
export const home = (buffer: Buffer): Buffer => moveTo(buffer, lineStart(buffer))
export const end = (buffer: Buffer): Buffer => moveTo(buffer, lineEnd(buffer))
export const wordLeft = (buffer: Buffer): Buffer => moveTo(buffer, wordStart(buffer))
export const wordRight = (buffer: Buffer): Buffer => moveTo(buffer, wordEnd(buffer))

/** A line up or down in a text of several, or undefined where there is none. */
export function lineUp(buffer: Buffer): Buffer | undefined {
  const start = lineStart(buffer)
  if (start === 0) return undefined
  const above = lineStart({ ...buffer, cursor: start - 1 })
  return moveTo(buffer, Math.min(above + buffer.cursor - start, start - 1))
}

export function lineDown(buffer: Buffer): Buffer | undefined {
  const below = lineEnd(buffer) + 1
  if (below > buffer.text.length) return undefined
  const bottom = lineEnd({ ...buffer, cursor: below })
  return moveTo(buffer, Math.min(below + buffer.cursor - lineStart(buffer), bottom))
}

export const deleteBack = (buffer: Buffer): Buffer => remove(buffer, before(buffer.text, buffer.cursor), buffer.cursor)

export function deleteForward(buffer: Buffer): Buffer {
  const { text, cursor } = buffer
  return change(buffer, text.slice(0, cursor) + text.slice(after(text, cursor)), cursor, 'other')
}

/** To the end of the line; there, the line break. */
export function killToEnd(buffer: Buffer): Buffer {
  const to = lineEnd(buffer)
  return kill(buffer, buffer.cursor, to === buffer.cursor ? after(buffer.text, to) : to)
}

export const killToStart = (buffer: Buffer): Buffer => kill(buffer, lineStart(buffer), buffer.cursor)
export const killWordLeft = (buffer: Buffer): Buffer => kill(buffer, wordStart(buffer), buffer.cursor)
export const killWordRight = (buffer: Buffer): Buffer => kill(buffer, buffer.cursor, wordEnd(buffer))
export const killToBlank = (buffer: Buffer): Buffer => kill(buffer, blankStart(buffer), buffer.cursor)

/** Puts the newest kill in. */
export function yank(buffer: Buffer): Buffer {
  const newest = buffer.kills.at(-1)
  return newest === undefined ? buffer : insert(buffer, newest, 'yank')
}

/** After a yank: puts the kill before it in its place, and that one to the front of the ring. */
export function yankPop(buffer: Buffer): Buffer {
  const newest = buffer.kills.at(-1)
  const then = buffer.past.at(-1)
  if (buffer.last !== 'yank' || newest === undefined || !then) return buffer
  const kills = [newest, ...buffer.kills.slice(0, -1)]
  return insert({ ...buffer, ...then, kills, past: buffer.past.slice(0, -1) }, kills.at(-1) ?? newest, 'yank')
}

/** Swaps the characters around the cursor; at the end the last two. */
export function transpose(buffer: Buffer): Buffer {
  const { text } = buffer
  const middle = buffer.cursor === text.length ? before(text, text.length) : buffer.cursor
  const from = before(text, middle)
  const to = after(text, middle)
  if (from === middle || to === middle) return buffer
  return change(buffer, text.slice(0, from) + text.slice(middle, to) + text.slice(from, middle) + text.slice(to), to, 'other')
}

export function undo(buffer: Buffer): Buffer {
  const then = buffer.past.at(-1)
  return then ? { ...buffer, ...then, past: buffer.past.slice(0, -1), last: 'other' } : buffer
}
