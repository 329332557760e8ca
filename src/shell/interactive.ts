import { interrupted } from '../core/errors.ts'
import type { World } from '../core/world.ts'
import { escapeLine } from '../ui/escape.ts'
import { theme, type Theme } from '../ui/theme.ts'
import { completer } from './completion.ts'
import { openEditor, type Editor } from './editor/index.ts'
import type { History } from './history.ts'
import type { Shell } from './shell.ts'

/** Refreshed well within the service's 15 idle minutes, milliseconds. */
const KEEP_ALIVE = 4 * 60_000

/** What the shell needs of the person's terminal; made before the shell, bound to it after. */
export interface Console {
  editor: Editor
  /** Binds completion and Ctrl-C to a shell. */
  bind(shell: Shell): void
  /** Aborted by Ctrl-C while a line runs. */
  begin(): AbortSignal
}

/** Opens the line editor on the terminal. */
export function openConsole(world: World, history: History): Console {
  let complete: ReturnType<typeof completer> | undefined
  let running = new AbortController()
  const { output, raw, columns, rows, onResize } = world.terminal
  const editor = openEditor({
    terminal: { input: world.stdin.stream, write: text => void output.write(text), columns, rows, raw, onResize },
    history,
    complete: async (line, cursor, signal) => await complete?.(line, cursor, signal) ?? { from: cursor, candidates: [] },
    onInterrupt: () => running.abort(interrupted()),
  })
  return {
    editor,
    bind(shell) { complete = completer(shell) },
    begin() {
      running = new AbortController()
      return running.signal
    },
  }
}

/** Reads and runs lines until the person leaves. */
export async function interact(shell: Shell, console: Console, history: History): Promise<void> {
  const { world } = shell
  const colors = theme(world.stdout.color)
  const over = new AbortController()
  const alive = keepAlive(shell, console.editor, over.signal)
  // Signals that end the program end the reading too.
  const onEnd = () => console.editor.close()
  world.interrupt.addEventListener('abort', onEnd, { once: true })
  try {
    while (!shell.left && !world.interrupt.aborted) {
      const result = await console.editor.read({ text: prompt(shell, colors) })
      if (result.kind === 'interrupt') continue
      if (result.kind === 'eof') break
      history.add(result.text)
      await shell.run(result.text, console.begin())
    }
  } finally {
    world.interrupt.removeEventListener('abort', onEnd)
    over.abort()
    await alive
  }
}

/** Device, remote directory, and a mark when the last command failed. */
function prompt(shell: Shell, colors: Theme): string {
  const mark = shell.code === 0 ? '' : colors.bad('✗')
  return `${colors.device(escapeLine(shell.session.label))} ${colors.path(escapeLine(shell.directory))}${mark === '' ? '' : ` ${mark}`}> `
}

/** Keeps the session alive while nobody types; says when it was lost all the same. */
async function keepAlive({ session, world }: Shell, editor: Editor, over: AbortSignal): Promise<void> {
  let known = true
  while (!over.aborted) {
    try {
      await world.clock.sleep(KEEP_ALIVE, over)
      const lives = await session.keepAlive(over)
      if (known && !lives) editor.print('cbc: the session was lost; the next command opens a new one\n')
      known = lives
    } catch {
      // Over, or the network is away: the next command will tell.
    }
  }
}
