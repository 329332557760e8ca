/** The default of `batch`: with fewer bytes there are many calls, with more there is more text in memory. */
const BATCH_BYTES = 64 * 1024

const QUOTE = 1
const BACKSLASH = 2
const COMMA = 3
const LIST = 4
const OPENING = 5
const CLOSING = 6
/** What a byte is to the structure of a JSON text; most are nothing. */
const KINDS = new Uint8Array(256)
for (const [character, kind] of Object.entries({
  '"': QUOTE,
  '\\': BACKSLASH,
  ',': COMMA,
  '[': LIST,
  '{': OPENING,
  ']': CLOSING,
  '}': CLOSING,
}))
  KINDS[character.charCodeAt(0)] = kind

const BEGIN = Buffer.from('[')
const END = Buffer.from(']')

export interface JsonSteps {
  /** Parses a piece of the text that is a JSON text of its own. @throws SyntaxError */
  parse: (bytes: Uint8Array) => unknown
  /** Called with each item of the lists; what it returns takes the item's place. */
  item: (value: unknown) => unknown
  /** How deep brackets may be nested. */
  depth: number
  /** The least number of bytes whose items are parsed together, except for the last ones of a list. */
  batch?: number
}

/** The brackets of a JSON text are nested too deeply. */
export class TooDeep extends Error {}

/**
 * Reads a JSON text (RFC 8259) as it comes, with the result of `JSON.parse`. Where a list is the whole text or a field of its object, its
 * items are parsed as soon as some are complete: only there are lists long. Neither the text of a long list is ever held as a whole, nor
 * its items as they were before `item`.
 *
 * Taking the items out leaves a frame, in which each of these lists has its number as its only item: `{"id": 7, "files": [0]}`. The text
 * is valid if the frame is valid, and so is every batch of items as a list of its own.
 */
export class IncrementalJson {
  readonly #steps: JsonSteps
  readonly #frame = new Bytes()
  readonly #items = new Bytes()
  readonly #lists: unknown[][] = []
  /** The depth of the list whose items are being read, outside of its brackets. */
  #listDepth: number | undefined
  #depth = 0
  #inString = false
  /** Bytes at the beginning of the next chunk that mean nothing, because of a backslash before them. */
  #escaped = 0

  constructor(steps: JsonSteps) {
    this.#steps = steps
  }

  /** Takes the next bytes, which are not kept. @throws SyntaxError, TooDeep; what `item` throws */
  push(chunk: Uint8Array): void {
    let from = 0
    let at = this.#escaped
    for (; at < chunk.length; at++) {
      const kind = KINDS[chunk[at] as number]
      if (kind === 0) continue
      if (kind === QUOTE) this.#inString = !this.#inString
      else if (kind === BACKSLASH) at += 1
      else if (!this.#inString) from = this.#structure(kind, chunk, from, at)
    }
    this.#escaped = at - chunk.length
    this.#held.add(chunk.subarray(from))
  }

  /** Returns the value, once all bytes have been taken. @throws SyntaxError; what `item` throws */
  end(): unknown {
    if (this.#listDepth !== undefined) throw new SyntaxError('a list has no end')
    const frame = this.#steps.parse(this.#frame.take())
    if (Array.isArray(frame)) return this.#listOf(frame)
    if (typeof frame !== 'object' || frame === null) return frame
    const fields = frame as Record<string, unknown>
    for (const name of Object.keys(fields)) if (Array.isArray(fields[name])) fields[name] = this.#listOf(fields[name])
    return fields
  }

  /** Where the bytes that are read now belong. */
  get #held(): Bytes {
    return this.#listDepth === undefined ? this.#frame : this.#items
  }

  /** Handles a bracket or comma at `at`. @param from where the bytes begin that are not held yet @returns the same, afterwards */
  #structure(kind: number | undefined, chunk: Uint8Array, from: number, at: number): number {
    if (kind === COMMA) {
      if (this.#depth - 1 !== this.#listDepth || this.#items.length + at - from < (this.#steps.batch ?? BATCH_BYTES)) return from
      this.#takeItems(chunk.subarray(from, at))
      return at + 1
    }
    if (kind === CLOSING) {
      this.#depth -= 1
      if (this.#depth !== this.#listDepth) return from
      this.#takeItems(chunk.subarray(from, at), true)
      this.#listDepth = undefined
      return at
    }
    this.#depth += 1
    if (this.#depth > this.#steps.depth) throw new TooDeep()
    if (kind !== LIST || this.#listDepth !== undefined || this.#depth > 2) return from
    this.#frame.add(chunk.subarray(from, at + 1))
    this.#frame.add(Buffer.from(String(this.#lists.push([]) - 1)))
    this.#items.add(BEGIN)
    this.#listDepth = this.#depth - 1
    return at + 1
  }

  /** Takes the complete items of the list. @param rest the last of their bytes @param last whether the list ends after them */
  #takeItems(rest: Uint8Array, last = false): void {
    this.#items.add(rest)
    this.#items.add(END)
    const list = this.#lists.at(-1) ?? []
    const items = this.#steps.parse(this.#items.take()) as unknown[]
    if (!last) this.#items.add(BEGIN)
    // Nothing is a list of no items, but not between commas.
    if (items.length === 0 && !(last && list.length === 0)) throw new SyntaxError('an item is missing')
    for (const item of items) list.push(this.#steps.item(item))
  }

  #listOf([at]: unknown[]): unknown[] {
    return this.#lists[at as number] ?? []
  }
}

/** Bytes one after another, in memory that is used again. */
class Bytes {
  #buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], 2 * length)
    this.#buffer.set(bytes, this.#length)
    this.#length = length
  }

  /** Returns them all, until more are added, and begins anew. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    return taken
  }
}
