import { describe, expect, it } from 'vitest'
import { parseHealthPort, WorkerHealth } from '../../../src/cli/worker/health.ts'
import { CbcError } from '../../../src/core/errors.ts'
import type { WorkerEvent } from '../../../src/queue/worker-options.ts'

const AWAY: WorkerEvent = { event: 'away', why: new CbcError('network', 'db.example.com: connection refused') }
const READY: WorkerEvent = { event: 'ready', server: 'postgres://db.example.com/cbc', name: 'me', parallel: 32 }
const BEGUN: WorkerEvent = { event: 'begun', run: 'run', device: { id: 1 }, takenOver: false }
const ENDED: WorkerEvent = { event: 'ended', run: 'run', device: { id: 1 }, state: 'done', ms: 1 }

describe('the health of a worker', () => {
  it.each<[string, WorkerEvent[], boolean, Record<string, unknown>]>([
    ['is not there before it is ready', [], false, { status: 'starting' }],
    [
      'is not there while the server is away from the start',
      [AWAY],
      false,
      { status: 'away', error: 'db.example.com: connection refused' },
    ],
    ['is not there before it takes devices, though the server came', [AWAY, { event: 'back' }], false, { status: 'starting' }],
    ['is there once it takes devices', [READY], true, { status: 'working', running: 0 }],
    ['is not there while the server is away', [READY, BEGUN, AWAY], false, { status: 'away', running: 1 }],
    ['is there when the server is back', [READY, BEGUN, AWAY, { event: 'back' }, ENDED], true, { status: 'working', running: 0 }],
    [
      'is not there once it ends, whatever else happens',
      [READY, { event: 'ending', running: 1 }, { event: 'back' }],
      false,
      { status: 'ending' },
    ],
  ])('%s', (_what, events, ok, facts) => {
    const health = new WorkerHealth({ now: () => 0 })
    for (const event of events) health.note(event)
    expect(health.now()).toMatchObject({ ok, facts })
  })

  it('tells since when', () => {
    let now = Date.UTC(2026, 10, 30)
    const health = new WorkerHealth({ now: () => now })
    now += 5000
    health.note(READY)
    now += 5000
    health.note(BEGUN)
    expect(health.now().facts['since']).toBe('2026-11-30T00:00:05Z')
  })
})

describe('--health-port', () => {
  it.each([
    ['8089', { host: '127.0.0.1', port: 8089 }],
    ['0.0.0.0:8089', { host: '0.0.0.0', port: 8089 }],
    ['[::1]:1', { host: '::1', port: 1 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
  ])('%s is understood', (text, at) => {
    expect(parseHealthPort(text)).toEqual(at)
  })

  it.each(['', 'x', '0', '65536', '-1', 'http://localhost:80', ':80', 'a b:80'])('%j is not', text => {
    expect(() => parseHealthPort(text)).toThrow('is not a port')
  })
})
