import { spawn } from 'node:child_process'
import type { LocalShellOptions } from '../core/host.ts'

/**
 * Runs a line in the user's shell, on the program's own terminal unless the options say otherwise.
 * @param line  empty: an interactive shell
 * @param shell the shell's program; undefined: the system's default shell
 * @returns the exit code; 130 when Ctrl-C ended it
 */
export async function runLocally(
  line: string,
  shell: string | undefined,
  { input, output, directory }: LocalShellOptions,
): Promise<number> {
  const out = output === undefined ? 'inherit' : 'pipe'
  // A background command must not take the keys typed at the prompt.
  const from = input !== undefined ? 'pipe' : output === undefined ? 'inherit' : 'ignore'
  const [program, own] =
    line === '' ? [shell || (process.platform === 'win32' ? process.env['ComSpec'] || 'cmd.exe' : '/bin/sh'), false] : [line, shell || true]
  const child = spawn(program, { shell: own, stdio: [from, out, out], ...(directory === undefined ? {} : { cwd: directory }) })
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
  // A failure to start is reported below, after the input, so it must not count as unhandled until then.
  ended.catch(() => {})
  if (output !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.on('data', output)
  if (input !== undefined && child.stdin !== null) {
    // A command that stops reading (`head`) closes its end, which is not an error.
    child.stdin.on('error', () => {})
    for await (const chunk of input) {
      if (child.stdin.destroyed) break
      if (!child.stdin.write(chunk)) await Promise.race([new Promise(resolve => child.stdin?.once('drain', resolve)), ended])
    }
    child.stdin.end()
  }
  return await ended
}
