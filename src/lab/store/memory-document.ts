import { Waitable } from './shared-document.ts'

/** A document that ends with the process. */
export class MemoryDocument<T> extends Waitable<T> {
  readonly #initial: () => T
  #state: T | undefined

  constructor(initial: () => T) {
    super(false)
    this.#initial = initial
  }

  /** Changes the state in place: a change that throws must have thrown before it changed anything. */
  override async update<R>(change: (state: T) => R): Promise<R> {
    try {
      return change(this.current())
    } finally {
      this.wake()
    }
  }

  /** Its JSON. */
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
