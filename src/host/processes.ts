import { readFileSync } from 'node:fs'
import type { Processes } from '../core/owner.ts'

/** The processes of this machine, for finding out whether the owner of a lock or ledger file is dead. */
export const processes: Processes = {
  pid: process.pid,
  /** Whether a process with this id runs, also one of another user. */
  alive(pid: number): boolean {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  },
  startOf,
}

/**
 * Returns when a process started, in the kernel's clock ticks (proc(5), field 22): pids are reused, but never together with this. Undefined
 * on systems without /proc.
 */
function startOf(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The program's name, field 2, is in parentheses and may contain anything, including blanks and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? 'dead' : rest[18]
}
