import type * as FileSystem from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { Trace } from '../../src/core/ledger.ts'
import { random } from '../../src/host/clock.ts'
import { openLedger } from '../../src/host/ledger-file.ts'
import { ManualClock } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'

const { syncs } = vi.hoisted(() => ({ syncs: [] as number[] }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof FileSystem>()
  return {
    ...fs,
    fsyncSync(handle: number) {
      syncs.push(handle)
      fs.fsyncSync(handle)
    },
  }
})

it.each<[string, boolean, Trace]>([
  ['a file on the endpoint', true, { kind: 'file', device_id: 7, path: 'C:\\Windows\\Temp\\cbc-1.out' }],
  ['a program', true, { kind: 'program', device_id: 7, path: 'ping' }],
  ['a session, which ends by itself', false, { kind: 'session', device_id: 7 }],
  ['a staged file, which ends with its session', false, { kind: 'staged', device_id: 7, session_id: '1:7', path: 'C:\\x' }],
])('the note of %s waits for the disk: %s', (_what, waits, trace) => {
  const ledger = openLedger({
    directory: join(testFolder(), 'ledger'),
    place: 'https://a ORG',
    clock: new ManualClock(),
    random,
    warn() {},
    processes: { pid: 5_000_001, alive: () => true, startOf: () => undefined },
  })
  syncs.length = 0
  ledger.note(trace)
  expect(syncs.length > 0).toBe(waits)
})
