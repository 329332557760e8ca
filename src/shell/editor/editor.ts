import { inColumns } from './columns.ts'
import { KeyInput } from './input.ts'
import type { Key } from './keys.ts'
import type { Picture } from './layout.ts'
import { type Line, type Request, completed, press, startLine } from './line.ts'
import { Screen } from './screen.ts'
import { searchStatus } from './search.ts'
import type { Completion, Editor, EditorOptions, LineResult, Prompt } from './types.ts'

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'
const CLEAR_SCREEN = '\x1b[H\x1b[2J'
const ESCAPE_DELAY_MS = 50
const TYPE_AHEAD_MS = 250

/** A line being read. */
interface Reading {
  prompt: string
  line: Line
  done(result: LineResult): void
  /** Aborts the completion that is waited for. */
  waiting?: AbortController
  /** Until then what was typed behind its Tab waits for it too. */
  timeoutMs?: NodeJS.Timeout
}

/** Takes the terminal: raw mode, bracketed paste, every key from now on, until `close`. */
export function openEditor(options: EditorOptions): Editor {
  return new LineEditor(options)
}

class LineEditor implements Editor {
  readonly #options: EditorOptions
  readonly #input: KeyInput
  readonly #screen = new Screen()
  readonly #offResize: () => void
  readonly #offContinue: () => void
  /** Keys that nothing has taken yet. */
  #queue: Key[] = []
  #reading: Reading | undefined
  /** What the next line inherits from. */
  #before?: Line
  /** A line has just been handed over: its owner gets a turn to start the command before keys count as typed during it. */
  #resting = false
  #ended = false
  #closed = false
  #suspended = false

