/** Milliseconds in which a program that is stopped is stopped; with no shell above it the system lets it run on. */
const STOPPED = 100

/** Stops this program and its process group (SIGTSTP), and waits until it goes on (SIGCONT). On Windows there is nothing of the kind. */
export async function suspend(platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return
  await new Promise<void>(resolve => {
    const goOn = () => {
      clearTimeout(timer)
      process.off('SIGCONT', goOn)
      resolve()
    }
    // After a stop it is due before SIGCONT is told, which goes first.
    const timer = setTimeout(() => setImmediate(goOn), STOPPED)
    process.on('SIGCONT', goOn)
    process.kill(0, 'SIGTSTP')
  })
}
