import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { SingleFlight } from '../core/single-flight.ts'
import { contents } from '../remote/files.ts'
import type { Entry } from '../remote/normalize.ts'
import type { RemoteSession } from '../remote/session.ts'

/** Milliseconds for which a listing is taken for what is there: clients ask for each file by itself right after they listed them all. */
const FRESH_MS = 10_000
/** How many entries are remembered. */
const MAX_ENTRIES = 200_000

/** What a directory held when it was listed. */
export class Listing {
  readonly self: Entry | undefined
  readonly entries: readonly Entry[]
  readonly #windows: boolean
  #byName: ReadonlyMap<string, Entry> | undefined

  constructor({ self, entries }: { self: Entry | undefined; entries: readonly Entry[] }, windows: boolean) {
    this.self = self
    this.entries = entries
    this.#windows = windows
  }

  /** Returns the entry of a name, on Windows in any case, or of a short name. */
  find(name: string): Entry | undefined {
    const known = (this.#byName ??= this.#index())
    return known.get(name) ?? (this.#windows ? known.get(name.toLowerCase()) : undefined)
  }

  #index(): Map<string, Entry> {
    const index = new Map<string, Entry>()
    const valid = this.entries.filter(({ error }) => error === undefined)
    // A name goes before another one in other case, and that before a short name.
    if (this.#windows) {
      for (const entry of valid) index.set(String(entry['alternate_name']).toLowerCase(), entry)
      for (const entry of valid) index.set(entry.filename.toLowerCase(), entry)
    }
    for (const entry of valid) index.set(entry.filename, entry)
    return index
  }
}

interface Known {
  flight: SingleFlight<Listing>
  listing?: Listing
  /** Why it can't be listed. */
  failure?: CbcError
  /** Until when it is used, in monotonic milliseconds. */
  until: number
}

/** The endpoint's directories, remembered for some seconds. */
export class Listings {
  readonly #session: RemoteSession
  readonly #clock: Pick<Clock, 'monotonic'>
  /** The oldest first. */
  readonly #known = new Map<string, Known>()

  constructor(session: RemoteSession) {
    this.#session = session
    this.#clock = session.clock
  }

  /**
   * Lists a directory.
   * @param directory absolute, without a separator at its end except at a root
   * @throws CbcError not_found, remote: remembered too; any other
   */
  async of(directory: string, signal: AbortSignal): Promise<Listing> {
    const key = this.#keyOf(directory)
    const known = this.#fresh(key)
    if (known.failure !== undefined) throw known.failure
    if (known.listing !== undefined) return known.listing
    return await known.flight.join(async stop => await this.#list(directory, key, known, stop), signal)
  }

  /** Forgets a directory, because something in it was changed here. */
  forget(directory: string): void {
    this.#known.delete(this.#keyOf(directory))
  }

  #fresh(key: string): Known {
    const now = this.#clock.monotonic()
    const known = this.#known.get(key)
    if (known !== undefined && known.until > now) return known
    const fresh = { flight: new SingleFlight<Listing>(), until: Infinity }
    this.#known.delete(key)
    this.#known.set(key, fresh)
    return fresh
  }

  async #list(directory: string, key: string, known: Known, signal: AbortSignal): Promise<Listing> {
    try {
      const listing = new Listing(await contents(this.#session, directory, { signal }), this.#session.paths.windows)
      known.listing = listing
      this.#forgetOld()
      return listing
    } catch (error) {
      if (error instanceof CbcError && (error.code === 'not_found' || error.code === 'remote')) known.failure = error
      else if (this.#known.get(key) === known) this.#known.delete(key)
      throw error
    } finally {
      known.until = this.#clock.monotonic() + FRESH_MS
    }
  }

  /** Makes room: what is no longer fresh goes, and then the oldest. */
  #forgetOld(): void {
    const now = this.#clock.monotonic()
    let count = 0
    for (const [key, { until, listing }] of this.#known) {
      if (until <= now) this.#known.delete(key)
      else count += listing?.entries.length ?? 1
    }
    for (const [key, { listing }] of this.#known) {
      if (count <= MAX_ENTRIES || listing === undefined) continue
      count -= listing.entries.length
      this.#known.delete(key)
    }
  }

  #keyOf(directory: string): string {
    return this.#session.paths.windows ? directory.toLowerCase() : directory
  }
}
