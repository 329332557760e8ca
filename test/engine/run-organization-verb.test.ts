import { expect, it } from 'vitest'
import { Devices, type Device } from '../../src/api/devices.ts'
import { runOrganizationVerb } from '../../src/engine/run-organization-verb.ts'
import type { Policy } from '../../src/engine/invoke.ts'
import type { Surroundings } from '../../src/engine/remote-job.ts'
import { defineOrganizationVerb } from '../../src/verbs/define-organization.ts'
import { many, required } from '../../src/verbs/define.ts'
import { list } from '../../src/core/result.ts'

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
    { connection, sources: {} } as unknown as Surroundings,
    signal,
  )
  expect(asked).toEqual(['poke 1 1 2'])
  expect(result).toMatchObject({ rows: [{ id: 1 }, { id: 1 }, { id: 2 }] })
})
