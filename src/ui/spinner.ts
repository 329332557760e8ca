import ora from 'ora'

export interface Spinner {
  stop(): void
}

/** Opens a spinner on stderr that updates its text at each frame. It doesn't read keys: they belong to the line editor. */
export function openSpinner(text: () => string): Spinner {
  const spinner = ora({ text: text(), discardStdin: false })
  const timer = setInterval(() => {
    spinner.text = text()
  }, 100)
  timer.unref()
  spinner.start()
  return {
    stop() {
      clearInterval(timer)
      spinner.stop()
    },
  }
}
