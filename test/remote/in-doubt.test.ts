import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { CbcError, interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { mayHaveChanged } from '../../src/engine/outcome.ts'
import { InDoubt } from '../../src/remote/in-doubt.ts'
import { upload } from '../../src/remote/transfer.ts'
import { failure } from '../api/support.ts'
import { FakeLedger } from '../support/ledger.ts'
import { DEVICE, error, type Seen } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const RM: CommandRequest = { name: 'delete file', path: 'C:\\x' }
const AT = { signal: NEVER, what: 'rm C:\\x' }
const DROPPED = new CbcError('network', 'the connection was dropped')
const isIssue = ({ method, path }: Seen) => method === 'POST' && path.endsWith('/commands')
const isStatus = ({ method, path }: Seen) => method === 'GET' && /\/commands\/\d+/.test(path)
const GET_IT = `look before you do it again: \`cbc lr command get ${DEVICE} 0\` shows how it ended`

/** A device whose commands take long, and whose service answers each request for their state like this. */
function deaf(answer: () => Error | { status: number; body?: unknown }) {
  const b = bench({ run: () => ({ takes: 3000 }) })
  b.service.before = seen => (isStatus(seen) ? answer() : undefined)
  return b
}

const ANSWERS: [string, () => Error | { status: number; body?: unknown }][] = [
  ...[401, 403, 429, 500, 503].map(status => [`with ${status}`, () => error(status, 'no')] as [string, () => { status: number }]),
  ['with a web page', () => ({ status: 200, body: '<html>' })],
  ['with something else', () => ({ status: 200, body: [] })],
  ['with nothing', () => DROPPED],
]

it('a change in doubt that is told in other words stays in doubt, whatever stopped the work', () => {
  const doubt = {
    what: 'rm C:\\x',
    deviceId: DEVICE,
    sessionId: 's',
    id: 3,
    state: { id: 3, name: 'delete file', status: 'PENDING' },
  } as const
  const told = new InDoubt('timeout', 'rm C:\\x: not finished', doubt).with('p.yaml:3:8: rm C:\\x: not finished')
  expect([mayHaveChanged(told), told.message, told.facts.hint]).toEqual([
    true,
    'p.yaml:3:8: rm C:\\x: not finished',
    expect.stringContaining(`cbc lr command get ${DEVICE} 3`),
  ])
})

describe('a change whose state can no longer be read', () => {
  it.each(ANSWERS)('has an unknown outcome, and shows its number and how to look: answered %s', async (_, answer) => {
    const b = deaf(answer)
    expect(await b.run(failure((await b.open()).issue(RM, AT)))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(/^rm C:\\x: .*it was started/) as string,
      facts: { device_id: DEVICE, hint: GET_IT },
    })
    expect(b.service.issued).toEqual(['delete file'])
  })

  it.each(ANSWERS)('until its time is up has an unknown outcome as well: answered %s', async (_, answer) => {
    const b = deaf(answer)
    const session = await b.open()
    expect(await b.run(failure(session.issue(RM, { ...AT, timeoutMs: 500 })))).toMatchObject({
      code: 'unknown_outcome',
      facts: { hint: GET_IT },
    })
  })

  it('leaves its session open for a look and says so, and `lr gc` knows of it', async () => {
    const b = deaf(() => error(403, 'no'))
    const ledger = new FakeLedger()
    const session = await b.open({ ledger: ledger.of('here') })
    await b.run(failure(session.issue(RM, AT)))
    await b.run(session.close())
    expect([...b.service.sessions.keys()]).toEqual([session.id])
    expect(b.notices).toEqual([`session ${session.id} stays open so that you can look; \`cbc lr session close ${DEVICE}\` closes it`])
    expect(ledger.of('later').entries()).toMatchObject([{ trace: { session_id: session.id }, used: false }])
  })

  it('leaves a session open that it took over from a run that had crashed, because its hint names that session', async () => {
    const b = deaf(() => error(403, 'no'))
    const ledger = new FakeLedger()
    const { id } = await b.open({ ledger: ledger.of('crashed') })
    ledger.dead.add('crashed')
    const session = await b.open({ ledger: ledger.of('here') })
    expect(await b.run(failure(session.issue(RM, AT)))).toMatchObject({ facts: { hint: GET_IT } })
    await b.run(session.close())
    expect([session.id, ...b.service.sessions.keys()]).toEqual([id, id])
    expect(b.notices.at(-1)).toMatch(/stays open so that you can look/)
  })

  it('differs from a read, which fails as the request did', async () => {
    const b = deaf(() => error(403, 'no'))
    const session = await b.open()
    expect(await b.run(failure(session.issue({ name: 'process list' }, AT)))).toMatchObject({ code: 'auth' })
    await b.run(session.close())
    expect(b.service.sessions.size).toBe(0)
  })
})

