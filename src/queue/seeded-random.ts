import { createHash } from 'node:crypto'
import type { Random } from '../core/ports.ts'

/**
 * Chance that comes out the same for everybody who has the seed, which nobody can guess: the worker that takes a device over makes up the same
 * names of temporary files, and so recognizes what the first one has sent.
 */
export class SeededRandom implements Random {
  readonly #seed: string
  // Apart, so that how often something is tried changes no name.
  #uuids = 0
  #numbers = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  uuid(): string {
    const bytes = this.#bytes(`uuid ${this.#uuids++}`)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }

  below(limit: number): number {
    return Number(this.#bytes(`number ${this.#numbers++}`).readBigUInt64BE() % BigInt(limit))
  }

  #bytes(what: string): Buffer {
    return createHash('sha256').update(`${this.#seed} ${what}`).digest()
  }
}
