/** What the program needs of the world. `world.ts` makes the real ones; tests make their own. */

/** Time, in milliseconds since 1970 UTC. */
export interface Clock {
  now(): number
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Unguessable randomness. */
export interface Random {
  /** A version 4 UUID, lower case. */
  uuid(): string
  /** A whole number, `0 <= n < limit`. */
  below(limit: number): number
}

/** How far a long operation has come. Units are the reporter's own: bytes, percent, entries. */
export interface Progress {
  /** Starts or renames the current step; `total` where it is known. */
  step(label: string, total?: number): void
  /** What is done of the current step, absolute, in the unit of `total`. */
  at(done: number): void
  /** The step is over; what is shown of it goes away. */
  end(): void
}

/** Progress that nobody looks at. */
export const SILENT: Progress = { step() {}, at() {}, end() {} }
