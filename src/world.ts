import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { interrupted } from './core/errors.ts'
import type { World } from './core/world.ts'
import { VERSION } from './version.ts'
import { clock, random } from './world/clock.ts'
import { localFiles } from './world/local-files.ts'
import { processOutput, wantsColor } from './world/output.ts'
import { credentialsFiles, stateDirectory } from './world/places.ts'

/**
 * Composes the real world: the only reader of the process, its streams and its environment. What costs time to load is loaded when it is asked for.
 * @param color false: `--no-color` was given
 */
export function realWorld(color: boolean): World {
  const { env, platform, stdin, stdout, stderr } = process
  const interrupt = new AbortController()
  const listeners: (() => void)[] = []
  const state = stateDirectory(env, platform)
  let interrupts = 0

  const onSignal = (signal: NodeJS.Signals) => {
    const listener = signal === 'SIGINT' ? listeners.at(-1) : undefined
    if (listener !== undefined) return listener()
    interrupts += 1
    // The first one ends the work and cleans up; who insists gets his prompt back at once.
    if (interrupts > 1) process.exit(130)
    interrupt.abort(interrupted())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)

  return {
    env, clock, random,
    version: VERSION,
    stdin: { isTerminal: stdin.isTTY === true, stream: stdin },
    stdout: processOutput(stdout, wantsColor(stdout, env, !color)),
    stderr: processOutput(stderr, wantsColor(stderr, env, !color)),
    terminal: {
      output: stdout,
      raw: on => { if (stdin.isTTY) stdin.setRawMode(on) },
      columns: () => stdout.columns ?? 80,
      rows: () => stdout.rows ?? 24,
      onResize(listener) {
        stdout.on('resize', listener)
        return () => stdout.off('resize', listener)
      },
    },
    local: localFiles,
    interrupt: interrupt.signal,
    onInterrupt(listener) {
      listeners.push(listener)
      return () => { listeners.splice(listeners.lastIndexOf(listener), 1) }
    },
    credentialsFiles: () => credentialsFiles(env, platform, process.cwd()),
    historyFile: profile => join(state, 'history', `${profile.replace(/[^\w.-]/g, '_')}.txt`),
    network: async () => (await import('./world/transport.ts')).networkTransport(),
    lab: async (settings = {}) => (await import('./world/lab.ts')).openLabService(state, settings),
    localShell: async (line, input) => await runLocal(line, input),
  }
}

/** Runs a line in the user's shell, on the terminal that the program has. */
async function runLocal(line: string, input?: AsyncIterable<Uint8Array>): Promise<number> {
  const child = spawn(line, { shell: process.env['SHELL'] ?? true, stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
  if (input !== undefined && child.stdin !== null) {
    // A command that reads no further (`head`) closes its end; that is not an error.
    child.stdin.on('error', () => {})
    for await (const chunk of input) {
      if (child.stdin.destroyed) break
      if (!child.stdin.write(chunk)) await Promise.race([new Promise(resolve => child.stdin?.once('drain', resolve)), ended])
    }
    child.stdin.end()
  }
  return await ended
}
