/** Milliseconds after which the stop must have taken effect; without a job-control shell the system ignores it. */
const STOP_TIMEOUT_MS = 100

/** Stops this program and its process group (SIGTSTP), and waits until it is continued (SIGCONT). Does nothing on Windows. */
export async function suspend(platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return
  await new Promise<void>(resolve => {
    const resume = () => {
      clearTimeout(timer)
      process.off('SIGCONT', resume)
      resolve()
    }
    // After a stop the timer is due before Node reports SIGCONT, which has to be handled first.
    const timer = setTimeout(() => setImmediate(resume), STOP_TIMEOUT_MS)
    process.on('SIGCONT', resume)
    process.kill(0, 'SIGTSTP')
  })
}
