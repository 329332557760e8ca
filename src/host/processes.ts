/** Processes of this machine, as those need to know them that find what a dead one left. */
export const processes = {
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
}