describe('a change that is given up', () => {
  it('just as it ended counts as ended', async () => {
    const b = bench({ run: () => ({ takes: 1000 }) })
    const session = await b.open()
    b.service.before = async seen => {
      // The last request before the deadline is answered late.
      if (isStatus(seen) && seen.path.endsWith('wait=true') && seen.at > b.service.seen[0]!.at + 500) await b.clock.sleep(5000)
      return undefined
    }
    expect(await b.run(session.issue(RM, { ...AT, timeoutMs: 2000 }))).toMatchObject({ status: 'COMPLETE' })
  })

  it.each([
    ['while it is carried out says so', 60_000, 'interrupted; rm C:\\x: it is still under way', { hint: GET_IT }],
    ['after it was done says so', 300, 'interrupted; rm C:\\x: it was done', {}],
  ])('%s', async (_, takes, message, facts) => {
    const b = bench({ run: () => ({ takes }) })
    const session = await b.open()
    b.service.before = async seen => {
      if (isStatus(seen) && seen.path.endsWith('wait=true')) await b.clock.sleep(1000)
      return undefined
    }
    const work = (signal: AbortSignal) => failure(session.issue(RM, { ...AT, signal }))
    expect(await abortedWhen(b, work, () => b.clock.now() > (b.service.seen.find(isIssue)?.at ?? Infinity) + 500, interrupted())).toEqual(
      expect.objectContaining({ code: 'interrupted', message, facts: { device_id: DEVICE, ...facts } }),
    )
  })

  it('before any answer arrived says that it may have happened', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = async seen => {
      if (isIssue(seen)) await b.clock.sleep(40_000)
      return undefined
    }
    const thrown = await abortedWhen(
      b,
      signal => failure(session.issue(RM, { ...AT, signal })),
      () => b.service.issued.length === 1,
      interrupted(),
    )
    expect(thrown).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; rm C:\\x: no answer came; it may or may not have happened',
      facts: { hint: expect.stringContaining(`cbc lr command list ${DEVICE}`) as string },
    })
  })

  it('while its lost answer is looked for says that it may have happened', async () => {
    const b = bench()
    const session = await b.open()
    b.service.before = seen => (isIssue(seen) ? DROPPED : undefined)
    const work = (signal: AbortSignal) => failure(session.issue(RM, { ...AT, signal }))
    expect(
      await abortedWhen(b, work, () => b.service.calls.at(-1)?.startsWith('GET') === true && b.service.issued.length === 1, interrupted()),
    ).toMatchObject({
      code: 'interrupted',
      message: 'interrupted; rm C:\\x: the connection was dropped; it may or may not have happened',
    })
  })

  it('before it was sent is only interrupted', async () => {
    const b = bench()
    const session = await b.open()
    const reason = interrupted()
    expect(await b.run(failure(session.issue(RM, { ...AT, signal: AbortSignal.abort(reason) })))).toBe(reason)
    expect(b.service.issued).toEqual([])
  })
})

describe('a file that was uploaded but cannot be checked', () => {
  const source = {
    path: '/x',
    name: 'x',
    size: 3,
    modified: 0,
    bytes: async function* () {
      yield Buffer.from('abc')
    },
  }

  it.each([403, 500])('is reported as written but unchecked: %i', async status => {
    const b = bench()
    b.service.before = seen => (isIssue(seen) && (seen.body as CommandRequest).name === 'directory list' ? error(status, 'no') : undefined)
    const session = await b.open()
    expect(await b.run(failure(upload(session, source, 'C:\\x', { signal: NEVER, progress: SILENT })))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringContaining('the file was written') as string,
    })
  })
})
