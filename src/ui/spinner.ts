import ora from 'ora'

export interface Spinner {
  stop(): void
}

/** A spinner on stderr whose text is asked for anew at each frame. It leaves the keys alone: they belong to the line editor. */
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
