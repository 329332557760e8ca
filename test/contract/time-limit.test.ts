import { describe, expect, it } from 'vitest'
import { CASES, DEVICE, FAULTS, FaultBench, outcomeOf } from '../support/fault-matrix.ts'

const TIMEOUT = 6000
/** Time for cleaning up, in milliseconds: a few seconds for everything. */
const UNDOING = 10_000
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

/** Runs a line whose requests to `path` all meet a fault. @returns the number of these requests, and milliseconds */
async function met(path: string, fault: object, ...words: string[]): Promise<{ requests: number; took: number; code: number | 'killed' }> {
  const bench = new FaultBench()
  try {
    await bench.ask('PUT', '/lab/faults', [{ path, do: fault }])
    const from = bench.clock.monotonic()
    const { code } = await bench.cbc(['lr', ...words])
    const took = bench.clock.monotonic() - from
    const log = await bench.ask<{ path: string; fault?: string }[]>('GET', '/lab/log')
    return { requests: log.filter(entry => entry.fault !== undefined).length, took, code }
  } finally {
    await bench.close()
  }
}

describe('retries of several layers do not multiply', () => {
  it.each([
    ['the content of a file, fetched', '**/content', ['get', DEVICE, HOSTS, 'hosts']],
    ['the content of a file, shown', '**/content', ['cat', DEVICE, HOSTS]],
    ["a program's output", '**/content', ['exec', DEVICE, 'whoami.exe']],
    ['a list', '**/devices/_search', ['ls', DEVICE, 'C:\\Users']],
    ['a command that leaves a file in the cloud', '**/content', ['hash', DEVICE, HOSTS]],
  ])('%s is requested five times when the service has a problem', async (_, path, words) => {
    for (const fault of [{ status: 500 }, { drop: 'before' }, { garbage: 'html' }])
      expect((await met(path, fault, ...words)).requests, JSON.stringify(fault)).toBeLessThanOrEqual(5)
  })

  it('and a stalled line is given up after a few minutes', async () => {
    expect((await met('**/content', { stall: 0 }, 'get', DEVICE, HOSTS, 'hosts')).took).toBeLessThan(5 * 60_000)
  })
})

it('429 causes fewer requests than another failure in the same time', async () => {
  const [refused, failed] = [
    await met('**/content', { status: 429 }, 'get', DEVICE, HOSTS, 'hosts', '--timeout', '4s'),
    await met('**/content', { status: 500 }, 'get', DEVICE, HOSTS, 'hosts', '--timeout', '4s'),
  ]
  expect(refused.requests).toBeLessThan(failed.requests)
})

describe('--timeout limits the whole work', () => {
  it.each(CASES)('$call', async one => {
    const words = ['--timeout', `${TIMEOUT}ms`, ...one.words]
    for (const fault of [{ status: 500 }, { delay: '3m' }, { stall: 0 }, { status: 429, headers: { 'Retry-After': '2' } }]) {
      const { took, code, err } = await outcomeOf({ ...one, words }, fault)
      expect(took, `${JSON.stringify(fault)}: ${code} ${err}`).toBeLessThanOrEqual(TIMEOUT + UNDOING)
    }
  })

  it('of a walk too, even when nothing answers any more', async () => {
    expect(Object.keys(FAULTS)).toContain('stall')
    for (const words of [
      ['find', DEVICE, 'C:\\'],
      ['get', DEVICE, 'C:\\Users', 'here', '-r'],
      ['reg', 'query', DEVICE, 'HKLM', '-s'],
      ['ls', DEVICE, '-R', 'C:\\'],
    ]) {
      const { took } = await met('**/commands/*', { stall: 0 }, ...words, '--timeout', `${TIMEOUT}ms`)
      expect(took, words.join(' ')).toBeLessThanOrEqual(TIMEOUT + UNDOING)
    }
    expect((await met('**', { delay: '1h' }, 'rm', DEVICE, HOSTS, '--timeout', `${TIMEOUT}ms`)).took).toBeLessThanOrEqual(TIMEOUT + UNDOING)
  })
})
