import { run, type RunOptions, type RunResult } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'

/** A user with a lab of their own, whose state adds up from command to command. */
export interface Analyst {
  home: string
  env: Record<string, string>
  /** Runs `cbc` to its end. */
  cbc(...args: string[]): Promise<RunResult>
  /** With options: input, environment. */
  with(options: RunOptions, ...args: string[]): Promise<RunResult>
}

export function analyst(): Analyst {
  const home = testFolder()
  const env = { CBC_PROFILE: 'lab' }
  const withOptions = (options: RunOptions, ...args: string[]) =>
    run(args, { home, cwd: home, ...options, env: { ...env, ...options.env } })
  return { home, env, with: withOptions, cbc: (...args) => withOptions({}, ...args) }
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
