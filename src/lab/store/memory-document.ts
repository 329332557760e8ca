import { Waitable } from './shared-document.ts'

/** A document in memory, which ends with the process. */
export class MemoryDocument<T> extends Waitable<T> {
  readonly #initial: () => T
  #state: T | undefined

  constructor(initial: () => T) {
    super(false)
    this.#initial = initial
  }

  /** Changes the state in place: a change that throws must do so before it changes anything. */
  override async update<R>(change: (state: T) => R): Promise<R> {
    try {
      return change(this.current())
    } finally {
      this.wake()
    }
  }

  /** Returns the state as JSON. */
  text(): string {
    return this.#state === undefined ? '' : JSON.stringify(this.#state)
  }

  forget(): void {
    this.#state = undefined
    this.wake()
  }

  protected override current(): T {
    this.#state ??= this.#initial()
    return this.#state
  }
}
