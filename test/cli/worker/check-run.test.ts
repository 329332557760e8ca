import { describe, expect, it } from 'vitest'
import { ofRuns, program } from '../../../src/cli/program.ts'
import { checkRun } from '../../../src/cli/worker/check-run.ts'
import type { CheckedRun } from '../../../src/queue/worker-options.ts'
import { openFleet } from '../../support/fleet.ts'
import { testHost } from '../../support/host.ts'

const PLACE = 'https://defense.example.com ABCD1234'
const fleet = openFleet({ rosterSize: 1 })
const host = testHost({ clock: fleet.clock })
const grammar = ofRuns(
  program(host, async () => Promise.reject(new Error('not for runs'))),
  host,
)

const record = (verb: string, words: readonly unknown[], more: object = {}) => ({
  record: {
    run: 'r-1',
    verb,
    words: ['lr', ...words],
    directory: '',
    place: PLACE,
    profile: 'p',
    who: 'w',
    begun: '2026-11-30T04:15:00Z',
    devices: [{ id: 1, name: 'WIN-FIN-01' }],
    ...more,
  },
})

const check = async (shared: unknown, { readOnly = false, hasStore = false } = {}): Promise<CheckedRun> => {
  const connection = { name: 'p', place: PLACE, readOnly: false } as never
  return await checkRun(shared, { grammar, runtime: { connection, clock: fleet.clock }, globals: readOnly ? { readOnly } : {}, hasStore })
}

describe('a run on a queue server is the input of a stranger', () => {
  it.each<[string, unknown, RegExp]>([
    ['no object', 'ps', /not a run/],
    ['nothing', {}, /not a run/],
    ['null', null, /not a run/],
    ['a run without words', { record: { ...record('ps', ['ps', 'x']).record, words: undefined } }, /not a run/],
    ['words that are no texts', record('ps', ['ps', 7]), /not a run/],
    ['more words than a command line has', record('ps', ['ps', ...Array.from({ length: 2000 }, () => 'x')]), /not a run/],
    ['a word of a megabyte', record('exec', ['exec', 'x', 'a'.repeat(1_000_000)]), /not a run/],
    ['a name that is a path', record('ps', ['ps', 'x'], { run: '../../etc' }), /not a run/],
    ['devices that are no ids', record('ps', ['ps', 'x'], { devices: [{ id: '1; rm' }] }), /not a run/],
    ['another organization', record('ps', ['ps', 'x'], { place: 'https://other.example.com EFGH5678' }), /another organization/],
    ['an unknown verb', record('format-disk', ['format-disk', 'x']), /no verb "format-disk"/],
    ['a verb of the prototype', record('constructor', ['constructor', 'x']), /no verb/],
    ['a command of the program itself', { record: { ...record('ps', []).record, words: ['config', 'set', 'token'] } }, /not understood/],
    ['a command on the organization', record('ps', ['session', 'list']), /not understood/],
    ['another verb than it says', record('ps', ['rm', 'x', 'C:\\y']), /not ps/],
    ['help', record('ps', ['ps', '--help']), /not ps/],
    ['an unknown option', record('ps', ['ps', 'x', '--evil']), /not understood/],
    ['a dry run', record('ps', ['ps', 'x', '--dry-run']), /dry run/],
    ['a file of the worker that is sent', record('put', ['put', 'x', '/etc/passwd', 'C:\\']), /file of this machine/],
    ['a script of the worker', record('script', ['script', 'x', '/root/x.ps1']), /file of this machine/],
    ['definitions of the worker', record('collect', ['collect', 'WindowsHostsFile', 'x', '--artifacts', '/etc']), /file of this machine/],
    ['a file that is brought home', record('get', ['get', 'x', 'C:\\y', '/root/.ssh']), /no place for them/],
  ])('%s is refused', async (_, shared, why) => {
    await expect(check(shared)).rejects.toThrow(why)
  })

  it('a change is refused where only reading is allowed, by the worker or by the run', async () => {
    await expect(check(record('rm', ['rm', 'x', 'C:\\y']), { readOnly: true })).rejects.toThrow(/--read-only/)
    await expect(check(record('rm', ['rm', 'x', 'C:\\y', '--read-only']))).rejects.toThrow(/--read-only/)
    expect((await check(record('ps', ['ps', 'x']), { readOnly: true })).job.verb.name).toBe('ps')
  })

  it('of the global options only those of time and fields are taken', async () => {
    const { job } = await check(
      record('ps', ['ps', 'x', '--timeout', '5s', '--profile', 'other', '--verbose', '--output', 'csv', '--columns', 'pid']),
    )
    expect(job.globals).toMatchObject({ timeout: 5000, columns: ['pid'] })
    for (const name of ['profile', 'verbose', 'output']) expect(job.globals).not.toHaveProperty(name)
    expect(job.policy).toMatchObject({ readOnly: false, yes: true })
  })

  it('what comes home is taken where the worker has a store', async () => {
    const run = await check(record('get', ['get', 'x', 'C:\\y', '--max-bytes-per-device', '1M']), { hasStore: true })
    expect(run.maxBytes).toBe(2 ** 20)
    const { job } = await check(record('collect', ['collect', 'WindowsHostsFile', 'WindowsRunKeys', 'x', '--into', '/root']), {
      hasStore: true,
    })
    expect(job.input).toMatchObject({ artifact: ['WindowsHostsFile', 'WindowsRunKeys'], artifacts: [] })
  })
})
