import { linked, timer } from '../../core/abort.ts'
import type { Cache, Clock } from '../../core/ports.ts'

/** A device as completion knows it. */
export interface KnownDevice {
  id: number
  name: string
  /** What it is, in a few words. */
  about: string
}

/** What the service said of devices that hold a text. */
export interface Found {
  devices: KnownDevice[]
  /** These are all that there are. */
  whole: boolean
}

/** An answer is as good as a new one for this long, and better than none for a day; milliseconds. */
const FRESH_MS = 5 * 60_000
const STALE_MS = 24 * 3_600_000
/** After a failure the service is left alone for this long, so that not every Tab waits; milliseconds. */
const REST_AFTER_FAILURE_MS = 30_000
/** As long as a shell is kept waiting at most, milliseconds. */
const LOOKUP_TIMEOUT_MS = 1500
/** Answers that are kept; the first of all is among them. */
const MAX_CACHED_ANSWERS = 20

interface Remembered extends Found {
  /** In lower case; empty: any. */
  text: string
  /** When it was asked, ms since 1970. */
  at: number
}

interface Memory {
  answers: Remembered[]
  /** When the service last failed, ms since 1970. */
  failed?: number
}

export interface Asking {
  cache: Cache
  clock: Clock
  /** Asks the service for the devices that hold a text. */
  ask(text: string, signal: AbortSignal): Promise<Found>
}

/**
 * Devices that hold what is typed, from the answers of the last minutes, or from the service within a moment. Where that fails, what was
 * known
 * before is better than nothing. Never throws.
 */
export async function knownDevices(typed: string, asking: Asking): Promise<KnownDevice[]> {
  const text = typed.toLowerCase()
  const memory = remembered(await asking.cache.read().catch(() => undefined))
  const now = asking.clock.now()
  const usable = (within: number) =>
    memory.answers.find(one => (one.text === text || (one.whole && text.includes(one.text))) && age(one.at, now) < within)
  const known = usable(FRESH_MS)
  if (known !== undefined) return known.devices
  if (memory.failed === undefined || age(memory.failed, now) >= REST_AFTER_FAILURE_MS) {
    // All devices at once where the organization is small enough, as one answer then serves all that is typed.
    const large = memory.answers.some(one => one.text === '' && !one.whole && age(one.at, now) < STALE_MS)
    await learn(large && text !== '' ? [text] : ['', text], memory, asking)
  }
  return (usable(FRESH_MS) ?? usable(STALE_MS) ?? memory.answers.find(one => one.text === ''))?.devices ?? []
}

/** Asks for one text after the other until all is known, no longer than a shell can be kept waiting. */
async function learn(texts: readonly string[], memory: Memory, { cache, clock, ask }: Asking): Promise<void> {
  const late = linked()
  const work = async () => {
    for (const text of texts) {
      const found = await ask(text, late.signal)
      if (late.signal.aborted) return
      memory.answers = [{ ...found, text, at: clock.now() }, ...memory.answers.filter(one => one.text !== text)]
      if (found.whole) return
    }
  }
  // What doesn't listen to the signal, such as the look-up of a name, isn't waited for either.
  let stop = () => {}
  const bound = new Promise<never>((_, reject) => {
    stop = timer(clock, LOOKUP_TIMEOUT_MS, () => {
      late.abort(new Error('a shell waits'))
      reject(late.signal.reason)
    })
  })
  try {
    await Promise.race([work(), bound])
    delete memory.failed
  } catch {
    memory.failed = clock.now()
  } finally {
    stop()
  }
  const first = memory.answers.filter(one => one.text === '')
  memory.answers = [...first, ...memory.answers.filter(one => one.text !== '').slice(0, MAX_CACHED_ANSWERS - 1)]
  await cache.write(JSON.stringify(memory)).catch(() => {})
}

/** What the cache holds; what is damaged counts as nothing. */
function remembered(text: string | undefined): Memory {
  try {
    const memory = JSON.parse(text ?? '') as Memory
    const good = memory.answers.every(
      ({ text: of, at, whole, devices }) =>
        typeof of === 'string' &&
        typeof at === 'number' &&
        typeof whole === 'boolean' &&
        devices.every(device => typeof device.id === 'number' && typeof device.name === 'string' && typeof device.about === 'string'),
    )
    if (good && ['undefined', 'number'].includes(typeof memory.failed)) return memory
  } catch {
    /* as if there were none */
  }
  return { answers: [] }
}

/** A clock that was set back makes everything old. */
function age(at: number, now: number): number {
  return now < at ? Infinity : now - at
}