  constructor(options: EditorOptions) {
    this.#options = options
    const { terminal } = options
    this.#input = new KeyInput(
      terminal.input,
      options.escapeDelay ?? ESCAPE_DELAY_MS,
      keys => this.#typed(keys),
      () => this.#end(),
    )
    this.#offResize = terminal.onResize(() => this.#resized())
    this.#offContinue = terminal.onContinue(() => this.#continued())
    this.#take()
  }

  read(prompt: Prompt): Promise<LineResult> {
    if (this.#reading) throw new Error('A line is being read already.')
    if (this.#closed) return Promise.resolve({ kind: 'eof' })
    if (prompt.fresh) this.#queue = []
    const { history } = this.#options
    history.refresh()
    return new Promise(done => {
      this.#reading = { prompt: prompt.text, line: startLine(history.entries, this.#before), done }
      this.#begin()
      this.#pump()
    })
  }

  print(text: string): void {
    const lines = text.replace(/\r?\n/g, '\r\n')
    if (!this.#reading || this.#suspended) return this.#write(lines)
    const { columns, rows } = this.#size()
    this.#write(this.#screen.erase(columns, rows) + lines + (lines.endsWith('\n') ? '' : '\r\n') + this.#draw())
  }

  suspend(): void {
    if (this.#closed || this.#suspended) return
    this.#suspended = true
    const { columns, rows } = this.#size()
    this.#leave(this.#screen.erase(columns, rows))
  }

  resume(): void {
    if (this.#closed || !this.#suspended) return
    this.#suspended = false
    this.#take()
    this.#begin()
  }

  close(): void {
    if (this.#closed) return
    this.#finish({ kind: 'eof' })
    this.#closed = true
    this.#offResize()
    this.#offContinue()
    if (!this.#suspended) this.#leave('')
  }

  /** Draws the prompt in a row of its own. */
  #begin(): void {
    if (this.#reading && !this.#suspended) this.#write(freshRow(this.#size().columns) + this.#draw())
  }

  #take(): void {
    this.#options.terminal.raw(true)
    this.#write(PASTE_ON)
    this.#input.start()
  }

  #leave(text: string): void {
    this.#input.stop()
    this.#write(text + PASTE_OFF)
    this.#options.terminal.raw(false)
  }

  #end(): void {
    this.#ended = true
    this.#pump()
  }

  #typed(keys: Key[]): void {
    for (const key of keys) {
      if (key.name === 'position') this.#write(this.#screen.answered(Number(key.text), this.#size().columns, this.#size().rows))
      else this.#queue.push(key)
    }
    this.#pump()
  }

  /** Gives the keys to the line that is being read. Without one they wait; only Ctrl-C doesn't. */
  #pump(): void {
    let drawn = true
    while (this.#reading && this.#queue.length > 0 && !this.#held(this.#reading)) {
      const key = this.#queue.shift()
      if (key) this.#key(this.#reading, key)
      drawn = false
    }
    if (this.#reading && !drawn) this.#write(this.#draw())
    if (this.#reading && this.#ended) this.#finish({ kind: 'eof' })
    if (this.#reading || this.#resting) return
    const pause = this.#queue.findIndex(({ name }) => name === 'C-z')
    if (pause >= 0) {
      this.#queue.splice(pause, 1)
      this.#stop()
    }
    const stop = this.#queue.findLastIndex(({ name }) => name === 'C-c')
    if (stop < 0) return
    // Who presses it twice at once insists.
    for (const { name } of this.#queue.splice(0, stop + 1)) if (name === 'C-c') this.#options.onInterrupt()
  }

  /**
   * Whether keys wait for a completion. Who types on behind a Tab means what it makes of the line; who gets no answer for a moment goes on
   * without it.
   * More Tabs ask for that answer's next step, and Ctrl-C waits for nothing.
   */
  #held(reading: Reading): boolean {
    if (!reading.waiting || this.#ended || this.#queue.some(({ name }) => name === 'C-c')) return false
    if (this.#queue.some(({ name }) => name !== 'tab')) {
      reading.timeoutMs ??= setTimeout(() => {
        dropCompletion(reading)
        this.#pump()
      }, this.#options.typeAhead ?? TYPE_AHEAD_MS)
    }
    return true
  }

  #key(reading: Reading, key: Key): void {
    if (key.name === 'lines') return this.#nextLine(reading, key.text ?? '')
    dropCompletion(reading)
    const { line, request } = press(reading.line, key)
    reading.line = line
    if (request) this.#serve(reading, request)
  }

  #serve(reading: Reading, request: Request): void {
    switch (request) {
      case 'accept':
        return this.#accept(reading)
      case 'interrupt':
        return this.#finish({ kind: 'interrupt' }, '^C')
      case 'eof':
        return this.#finish({ kind: 'eof' })
      case 'complete':
        return this.#complete(reading)
      case 'suspend':
        return this.#stop()
      case 'clear':
        this.#screen.forget()
        return this.#write(CLEAR_SCREEN)
    }
  }

  /**
   * Of a text of several lines the first is handed over; the others count as typed after it, and are one key until their turn comes, be
   * there hundreds of thousands.
   */
  #accept(reading: Reading): void {
    const [text, rest] = firstLine(reading.line.buffer.text)
    if (rest !== undefined) this.#queue.unshift({ name: 'lines', text: rest })
    reading.line = { ...reading.line, buffer: { ...reading.line.buffer, text, cursor: text.length } }
    this.#finish({ kind: 'line', text })
  }

  #nextLine(reading: Reading, lines: string): void {
    const [text, rest] = firstLine(lines)
    if (rest !== undefined) this.#queue.unshift({ name: 'lines', text: rest })
    this.#key(reading, { name: 'text', text })
    this.#key(reading, { name: 'enter' })
  }

  #finish(result: LineResult, mark = ''): void {
    const reading = this.#reading
    if (!reading) return
    dropCompletion(reading)
    const { columns, rows } = this.#size()
    const { text } = reading.line.buffer
    if (!this.#suspended) this.#write(this.#screen.finish({ prompt: reading.prompt, text, cursor: text.length, note: mark }, columns, rows))
    this.#before = reading.line
    this.#reading = undefined
    this.#rest()
    reading.done(result)
  }

  #rest(): void {
    this.#resting = true
    setImmediate(() => {
      this.#resting = false
      this.#pump()
    })
  }

  #complete(reading: Reading): void {
    const waiting = new AbortController()
    const { text, cursor } = reading.line.buffer
    reading.waiting = waiting
    const answer = (completion: Completion) => {
      if (reading.waiting !== waiting) return
      dropCompletion(reading)
      reading.line = completed(reading.line, completion)
      this.#write(this.#draw())
      this.#pump()
    }
    const ask = async () => this.#options.complete(text, cursor, waiting.signal)
    // Completing is a help: where it fails there is nothing to complete.
    ask().then(answer, () => answer({ from: cursor, candidates: [] }))
  }

  /** Gives the terminal back, stops the program, and takes the terminal again. */
  #stop(): void {
    if (this.#suspended) return
    this.suspend()
    const again = () => this.resume()
    this.#options.onSuspend().then(again, again)
  }

  /** Whoever had the terminal meanwhile may have left it in any mode. */
  #continued(): void {
    if (this.#closed || this.#suspended) return
    this.#options.terminal.raw(false)
    this.#take()
    this.#screen.forget()
    this.#begin()
  }

  #resized(): void {
    const { columns, rows } = this.#size()
    if (this.#reading && !this.#suspended) this.#write(this.#screen.resized(columns, rows))
  }

  #draw(): string {
    if (!this.#reading || this.#suspended) return ''
    const { columns, rows } = this.#size()
    return this.#screen.draw(picture(this.#reading), columns, rows)
  }

  #size(): { columns: number; rows: number } {
    const { terminal } = this.#options
    // A terminal that doesn't know its size says 0.
    return { columns: terminal.columns() || 80, rows: terminal.rows() || 24 }
  }

  #write(text: string): void {
    if (text !== '') this.#options.terminal.write(text)
  }
}

/** The first line of a text, and what follows its line break. */
function firstLine(text: string): [first: string, rest?: string] {
  const end = text.indexOf('\n')
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 1)]
}

/** A completion is not waited for any longer: its answer came, or doesn't count any more. */
function dropCompletion(reading: Reading): void {
  reading.waiting?.abort()
  delete reading.waiting
  clearTimeout(reading.timeoutMs)
  delete reading.timeoutMs
}

/** Sees to it that the cursor is in the first column: what the last command wrote need not have ended its line, and is then marked. */
function freshRow(columns: number): string {
  return `\x1b[7m%\x1b[m${' '.repeat(columns - 1)}\r\x1b[K`
}

function picture({ prompt, line, waiting }: Reading): Picture {
  const {
    buffer: { text, cursor },
    search,
    listed,
    recall,
  } = line
  if (search)
    return { prompt, ...shownMatch(search.match && recall.entries[search.match.index], line), below: () => [searchStatus(search)] }
  return {
    prompt,
    text,
    cursor,
    ...(listed && { below: (columns: number, rows: number) => inColumns(listed, columns, rows) }),
    ...(waiting && { note: '...' }),
  }
}

/** The entry that a search has found, the query in it underlined; the line itself until something is found. */
function shownMatch(entry: string | undefined, { buffer, search }: Line): Pick<Picture, 'text' | 'cursor' | 'match'> {
  if (entry === undefined || !search?.match) return { text: buffer.text, cursor: buffer.cursor }
  const { at } = search.match
  return { text: entry, cursor: at, match: { from: at, to: at + search.query.length } }
}
