import { Malformed } from './malformed.ts'

/** An object of a list; `value` is undefined where its text is not JSON. */
export interface JsonObject {
  /** The line on which it begins, from 1. */
  line: number
  value: Record<string, unknown> | undefined
}

/** Characters of one object: a longer one has a quote or a brace that was not closed. */
const MAX_OBJECT_CHARS = 1024 * 1024

/**
 * Reads the objects of a JSON array, of an answer of the API (`{"results": […]}`), or of NDJSON, each as soon as it is complete, so that a
 * list of any length takes the memory of one object.
 * @param text with lines that end with LF (`decodeText`)
 * @throws Malformed: it has something other than objects, or its end is missing; whatever reading the text throws
 */
export async function* readJsonObjects(text: AsyncIterable<string>): AsyncGenerator<JsonObject> {
  const splitter = new Splitter()
  for await (const piece of text) yield* splitter.push(piece)
  splitter.end()
}

/** The text before the list in an answer of the API. */
const RESULTS = /(?<!\\)"results"\s*:\s*$/
/** How many characters before a bracket are checked for that. */
const TAIL_CHARS = 100

class Splitter {
  #line = 1
  /** Between objects: what may come next. `first`: a list or an object; `last`: the list is over. */
  #next: 'first' | 'object' | 'object or end' | 'comma' | 'any' | 'last' = 'first'
  /** The object that is being read: its text so far, the line where it began, and the depth of its brackets. */
  #text = ''
  #begin = 0
  #depth = 0
  #string = false
  #escaped = false
  /**
   * Whether this is an answer of the API. `possible`: the first object may be one; `over`: its list has ended, and its other fields are
   * skipped.
   */
  #answer: 'possible' | 'no' | 'open' | 'over' = 'possible'

  /** @throws Malformed: it is incomplete */
  end(): void {
    if (this.#depth > 0) throw new Malformed(this.#begin, 'the object that begins here has no end: the file is cut off')
    if (this.#next === 'first') throw new Malformed(this.#line, 'there is nothing in it')
    if (this.#next !== 'any' && this.#next !== 'last') throw new Malformed(this.#line, 'the list has no end: the file is cut off')
  }

  /** @throws Malformed */
  *push(piece: string): Generator<JsonObject> {
    let from = 0
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at] ?? ''
      if (character === '\n') this.#line += 1
      if (this.#depth === 0) {
        this.#between(character)
        from = at
      } else if (this.#within(character)) {
        if (this.#answer === 'over') this.#next = 'last'
        else yield this.#take(piece.slice(from, at + 1))
        from = at + 1
      } else if (character === '[' && this.#answer === 'possible') this.#lookForResults(piece.slice(Math.max(from, at - TAIL_CHARS), at))
    }
    if (this.#depth === 0 || this.#answer === 'over') return
    this.#text += piece.slice(from)
    if (this.#text.length > MAX_OBJECT_CHARS)
      throw new Malformed(this.#begin, 'an object has over a million characters: a quote or a brace may not be closed')
  }

  #between(character: string): void {
    if (' \n\t'.includes(character)) return
    const next = this.#next
    if (character === '{' && (next === 'first' || next === 'any' || next.startsWith('object'))) {
      if (next === 'first') this.#next = 'any'
      this.#begin = this.#line
      this.#depth = 1
    } else if (character === '[' && next === 'first') this.#next = 'object or end'
    else if (character === ']' && (next === 'object or end' || next === 'comma')) this.#endList()
    else if (character === ',' && next === 'comma') this.#next = 'object'
    else throw new Malformed(this.#line, EXPECTED[next])
  }

  /** @returns whether the object is complete now */
  #within(character: string): boolean {
    if (this.#string) {
      if (this.#escaped) this.#escaped = false
      else if (character === '\\') this.#escaped = true
      else if (character === '"') this.#string = false
    } else if (character === '"') this.#string = true
    else if (character === '{' || character === '[') this.#depth += 1
    else if (character === '}' || character === ']') this.#depth -= 1
    return this.#depth === 0
  }

  /** Handles the start of a list within the first object: where it is the list of an answer's results, its items are what is read. */
  #lookForResults(before: string): void {
    if (this.#depth !== 2 || this.#string || !RESULTS.test(this.#text.slice(-TAIL_CHARS) + before)) return
    this.#answer = 'open'
    this.#text = ''
    this.#depth = 0
    this.#next = 'object or end'
  }

  #endList(): void {
    this.#next = 'last'
    if (this.#answer !== 'open') return
    this.#answer = 'over'
    this.#begin = this.#line
    this.#depth = 1
  }

  #take(rest: string): JsonObject {
    const text = this.#text + rest
    this.#text = ''
    if (this.#answer === 'possible') this.#answer = 'no'
    if (this.#next !== 'any') this.#next = 'comma'
    return { line: this.#begin, value: parsed(text) }
  }
}

const EXPECTED = {
  first: 'is neither a JSON list nor a JSON object',
  object: 'after a comma there has to be an object',
  'object or end': 'in a list there have to be objects',
  comma: 'between the objects of a list there has to be a comma',
  any: 'there is something other than objects, one after another',
  last: 'there is more after the end of the list',
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
