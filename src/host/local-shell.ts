import { spawn } from 'node:child_process'
import type { LocalShellOptions } from '../core/host.ts'

/**
 * Runs a line in the user's shell, on the terminal that the program has unless told otherwise.
 * @param line  empty: the shell itself, for whoever is at the terminal
 * @param shell its program; undefined: the system's own
 * @returns its exit code; 130 when Ctrl-C ended it
 */
export async function runLocally(
  line: string,
  shell: string | undefined,
  { input, output, directory }: LocalShellOptions,
): Promise<number> {
  const out = output === undefined ? 'inherit' : 'pipe'
  // What runs beside the prompt must not take its keys.
  const from = input !== undefined ? 'pipe' : output === undefined ? 'inherit' : 'ignore'
  const [program, own] =
    line === '' ? [shell || (process.platform === 'win32' ? process.env['ComSpec'] || 'cmd.exe' : '/bin/sh'), false] : [line, shell || true]
  const child = spawn(program, { shell: own, stdio: [from, out, out], ...(directory === undefined ? {} : { cwd: directory }) })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
  // One that can't be started is told of when its input is over.
  ended.catch(() => {})
  if (output !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.on('data', output)
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
