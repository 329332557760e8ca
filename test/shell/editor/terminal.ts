import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import type { Terminal } from '@xterm/headless'
import { openHistory } from '../../../src/shell/history.ts'
import { type Editor, type EditorOptions, openEditor } from '../../../src/shell/editor/index.ts'
import { PATIENCE_MS } from '../../support/patience.ts'

export function emulator(columns: number, rows: number): Terminal {
  return new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 })
}

/** Everything that was written has been interpreted. */
export function settled(terminal: Terminal, text = ''): Promise<void> {
  return new Promise(done => terminal.write(text, done))
}

/** All rows with their trailing blanks cut off, scrollback first, down to the last that isn't empty. */
export function rowsOf(terminal: Terminal): string[] {
  const { active } = terminal.buffer
  const rows = Array.from({ length: active.length }, (_, index) => active.getLine(index)?.translateToString(true).trimEnd() ?? '')
  while (rows.at(-1) === '') rows.pop()
  return rows
}

/** Row (from the top of the scrollback) and column of the cursor. */
export function cursorOf(terminal: Terminal): { row: number; column: number } {
  const { active } = terminal.buffer
  return { row: active.baseY + active.cursorY, column: active.cursorX }
}

/** Waits until `probe` answers with something, and says what was on the screen if it never does. */
export async function until<T>(probe: () => T | undefined | false, describe: () => string = () => ''): Promise<T> {
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS;) {
    const found = probe()
    if (found) return found
    await new Promise(done => setTimeout(done, 1))
  }
  throw new Error(`It never came to be. ${describe()}`)
}

export interface Bench {
  editor: Editor
  terminal: Terminal
  input: PassThrough
  /** What happened to the terminal, in order. */
  raw: boolean[]
  written: string[]
  interrupts: number
  resize(columns: number, rows: number): void
  /** Sends keys and waits until they are decoded and drawn. */
  keys(...chunks: string[]): Promise<void>
  shown(): Promise<string[]>
}

/** An editor on an emulated terminal. */
export function bench(options: Partial<EditorOptions> = {}, columns = 40, rows = 12): Bench {
  const terminal = emulator(columns, rows)
  const input = new PassThrough()
  const listeners = new Set<() => void>()
  terminal.onData(data => input.write(data))
  const result: Omit<Bench, 'editor'> = {
    terminal,
    input,
    raw: [],
    written: [],
    interrupts: 0,
    resize(width, height) {
      terminal.resize(width, height)
      for (const listener of listeners) listener()
    },
    async keys(...chunks) {
      for (const chunk of chunks) {
        input.write(chunk)
        await until(() => input.readableLength === 0 && input.writableLength === 0)
        await new Promise(done => setImmediate(done))
      }
      await settled(terminal)
    },
    async shown() {
      await settled(terminal)
      return rowsOf(terminal)
    },
  }
  const bench = result as Bench
  bench.editor = openEditor({
    terminal: {
      input,
      write(text) {
        result.written.push(text)
        terminal.write(text)
      },
      columns: () => terminal.cols,
      rows: () => terminal.rows,
      raw(on) {
        result.raw.push(on)
      },
      onResize(listener) {
        listeners.add(listener)
        return () => {
          listeners.delete(listener)
        }
      },
      onContinue: () => () => {},
    },
    history: openHistory(),
    complete: cursor => Promise.resolve({ from: cursor.length, candidates: [] }),
    onInterrupt() {
      bench.interrupts++
    },
    onSuspend: async () => {},
    escapeDelay: 5,
    typeAhead: 5,
    ...options,
  })
  return bench
}
