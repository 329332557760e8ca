/** What is needed to find out whether the process that left something unfinished is still running. */
export interface Processes {
  readonly pid: number
  /** Whether a process with this id runs, of any user. */
  alive(pid: number): boolean
  /** When a process started, in a form that differs from that of a later process with the same pid; undefined where that can't be known. */
  startOf(pid: number): string | undefined
}

/** The holder of a lock or the runner of a command, by a name that no other process has, not even a later one with the same pid. */
export interface Owner {
  readonly self: string
  alive(who: string): boolean
}

/** Makes the name of this process, and a test whether a named process is still alive. */
export function ownerOf(processes: Processes): Owner {
  return {
    self: `${processes.pid}@${processes.startOf(processes.pid) ?? ''}`,
    alive(who) {
      const [, pid, start] = /^(\d+)@(.*)$/.exec(who) ?? []
      // An invalid name, as in a file that a full disk left empty, belongs to no process.
      if (pid === undefined || !processes.alive(Number(pid))) return false
      const now = processes.startOf(Number(pid))
      return now === undefined || start === '' || start === now
    },
  }
}

/** The owner of something that no other process can see. */
export const ALONE: Owner = { self: '', alive: () => true }
