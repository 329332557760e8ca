import { SILENT, type Progress, type Wait } from '../core/ports.ts'

interface Step {
  label: string
  total: number | undefined
  unit: 'bytes' | 'percent'
  done: number
}

/** How far work has come that runs beside the prompt: it is shown nowhere, until somebody brings it to the terminal. */
export class JobProgress implements Progress {
  #to: Progress = SILENT
  #step: Step | undefined
  #status: ((columns: number) => string) | undefined
  #waits: { wait: Wait; over: () => void }[] = []

  /** How much of its step is done, percent, where that is known. */
  get percent(): number | undefined {
    if (this.#step?.total === undefined) return undefined
    const { done, total } = this.#step
    return Math.floor(Math.min(1, total === 0 ? 1 : done / total) * 100)
  }

  step(label: string, total?: number, unit: 'bytes' | 'percent' = 'bytes'): void {
    this.#step = { label, total, unit, done: 0 }
    this.#to.step(label, total, unit)
  }

  at(done: number): void {
    if (this.#step !== undefined) this.#step.done = done
    this.#to.at(done)
  }

  status(text: (columns: number) => string): void {
    this.#status = text
    this.#to.status(text)
  }

  end(): void {
    this.#step = this.#status = undefined
    this.#to.end()
  }

  wait(wait: Wait): () => void {
    const entry = { wait, over: this.#to.wait(wait) }
    this.#waits.push(entry)
    return () => {
      entry.over()
      this.#waits = this.#waits.filter(other => other !== entry)
    }
  }

  clear(open?: boolean): void {
    this.#to.clear(open)
  }

  hold(): () => void {
    return this.#to.hold()
  }

  /** From now on it is shown there, until the function returned is called. */
  showOn(progress: Progress): () => void {
    this.#turnTo(progress)
    return () => this.#turnTo(SILENT)
  }

  #turnTo(progress: Progress): void {
    if (this.#step !== undefined || this.#status !== undefined) this.#to.end()
    this.#to = progress
    for (const entry of this.#waits) {
      entry.over()
      entry.over = progress.wait(entry.wait)
    }
    if (this.#status !== undefined) progress.status(this.#status)
    if (this.#step === undefined) return
    const { label, total, unit, done } = this.#step
    progress.step(label, total, unit)
    progress.at(done)
  }
}
