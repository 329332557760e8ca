import type { Clock, Random } from '../core/ports.ts'
import type { Blobs, Document } from './endpoint.ts'

export interface MachineOptions<Seed, State> {
  seed: Seed
  document: Document<State>
  blobs: Blobs
  clock: Clock
  random: Random
}

/** A simulated computer: its seed and its changes, with methods to read and change it. */
export abstract class SimulatedMachine<Seed, State, View> {
  readonly seed: Seed
  readonly blobs: Blobs
  readonly clock: Clock
  readonly random: Random
  readonly #document: Document<State>

  constructor({ seed, document, blobs, clock, random }: MachineOptions<Seed, State>) {
    this.seed = seed
    this.blobs = blobs
    this.clock = clock
    this.random = random
    this.#document = document
  }

  /** Changes the machine with exclusive access. If `change` throws, what it changed before is kept: it must check first. */
  change<R>(change: (view: View) => R): Promise<R> {
    return this.#document.update(state => change(this.view(state)))
  }

  /** Reads from the machine. */
  look<R>(look: (view: View) => R): Promise<R> {
    return this.#document.read(state => look(this.view(state)))
  }

  /** Returns the machine at this moment, each part of it made on first use: a command pays only for what it uses. */
  protected abstract view(state: State): View
}
