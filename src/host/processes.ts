import { readFileSync } from 'node:fs'
import type { Processes } from '../core/owner.ts'

/** Processes of this machine, as those need to know them that find what a dead one left. */
export const processes: Processes = {
  pid: process.pid,
  /** Whether a process with this id runs; true also when it is somebody else's. */
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
 * When a process started, in the kernel's own count (proc(5), field 22): pids are used again, this never is. Undefined where there is no
 * /proc.
 */
function startOf(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The program's name, field 2, is in parentheses and may hold anything, blanks and parentheses included.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? 'dead' : rest[18]
}
