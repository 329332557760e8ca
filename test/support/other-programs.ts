import { accessSync, constants } from 'node:fs'
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { environment } from './environment.ts'
import { PATIENCE_MS } from './patience.ts'

/** Whether the machine has a program. */
export function has(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some(folder => isExecutable(join(folder, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What a program of others came to. */
export interface OtherRan {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program of others to its end; one that takes too long (patience.ts) is killed. */
export function runOther(
  [file = '', ...args]: readonly string[],
  { home, env, cwd, stdin = '' }: { home: string; env: Record<string, string>; cwd?: string; stdin?: string },
): Promise<OtherRan> {
  const child = spawn(file, args, { env: environment(env, home), cwd, stdio: 'pipe', timeout: PATIENCE_MS, killSignal: 'SIGKILL' })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }))
  })
}
