/** What has to be known of processes to find out whether the one that left something half done is still at it. */
export interface Processes {
  readonly pid: number
  /** Whether a process with this id runs; true also when it is somebody else's. */
  alive(pid: number): boolean
  /** When a process started, in a count that tells it from a later one with the same pid; undefined where that can't be known. */
  startOf(pid: number): string | undefined
}

/** Who holds a lock or runs a command: a name that no other process has, not even a later one with the same pid. */
export interface Owner {
  readonly self: string
  alive(who: string): boolean
}

/** Names this process, and tells whether another named one still lives. */
export function ownerOf(processes: Processes): Owner {
  return {
    self: `${processes.pid}@${processes.startOf(processes.pid) ?? ''}`,
    alive(who) {
      const [, pid, start] = /^(\d+)@(.*)$/.exec(who) ?? []
      // A name that is none, such as that in a file which a full disk left empty, is nobody's.
      if (pid === undefined || !processes.alive(Number(pid))) return false
      const now = processes.startOf(Number(pid))
      return now === undefined || start === '' || start === now
    },
  }
}

/** The owner of what no other process can see. */
export const ALONE: Owner = { self: '', alive: () => true }
