import type { Ledger, LedgerEntry, Trace } from '../../src/core/ledger.ts'

interface Kept {
  run: string
  trace: Trace
  left: boolean
}

/** A ledger in memory that several runs share. */
export class FakeLedger {
  readonly kept: Kept[] = []
  readonly dead = new Set<string>()
  /** All that was ever noted, as it was when it was noted. */
  readonly noted: Trace[] = []
  /** Called as soon as something is noted. */
  onNote: (trace: Trace) => void = () => {}

  /** The ledger as a run sees it. */
  of(run: string): Ledger {
    return {
      note: trace => {
        const kept: Kept = { run, trace, left: false }
        this.kept.push(kept)
        this.noted.push(trace)
        this.onNote(trace)
        return {
          know: facts => {
            kept.trace = { ...kept.trace, ...facts } as Trace
          },
          leave: () => {
            kept.left = true
          },
          strike: () => this.#strike(kept),
        }
      },
      entries: () =>
        this.kept.map((kept): LedgerEntry => ({
          trace: kept.trace,
          since: 0,
          used: !kept.left && !this.dead.has(kept.run),
          strike: () => this.#strike(kept),
        })),
    }
  }

  /** What is noted now. */
  get traces(): Trace[] {
    return this.kept.map(({ trace }) => trace)
  }

  #strike(kept: Kept): void {
    if (this.kept.includes(kept)) this.kept.splice(this.kept.indexOf(kept), 1)
  }
}
