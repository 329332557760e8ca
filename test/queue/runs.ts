import fc from 'fast-check'
import type { EndState, JournalEntry } from '../../src/runs/journal.ts'
import type { Claim, RunEvent, RunStore, SharedRun } from '../../src/runs/run-store.ts'

/** A run to be shared, on devices of these ids. */
export function shared(run: string, ids: readonly number[], limits: Partial<SharedRun> = {}, words: string[] = []): SharedRun {
  const texts = { verb: 'ps', directory: '/', place: 'here', profile: 'p', who: 'me', begun: '2026-11-30T00:00:00Z' }
  return { record: { run, ...texts, words, devices: ids.map(id => ({ id })) }, ...limits }
}

/** An end of a device, as a worker tells it. */
export function end(id: number, state: EndState): JournalEntry & { state: EndState } {
  return { time: '2026-11-30T00:00:01Z', device_id: id, state }
}

/** Claims a device that can be had. */
export async function claimed(store: RunStore, run: string, id: number, worker = 'worker'): Promise<Claim> {
  const taking = await store.claim(run, id, worker)
  if (taking.kind !== 'claimed') throw new Error(`${run}, device ${id}: ${taking.kind}`)
  return taking.claim
}

/** Returns the last state of each device. */
export function states(events: readonly RunEvent[]): Record<number, string> {
  return Object.fromEntries(events.map(({ entry }) => [entry.device_id, entry.state]))
}

/** Few, so that several claim the same one. */
const DEVICES = [1, 2, Number.MAX_SAFE_INTEGER]
const device = fc.constantFrom(...DEVICES, 4)
/** One of the claims that were got so far, counted from the last. */
const claim = fc.nat(4)

export const LIMITS = fc.record({ canary: fc.nat(5), maxFailures: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] })

/** Something that is asked of a store. */
export const STEP = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('claim' as const), device }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('intent' as const), claim }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      claim,
      state: fc.constantFrom<EndState>('done', 'done', 'failed', 'offline', 'unknown'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      claim,
      state: fc.constantFrom('waiting' as const, 'not begun' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), devices: fc.array(device, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'read' as const, 'create' as const) }) },
)
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never

/** Asks a store for one thing after the other. @returns all answers and events, but for times */
export async function courseOf(store: RunStore, run: string, limits: Partial<SharedRun>, steps: readonly Step[]): Promise<unknown> {
  const claims: Claim[] = []
  const answers: unknown[] = []
  await store.create(shared(run, DEVICES, limits))
  for (const [index, step] of steps.entries()) {
    const answer = await ask(store, run, step, claims, `step ${index}`)
    answers.push([step, answer])
  }
  const whole = [...answers, await store.read(run), await store.events(run, 0, 999)]
  const TIMES = ['time', 'begun', 'since']
  return JSON.parse(JSON.stringify(whole, (key, value: unknown) => (TIMES.includes(key) ? 'a time' : value))) as unknown
}

async function ask(store: RunStore, run: string, step: Step, claims: Claim[], text: string): Promise<unknown> {
  switch (step.kind) {
    case 'claim': {
      const taking = await store.claim(run, step.device, text)
      if (taking.kind === 'claimed') claims.unshift(taking.claim)
      return taking
    }
    case 'again':
      return await store.again(run, step.devices)
    case 'stop':
      return await store.stop(run, text)
    case 'read':
      return await store.read(run)
    case 'create':
      return await store.create(shared(run, [1, 2, 4]))
    case 'intent':
    case 'settle':
    case 'release': {
      const held = claims[step.claim]
      if (held === undefined) return undefined
      if (step.kind === 'intent') return await store.intent(held, text)
      if (step.kind === 'release') return await store.release(held, step.state)
      return await store.settle(held, end(held.deviceId, step.state), text)
    }
  }
}
