import { describe, expect, it } from 'vitest'
import { Devices, type Device } from '../../src/api/devices.ts'
import { runOrganizationVerb } from '../../src/engine/run-organization-verb.ts'
import type { Policy } from '../../src/engine/invoke.ts'
import type { RuntimeContext } from '../../src/engine/remote-job.ts'
import {
  defineOrganizationVerb,
  type AnyOrganizationVerb,
  type OrganizationContext,
  type NameConfirmation,
} from '../../src/verbs/define-organization.ts'
import { many, required } from '../../src/verbs/define.ts'
import { CbcError } from '../../src/core/errors.ts'
import { list, type Result } from '../../src/core/result.ts'

const { signal } = new AbortController()
const KNOWN: Device[] = [{ id: 1, name: 'WIN-1' }]

/** An organization that grows with each search. */
class Growing extends Devices {
  override async search() {
    const results = [...KNOWN]
    KNOWN.push({ id: KNOWN.length + 1, name: `WIN-${KNOWN.length + 1}` })
    return { results, num_found: results.length }
  }
}

const verb = defineOrganizationVerb({
  name: 'poke',
  summary: 'pokes',
  examples: [],
  effect: 'change',
  options: {},
  arguments: { first: required('device', ''), all: many('device', '') },
  async plan({ first, all }, context) {
    const targets = [await context.device(first), ...(await context.targets(all))]
    return { targets, question: { what: `poke ${targets.map(({ id }) => id).join(' ')}` } }
  },
  run: async (_input, _context, targets) =>
    list(
      targets.map(({ id }) => ({ id })),
      [],
    ),
})

it('exactly what was confirmed is done, even if the service finds more when asked again', async () => {
  const connection = { devices: new Growing(undefined as never, 'ORG') }
  const asked: string[] = []
  const policy: Policy = {
    readOnly: false,
    yes: false,
    confirm: async ({ what }) => {
      asked.push(what)
      return true
    },
  }
  const result = await runOrganizationVerb(
    verb,
    { first: 'WIN-1', all: ['WIN-*'] },
    {},
    policy,
    { connection, sources: {} } as unknown as RuntimeContext,
    signal,
  )
  expect(asked).toEqual(['poke 1 1 2'])
  expect(result).toMatchObject({ rows: [{ id: 1 }, { id: 1 }, { id: 2 }] })
})

const AROUND = { connection: { devices: new Growing(undefined as never, 'ORG') }, sources: {} } as unknown as RuntimeContext
const SURE: Policy = { readOnly: false, yes: true }

/** A verb whose run is `run`. */
const running = (run: AnyOrganizationVerb['run'], over: Partial<AnyOrganizationVerb> = {}): AnyOrganizationVerb => ({
  name: 'poke',
  summary: 'pokes',
  examples: [],
  effect: 'change',
  options: {},
  arguments: {},
  run,
  ...over,
})

describe('a dry run', () => {
  const dry = async (run: AnyOrganizationVerb['run'], over: Partial<AnyOrganizationVerb> = {}) =>
    await runOrganizationVerb(running(run, over), {}, { dryRun: true }, SURE, AROUND, signal)
  const rowsOf = (result: Result) => (result.kind === 'list' ? result.rows : result)
  const never = async (): Promise<never> => {
    throw new Error('sent')
  }

  it('sends no change, and lists the request', async () => {
    const result = await dry(async (_input, context) => {
      await context.change({ name: 'delete', id: 1 }, never)
      return list([], [])
    })
    expect(result).toMatchObject({ rows: [{ name: 'delete', id: 1 }], columns: [{ key: 'name', title: 'request' }, { key: 'id' }] })
  })

  it('lists what can not be sent after the requests, and the result itself where there is none', async () => {
    const error = new CbcError('not_found', 'no such device')
    const mixed = async (_input: unknown, context: OrganizationContext) =>
      list(
        (async function* () {
          yield { id: 1, error }
          yield await context.change({ name: 'delete', id: 2 }, never)
        })(),
        [],
      )
    expect(rowsOf(await dry(mixed))).toEqual([
      { name: 'delete', id: 2 },
      { id: 1, error },
    ])
    expect(rowsOf(await dry(async () => list([{ id: 1, error }, { id: 2 }], [])))).toEqual([{ id: 2 }, { id: 1, error }])
  })

  it('of a read is the read itself, and a defect stays one', async () => {
    expect(rowsOf(await dry(async () => list([{ id: 1 }], []), { effect: 'read' }))).toEqual([{ id: 1 }])
    await expect(dry(never)).rejects.toThrow('sent')
  })

  it('asks nothing', async () => {
    const question = () => Promise.reject(new Error('asked'))
    const plan = async () => ({ targets: [], question })
    expect(rowsOf(await dry(async () => list([], []), { plan }))).toEqual([])
  })
})

describe('a change that is confirmed by the names of the devices', () => {
  const names = async (given: string[], typed?: string[], discarded: string[] = []) => {
    const nameConfirmation: NameConfirmation = {
      given,
      things: ['WIN-1', 'WIN-2'].map(name => ({ question: { what: `end ${name}` }, name })),
    }
    const plan = async () => ({ targets: [], nameConfirmation, discard: async () => void discarded.push('discarded') })
    const type = typed === undefined ? {} : { askForName: async () => typed.shift() ?? '' }
    const policy = { ...SURE, ...type }
    return await runOrganizationVerb(
      running(async () => list([{ done: true }], []), { plan }),
      {},
      {},
      policy,
      AROUND,
      signal,
    ).then(
      () => 'done',
      (error: Error) => error.message,
    )
  }

  it.each([
    ['given', ['win-2', ' WIN-1 '], undefined],
    ['typed', [], ['WIN-1', ' win-2']],
  ])('is made when each is %s, in any case', async (_, given, typed) => {
    expect(await names(given, typed)).toBe('done')
  })

  it.each([
    ['one of two given', ['WIN-1'], ['WIN-2'], 'poke: "WIN-1" is not the device\'s name, WIN-2; nothing was done'],
    ['the same typed twice', [], ['WIN-1', 'WIN-1'], 'poke: "WIN-1" is not the device\'s name, WIN-2; nothing was done'],
    ['nothing typed', [], [], 'poke: "" is not the device\'s name, WIN-1; nothing was done'],
    [
      'nobody there, even with --yes',
      [],
      undefined,
      'poke: refused, because nobody is there to type the name: this would end WIN-1, end WIN-2',
    ],
  ])('is refused, and what was prepared for it is discarded: %s', async (_, given, typed, message) => {
    const discarded: string[] = []
    expect(await names(given, typed, discarded)).toBe(message)
    expect(discarded).toEqual(['discarded'])
  })
})

describe('the time that an endpoint has', () => {
  const timeoutMs = async (globals: { timeout?: number }, own?: number) => {
    let seen: number | undefined
    const run = async (_input: unknown, context: OrganizationContext) => {
      seen = context.timeoutMs
      return list([], [])
    }
    await runOrganizationVerb(running(run, own === undefined ? {} : { timeoutMs: own }), {}, globals, SURE, AROUND, signal)
    return seen
  }

  it("is that of --timeout, else the verb's own, else two minutes", async () => {
    expect([await timeoutMs({ timeout: 1 }, 2), await timeoutMs({}, 2), await timeoutMs({})]).toEqual([1, 2, 120_000])
  })
})
