import { spawnSync } from 'node:child_process'

/** Whether this machine has a program, which then judges what we wrote. */
export function isHere(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Runs a program of this machine. */
export function tool(program: string, words: readonly string[], cwd?: string): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { status, out: stdout, err: stderr }
}
