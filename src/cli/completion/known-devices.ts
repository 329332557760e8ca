import { linked, timer } from '../../core/abort.ts'
import type { Cache, Clock } from '../../core/ports.ts'

/** What completion knows about a device. */
export interface KnownDevice {
  id: number
  name: string
  /** What it is, in a few words. */
  about: string
}

/** The service's answer to a search for devices whose name contains a text. */
export interface Found {
  devices: KnownDevice[]
  /** Whether the answer contains all devices that match. */
  whole: boolean
}

/** An answer is used without asking again for five minutes, and if asking fails, for a day; milliseconds. */
const FRESH_MS = 5 * 60_000
const STALE_MS = 24 * 3_600_000
/** After a failure the service is not asked again for this long, so that not every Tab has to wait; milliseconds. */
const REST_AFTER_FAILURE_MS = 30_000
/** How long a shell is kept waiting at most, milliseconds. */
const LOOKUP_TIMEOUT_MS = 1500
/** How many answers are kept, including the one for all devices. */
const MAX_CACHED_ANSWERS = 20

interface Remembered extends Found {
  /** In lower case; empty: all devices. */
  text: string
  /** When the answer came, milliseconds since 1970. */
  at: number
}

interface Memory {
  answers: Remembered[]
  /** When the service last failed, milliseconds since 1970. */
  failed?: number
}

export interface Asking {
  cache: Cache
  clock: Clock
  /** Asks the service for the devices whose name contains a text. */
  ask(text: string, signal: AbortSignal): Promise<Found>
}

/**
 * Returns devices whose name contains what is typed: from a recent answer, or from the service. If the service fails or is slow, older
 * answers are used, since they are better than nothing. Never throws.
 */
export async function knownDevices(typed: string, asking: Asking): Promise<KnownDevice[]> {
  const text = typed.toLowerCase()
  const memory = parseMemory(await asking.cache.read().catch(() => undefined))
  const now = asking.clock.now()
  const usable = (within: number) =>
    memory.answers.find(one => (one.text === text || (one.whole && text.includes(one.text))) && age(one.at, now) < within)
  const known = usable(FRESH_MS)
  if (known !== undefined) return known.devices
  if (memory.failed === undefined || age(memory.failed, now) >= REST_AFTER_FAILURE_MS) {
    // Ask for all devices if the organization is small enough: then one answer serves everything that is typed.
    const large = memory.answers.some(one => one.text === '' && !one.whole && age(one.at, now) < STALE_MS)
    await learn(large && text !== '' ? [text] : ['', text], memory, asking)
  }
  return (usable(FRESH_MS) ?? usable(STALE_MS) ?? memory.answers.find(one => one.text === ''))?.devices ?? []
}

/** Asks for one text after the other until an answer is complete, no longer than a shell can be kept waiting. */
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
  // The race also ends the wait for work that ignores the signal, such as a DNS look-up.
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

/** Parses the content of the cache. Damaged content counts as none. */
function parseMemory(text: string | undefined): Memory {
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
    // A damaged cache counts as an empty one.
  }
  return { answers: [] }
}

/** Returns the age of an answer. If the clock was set back, every answer counts as old. */
function age(at: number, now: number): number {
  return now < at ? Infinity : now - at
}
