import { createInterface } from 'node:readline'
import { usage } from '../core/errors.ts'
import type { World } from '../core/world.ts'
import { flag, required, value } from '../engine/catalog.ts'
import { resolveDevice } from '../engine/devices.ts'
import { readGlobals, type Globals } from '../engine/globals.ts'
import type { Policy } from '../engine/invoke.ts'
import { openSession, type Surroundings } from '../engine/remote-job.ts'
import type { Leaf } from '../engine/spec.ts'
import { escapeLine } from '../ui/escape.ts'
import { openHistory } from './history.ts'
import { interact, openConsole } from './interactive.ts'
import { Shell } from './shell.ts'

/** What the program around the shell gives it. */
export interface Host {
  world: World
  open(globals: Globals): Promise<Surroundings & { close(): Promise<void> }>
}

/** `cbc lr connect <device>`: the shell, on a terminal, on a file of lines, or on lines from stdin. */
export function connectCommand({ world, open }: Host): Leaf {
  return {
    spec: {
      summary: 'open a shell on an endpoint',
      details: 'On a terminal it prompts for lines; otherwise it runs the lines on stdin. The exit code of lines that are run is that of the last failure.',
      examples: [
        { line: 'connect', does: 'a shell; help lists its commands, exit or Ctrl-D leaves' },
        { line: 'connect -c "cd C:\\Users; ls; ps"', does: 'run and leave' },
      ],
      arguments: { device: required('text', 'device id or name') },
      options: {
        command: value('-c, --command <line>', 'run this line and leave'),
        script: value('--script <file>', 'run the lines of a file and leave', { kind: 'local-path' }),
        failFast: flag('-e, --fail-fast', 'stop at the first error'),
        keepSession: flag('--keep-session', 'leave the session open'),
      },
    },
    async run({ input: { device, command, script, failFast, keepSession }, globals: given }) {
      const globals = readGlobals(given)
      if (command !== undefined && script !== undefined) throw usage('--command and --script exclude each other')
      const lines = await linesToRun(world, command as string | undefined, script as string | undefined)
      const around = await open(globals)
      try {
        const target = await resolveDevice(around.connection.devices, String(device), world.interrupt)
        const session = await openSession(target, globals, around, world.interrupt, undefined, keepSession === true)
        const policy: Policy = { readOnly: globals.readOnly === true, yes: globals.yes === true }
        try {
          if (lines !== undefined) {
            const shell = new Shell({ world, session, globals, policy, around })
            shell.failFast = failFast === true
            return await runLines(shell, lines)
          }
          return await onTerminal(world, session, globals, policy, around)
        } finally {
          await session.close()
        }
      } finally {
        await around.close()
      }
    },
  }
}

/** Lines to run without a person, or undefined on a terminal. */
async function linesToRun(world: World, command: string | undefined, script: string | undefined): Promise<AsyncIterable<string> | Iterable<string> | undefined> {
  if (command !== undefined) return [command]
  // A script may come from a Windows editor.
  if (script !== undefined) return (await world.local.text(script)).replace(/^\ufeff/, '').split(/\r?\n/)
  return world.stdin.isTerminal && world.stdout.isTerminal ? undefined : stdinLines(world)
}

/** Opened only when the first line is wanted: lines that come before would be lost. */
async function* stdinLines({ stdin }: World): AsyncIterable<string> {
  yield* createInterface({ input: stdin.stream, crlfDelay: Infinity })
}

async function runLines(shell: Shell, lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const { interrupt } = shell.world
  for await (const line of lines) {
    await shell.run(line, interrupt)
    if (shell.left || interrupt.aborted || (shell.failFast && shell.code !== 0)) break
  }
  interrupt.throwIfAborted()
  return shell.exitCode ?? shell.failure
}

async function onTerminal(world: World, session: Awaited<ReturnType<typeof openSession>>, globals: Globals, base: Policy, around: Surroundings): Promise<number> {
  const history = openHistory({ file: world.historyFile(around.connection.name) })
  const console = openConsole(world, history)
  try {
    if (history.warning !== undefined) console.editor.print(`cbc: ${escapeLine(history.warning)}\n`)
    const policy: Policy = globals.noInput ? base : { ...base, confirm: question => ask(console.editor, question) }
    const shell = new Shell({
      world, session, globals, policy, around, history: () => history.entries,
      handOver: async work => {
        console.editor.suspend()
        // Ctrl-C goes to the local command now; the shell only waits.
        const release = world.onInterrupt(() => {})
        try {
          return await work()
        } finally {
          release()
          console.editor.resume()
        }
      },
    })
    console.bind(shell)
    if (!globals.quiet) console.editor.print(`Connected to ${escapeLine(session.label)}. "help" lists the commands, "exit" leaves.\n`)
    await interact(shell, console, history)
    return shell.exitCode ?? 0
  } finally {
    console.editor.close()
  }
}

/** A yes-or-no question in the shell's own editor; no is the default. */
async function ask(editor: ReturnType<typeof openConsole>['editor'], question: string): Promise<boolean> {
  const [first = '', ...rest] = question.split('\n')
  if (rest.length > 0) editor.print(`${rest.map(escapeLine).join('\n')}\n`)
  const shown = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/:$/, '')}?`
  const answer = await editor.read({ text: `${escapeLine(shown)} [y/N] ` })
  return answer.kind === 'line' && /^y(es)?$/i.test(answer.text.trim())
}
