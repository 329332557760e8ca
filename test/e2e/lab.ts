import { testFolder } from '../support/folder.ts'
import { run, type RunOptions, type RunResult } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'

/** A user with a lab of their own, whose state adds up from command to command. */
export interface Analyst {
  home: string
  env: Record<string, string>
  /** Runs `cbc` to its end, within this process (run-here.ts). */
  cbc(...args: string[]): Promise<RunResult>
  /** With options: input, environment. */
  with(options: RunOptions, ...args: string[]): Promise<RunResult>
  /** Runs the built program to its end. */
  built(...args: string[]): Promise<RunResult>
}

export function analyst(): Analyst {
  const home = testFolder()
  const env = { CBC_PROFILE: 'lab' }
  const place = { home, cwd: home, env }
  return {
    home,
    env,
    cbc: (...args) => runHere(args, place),
    with: (options, ...args) => runHere(args, { ...place, ...options, env: { ...env, ...options.env } }),
    built: (...args) => run(args, place),
  }
}

/** What a failed command says as JSON. */
export function failure({ stderr }: Pick<RunResult, 'stderr'>): {
  code: string
  message: string
  hint: string | null
  [fact: string]: unknown
} {
  return (JSON.parse(stderr) as { error: { code: string; message: string; hint: string | null } }).error
}
