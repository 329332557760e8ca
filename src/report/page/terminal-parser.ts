/** What a parser of terminal output finds. */
export interface Sink {
  /** A character, by code point. */
  print(character: string): void
  /** One of the control characters below U+0020, but not Escape. */
  control(character: string): void
  /** Escape and one character. */
  escape(final: string): void
  /** A control sequence. @param mark its private mark, such as `?`; else empty */
  sequence(mark: string, given: readonly number[], final: string): void
}

type State = 'text' | 'escape' | 'charset' | 'sequence' | 'string' | 'string-escape'

/** The longest control sequence, characters, and the largest number in it: more is no sequence that anything writes. */
const LONGEST = 256
const LARGEST = 9999

/** Splits what a program wrote to a terminal into characters and sequences. What comes in pieces is joined. */
export class Parser {
  readonly #sink: Sink
  #state: State = 'text'
  #collected = ''

  constructor(sink: Sink) {
    this.#sink = sink
  }

  write(text: string): void {
    for (const character of text) this.#read(character)
  }

  #read(character: string): void {
    const code = character.codePointAt(0) ?? 0
    if (this.#state === 'string' || this.#state === 'string-escape') return this.#readString(character)
    if (character === '\x1b') this.#state = 'escape'
    else if (character === '\x18' || character === '\x1a') this.#state = 'text'
    else if (code < 0x20) this.#sink.control(character)
    else if (code === 0x7f) return
    else if (this.#state === 'escape') this.#readEscape(character)
    else if (this.#state === 'charset') this.#state = 'text'
    else if (this.#state === 'sequence') this.#readSequence(character)
    else if (code >= 0x80 && code < 0xa0) this.#readEscape(String.fromCharCode(code - 0x40))
    else this.#sink.print(character)
  }

  /** A title, a link, a query: read over up to its end. */
  #readString(character: string): void {
    const isEnd =
      character === '\x07' || character === '\x9c' || character === '\x18' || (this.#state === 'string-escape' && character === '\\')
    if (isEnd) this.#state = 'text'
    else this.#state = character === '\x1b' ? 'string-escape' : 'string'
  }

  #readEscape(character: string): void {
    this.#state = 'text'
    if (character === '[') {
      this.#state = 'sequence'
      this.#collected = ''
    } else if (']PX^_'.includes(character)) this.#state = 'string'
    else if (character >= ' ' && character <= '/') this.#state = 'charset'
    else this.#sink.escape(character)
  }

  #readSequence(character: string): void {
    if (character < '@' || character > '~') {
      this.#collected += character
      if (this.#collected.length > LONGEST) this.#state = 'text'
      return
    }
    this.#state = 'text'
    const [, mark = '', numbers = '', between = ''] = /^([<=>?]?)([\d;:]*)([ -/]*)$/.exec(this.#collected) ?? [undefined, 'unknown']
    if (between !== '') return
    const given = numbers.split(/[;:]/).map(digits => Math.min(Number(digits), LARGEST))
    this.#sink.sequence(mark, given, character)
  }
}
