import { spawn } from '@lydell/node-pty'
import headless from '@xterm/headless'
import { afterEachFile } from './after-file.ts'
import { COMMAND } from './command.ts'
import { environment } from './environment.ts'
import { type Key, bytesOfKey } from './keys.ts'
import { PATIENCE_MS } from './patience.ts'

export interface TerminalOptions {
  cols?: number
  rows?: number
  /** Overrides of the clean environment (`environment.ts`) with `TERM=xterm-256color`; undefined removes a variable. */
  env?: Record<string, string | undefined>
  /** HOME and the XDG directories; default: new ones for each test file. */
  home?: string
  cwd?: string
}

/** A program in its own pseudo-terminal. */
export interface TestTerminal {
  readonly pid: number
  /** Types text. A Tab is written separately, after the program has answered earlier keys, and what follows waits for its answer. */
  type(text: string): Promise<void>
  key(key: Key): Promise<void>
  /** The rows on the screen up to the last one that is not empty, without trailing spaces. */
  screen(): string[]
  /** All text on the screen and in the scrollback that was not cleared; a wrapped line is one line. */
  transcript(): string
  /**
   * Resolves with the screen as soon as it contains the text (even wrapped), matches the expression (rows joined by line ends), or
   * satisfies the predicate.
   * @throws Error with the whole screen if that does not happen in time, or the program ends first.
   */
  waitFor(what: string | RegExp | ((screen: string[]) => boolean), timeoutMs?: number): Promise<string[]>
  /** Everything that the program has written so far. */
  raw(): string
  readonly exit: Promise<{ code: number; signal: number | undefined }>
  resize(cols: number, rows: number): void
  /** Ends the program and waits until it is gone. */
  close(): Promise<void>
}

/** Milliseconds that a program may take to answer keys before typing continues without an answer. */
const ANSWER_MS = 60_000
const open = new Set<TestTerminal>()

afterEachFile(async () => {
  await Promise.all([...open].map(terminal => terminal.close()))
})

/** Starts `cbc` in a new pseudo-terminal. @param words its arguments */
export function openCbc(words: readonly string[], options?: TerminalOptions): TestTerminal {
  const [file, ...first] = COMMAND
  return openTerminal(file, [...first, ...words], options)
}

/** Starts a program in a new pseudo-terminal, which is closed after the test file at the latest. */
export function openTerminal(command: string, args: readonly string[], options: TerminalOptions = {}): TestTerminal {
  const { cols = 100, rows = 30, env, home, cwd } = options
  const screen = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 10_000 })
  const pty = spawn(command, [...args], {
    name: 'xterm-256color',
    cols,
    rows,
    cwd: cwd ?? process.cwd(),
    env: environment({ TERM: 'xterm-256color', ...env }, home),
  })
  const watchers = new Set<() => void>()
  const wake = (): void => {
    for (const look of [...watchers]) look()
  }
  let [raw, ended, typing] = ['', false, Promise.resolve()]
  /** The last piece that was typed, and the length of the output before it. */
  let typed = { piece: '', answered: 0 }
  pty.onData(data => {
    raw += data
    screen.write(data, wake)
  })
  // A terminal answers queries, such as for the position of the cursor.
  screen.onData(answer => pty.write(answer))
  const exit = new Promise<{ code: number; signal: number | undefined }>(resolve => {
    pty.onExit(({ exitCode, signal }) =>
      screen.write('', () => {
        ended = true
        open.delete(terminal)
        resolve({ code: exitCode, signal: signal === 0 ? undefined : signal })
        wake()
      }),
    )
  })

  /** Resolves when `holds` returns true; rejects with `why` when it no longer can. */
  function watch(holds: () => boolean, timeoutMs: number, why: (reason: string) => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        watchers.delete(look)
        clearTimeout(timer)
        act()
      }
      const look = (): void => {
        if (holds()) finish(resolve)
        else if (ended) finish(() => reject(why('the program ended')))
      }
      const timer = setTimeout(() => finish(() => reject(why(`not in ${timeoutMs} ms`))), timeoutMs)
      watchers.add(look)
      look()
    })
  }

  /**
   * Writes one piece after everything typed before. A program that reads a Tab together with other keys takes it for pasted text, so a Tab
   * waits until earlier keys were answered, and later keys wait until the Tab was.
   */
  function write(piece: string): Promise<void> {
    typing = typing.then(async () => {
      if (typed.piece !== '' && [typed.piece, piece].includes('\t')) {
        await watch(
          () => raw.length > typed.answered,
          ANSWER_MS,
          reason => new Error(reason),
        ).catch(() => undefined)
      }
      typed = { piece, answered: raw.length }
      if (!ended) pty.write(piece)
    })
    return typing
  }

  const terminal: TestTerminal = {
    pid: pty.pid,
    async type(text) {
      // All pieces are queued at once, so that nothing typed meanwhile comes between them.
      await Promise.all(
        text
          .split(/(\t)/)
          .filter(piece => piece !== '')
          .map(write),
      )
    },
    key: key => write(bytesOfKey(key)),
    screen() {
      const shown = lines(screen, screen.buffer.active.viewportY, false)
      return shown.slice(0, shown.findLastIndex(row => row !== '') + 1)
    },
    transcript: () => lines(screen, 0, true).join('\n').trimEnd(),
    async waitFor(what, timeoutMs = PATIENCE_MS) {
      const holds = (): boolean => {
        const rows = terminal.screen()
        if (typeof what === 'function') return what(rows)
        if (typeof what !== 'string') return rows.join('\n').search(what) >= 0
        return rows.join('\n').includes(what) || lines(screen, screen.buffer.active.viewportY, true).join('\n').includes(what)
      }
      await watch(
        holds,
        timeoutMs,
        reason => new Error(`the screen never showed ${String(what)}: ${reason}\n${framed(terminal.screen(), screen.cols)}`),
      )
      return terminal.screen()
    },
    raw: () => raw,
    exit,
    resize(columns, lineCount) {
      pty.resize(columns, lineCount)
      screen.resize(columns, lineCount)
    },
    async close() {
      if (!ended) pty.kill('SIGKILL')
      await exit
      screen.dispose()
    },
  }
  open.add(terminal)
  return terminal
}

/** Returns the rows of the buffer from `first` on; with `unwrapped`, the rows of a wrapped line become one. */
function lines(screen: InstanceType<typeof headless.Terminal>, first: number, unwrapped: boolean): string[] {
  const all: string[] = []
  for (let at = first; at < screen.buffer.active.length; at++) {
    const line = screen.buffer.active.getLine(at)
    const goesOn = unwrapped && screen.buffer.active.getLine(at + 1)?.isWrapped === true
    const text = line?.translateToString(!goesOn) ?? ''
    if (unwrapped && line?.isWrapped === true && all.length > 0) all.push(`${all.pop()}${text}`)
    else all.push(text)
  }
  return all
}

function framed(rows: string[], width: number): string {
  const edge = '─'.repeat(width)
  return [`┌${edge}┐`, ...rows.map(row => `│${row.padEnd(width)}│`), `└${edge}┘`].join('\n')
}
