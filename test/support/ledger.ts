import type { Ledger, LedgerEntry, Trace } from '../../src/core/ledger.ts'

interface StoredEntry {
  run: string
  trace: Trace
  left: boolean
}

/** A ledger in memory that several runs share. */
export class FakeLedger {
  readonly stored: StoredEntry[] = []
  readonly dead = new Set<string>()
  /** Everything that was ever recorded, in its original form. */
  readonly noted: Trace[] = []
  /** Called after each record. */
  onNote: (trace: Trace) => void = () => {}

  /** Returns the ledger as one run sees it. */
  of(run: string): Ledger {
    return {
      note: trace => {
        const stored: StoredEntry = { run, trace, left: false }
        this.stored.push(stored)
        this.noted.push(trace)
        this.onNote(trace)
        return {
          update: facts => {
            stored.trace = { ...stored.trace, ...facts } as Trace
          },
          release: () => {
            stored.left = true
          },
          strike: () => this.#strike(stored),
        }
      },
      entries: () =>
        this.stored.map((stored): LedgerEntry => ({
          trace: stored.trace,
          since: 0,
          used: !stored.left && !this.dead.has(stored.run),
          strike: () => this.#strike(stored),
        })),
    }
  }

  /** The current entries. */
  get traces(): Trace[] {
    return this.stored.map(({ trace }) => trace)
  }

  #strike(stored: StoredEntry): void {
    if (this.stored.includes(stored)) this.stored.splice(this.stored.indexOf(stored), 1)
  }
}
