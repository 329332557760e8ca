import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFleet, type Fleet } from '../support/fleet.ts'
import { isFor } from '../../src/artifacts/definition.ts'
import { FORENSIC_ARTIFACTS, HAVE_SETS, readSet } from './public-sets.ts'

/** Commands that find out who has a profile, and what variables stand for. */
const FOR_VARIABLES = 20

describe.skipIf(!HAVE_SETS)('the public sets on an endpoint (CBC_TEST_DATA)', () => {
  let fleet: Fleet
  let before: string
  beforeEach(() => {
    fleet = openFleet()
    before = process.cwd()
    process.chdir(fleet.home)
  })
  afterEach(() => {
    process.chdir(before)
  })

  it('all Windows definitions at once look at each directory and key once, and would fetch each file once', async () => {
    const names = readSet(FORENSIC_ARTIFACTS)
      .definitions.filter(({ platforms }) => isFor(platforms, 'Windows'))
      .map(({ name }) => name)
    const { code, out } = await fleet.cbc([
      'lr',
      'collect',
      names.join(','),
      'WIN-FIN-01',
      '--artifacts',
      FORENSIC_ARTIFACTS,
      '--dry-run',
      '--json',
    ])
    expect(code).toBe(0)
    const planned = (JSON.parse(out) as { name: string; path: string }[]).map(({ name, path }) => `${name} ${path.toLowerCase()}`)
    expect(planned.length).toBe(new Set(planned).size)
    const looked = (await fleet.executions()).map(({ name, object }) => `${name} ${object.toLowerCase().replace(/\\$/, '')}`)
    expect(looked.length).toBeGreaterThan(300)
    // Each once, which is the floor. Which users there are is found out before.
    expect(looked.length).toBeLessThanOrEqual(new Set(looked).size + FOR_VARIABLES)
  }, 120_000)
})
