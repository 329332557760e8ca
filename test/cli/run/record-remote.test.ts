import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Recorder } from '../../../src/cases/recorder.ts'
import { recordHandedOver, recordRemote } from '../../../src/cli/run/record-remote.ts'
import type { Several } from '../../../src/cli/run/work.ts'
import { CbcError } from '../../../src/core/errors.ts'
import { object } from '../../../src/core/result.ts'
import { testFolder } from '../../support/folder.ts'
import { testHost } from '../../support/host.ts'
import { chainOf } from '../../support/journal-chain.ts'

it('a change by workers is noted before they can have it, and what they say of each device after', async () => {
  const path = join(testFolder(), 'case')
  const { clock, random, local, caseFolder } = testHost()
  const folder = await caseFolder(path, { create: true })
  const recorder = new Recorder({ folder, clock, random, local, common: {}, clean: text => text, serviceTime: () => undefined })
  const work = {
    verb: { name: 'mkdir', effect: 'change' },
    input: { path: ['C:\\x'] },
    runtime: { case: recorder, typed: 'cbc lr mkdir A,B C:\\x' },
  } as unknown as Several
  await recordHandedOver(work, 'r1', 2)
  const made = { device: { id: 7, name: 'A' }, duration_ms: 12, bytes: 0 }
  await recordRemote(work, 'r1', { ...made, state: 'done', result: object({ path: 'C:\\x' }, []) }, 'ann@ws-2')
  await recordRemote(work, 'r1', { ...made, state: 'unknown', error: new CbcError('unknown_outcome', 'mkdir: lost') }, 'ann@ws-2')
  expect(chainOf(path).slice(1)).toMatchObject([
    { event: 'started', run: 'r1', verb: 'mkdir', devices: 2, line: 'cbc lr mkdir A,B C:\\x' },
    { event: 'finished', run: 'r1', outcome: 'done', worker: 'ann@ws-2', duration_ms: 12, device: { id: 7 }, result: { bytes: 17 } },
    { event: 'finished', outcome: 'unknown', error: { code: 'unknown_outcome' }, exit_code: 9 },
  ])
  await recordHandedOver({ ...work, verb: { name: 'ps', effect: 'read' } } as unknown as Several, 'r2', 2)
  expect(chainOf(path)).toHaveLength(4)
})
