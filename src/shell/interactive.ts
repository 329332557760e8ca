import { twoStageAbort } from '../core/abort.ts'
import { asCbcError, interrupted } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { Output } from '../core/ports.ts'
import { errorLines } from '../ui/errors.ts'
import { escapeLine } from '../ui/escape.ts'
import { theme, type Theme } from '../ui/theme.ts'
import { completer } from './completion.ts'
import { openEditor, type Editor } from './editor/index.ts'
import type { History } from './history.ts'
import { expandHistory } from './history-expansion.ts'
import type { Shell } from './shell.ts'

/** What the shell needs of the person's terminal; made before the shell, bound to it after. */
export interface Console {
  editor: Editor
  /** Binds completion and Ctrl-C to a shell. */
  bind(shell: Shell): void
  /** Aborted by Ctrl-C while a line runs. */
  begin(): AbortSignal
  /** What Ctrl-C does while a line runs: the first one ends it, a second one leaves what it has to clean up. */
  interrupt(): void
  /** Ends the line that runs. */
  end(): void
}

/** Opens the line editor on the terminal. */
export function openConsole(host: Host, history: History): Console {
  let complete: ReturnType<typeof completer> | undefined
  let running = twoStageAbort(interrupted)
  const interrupt = () => void running.press()
  const { output, raw, columns, rows, onResize } = host.terminal
  const editor = openEditor({
    terminal: {
      input: host.stdin.stream,
      write: text => void output.write(text),
      columns,
      rows,
      raw,
      onResize,
      onContinue: listener => host.onContinue(listener),
    },
    history,
    complete: async (line, cursor, signal) => (await complete?.(line, cursor, signal)) ?? { from: cursor, candidates: [] },
    onInterrupt: interrupt,
    onSuspend: () => host.suspend(),
  })
  return {
    editor,
    interrupt,
    end: () => running.end(),
    bind(shell) {
      complete = completer(shell)
    },
    begin() {
      running = twoStageAbort(interrupted)
      return running.signal
    },
  }
}

/** Reads and runs lines until the person leaves. */
export async function interact(shell: Shell, console: Console, history: History): Promise<void> {
  const { host } = shell
  const colors = theme(host.stdout.color)
  const over = new AbortController()
  const alive = keepAlive(shell, console.editor, over.signal)
  let reading = false
  shell.whenJobEnds = () => {
    if (reading) void tellAbove(shell, console.editor)
  }
  // Signals that end the program end the line that runs, and the reading too.
  const onEnd = () => {
    console.end()
    console.editor.close()
  }
  host.interrupt.addEventListener('abort', onEnd, { once: true })
  try {
    while (!shell.left && !host.interrupt.aborted) {
      await shell.tellOfJobs()
      reading = true
      const result = await console.editor.read({ text: prompt(shell, colors) })
      reading = false
      if (result.kind === 'interrupt') continue
      // Ctrl-D leaves as `exit` does.
      const line = result.kind === 'eof' ? 'exit' : await withHistory(result.text, console.editor, history, host.stderr)
      if (result.kind === 'line' && line !== undefined && shell.settings.remembers) history.add(line)
      if (line !== undefined) await shell.run(line, console.begin())
    }
  } finally {
    host.interrupt.removeEventListener('abort', onEnd)
    over.abort()
    await alive
  }
}

/** The line with lines of before in it, which is shown then; undefined: there are none, which is told. */
async function withHistory(typed: string, editor: Editor, history: History, stderr: Output): Promise<string | undefined> {
  try {
    const line = expandHistory(typed, history.entries)
    if (line !== typed) editor.print(`${escapeLine(line)}\n`)
    return line
  } catch (error) {
    editor.print(await errorLines(asCbcError(error), stderr))
    return undefined
  }
}

/** Tells of jobs that have ended while a line is being typed. */
async function tellAbove(shell: Shell, editor: Editor): Promise<void> {
  const parts: Buffer[] = []
  const { stdout, stderr } = shell.host
  const write = async (data: string | Uint8Array) => {
    parts.push(Buffer.from(data as Uint8Array))
  }
  await shell.tellOfJobs({ ...stdout, write }, { ...stderr, write })
  if (parts.length > 0) editor.print(Buffer.concat(parts).toString())
}

/** Device, remote directory, and marks where lines are not remembered and when the last command failed. */
function prompt(shell: Shell, colors: Theme): string {
  const marks = [...(shell.settings.remembers ? [] : [colors.odd('no history')]), ...(shell.code === 0 ? [] : [colors.bad('✗')])]
  return `${[colors.device(escapeLine(shell.session.label)), colors.path(escapeLine(shell.places.directory)), ...marks].join(' ')}> `
}

/** Keeps the session alive while nobody types; says when it was lost all the same. */
async function keepAlive(shell: Shell, editor: Editor, over: AbortSignal): Promise<void> {
  let known = true
  while (!over.aborted) {
    try {
      await shell.host.clock.sleep(shell.session.refreshInterval, over)
      const lives = await shell.session.keepAlive(over)
      if (known && !lives) editor.print('cbc: the session was lost; the next command opens a new one\n')
      known = lives
    } catch {
      // Over, or the network is away: the next command will tell.
    }
  }
}
