import { describe, expect, it } from 'vitest'
import type { Trace } from '../../src/core/ledger.ts'
import { interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { execute } from '../../src/remote/exec.ts'
import { fetchBytes, upload } from '../../src/remote/transfer.ts'
import { failure } from '../api/support.ts'
import { FakeLedger } from '../support/ledger.ts'
import { DEVICE, error, type FakeService } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const WORK = { signal: NEVER, progress: SILENT }
const SOURCE = {
  path: '/x',
  name: 'x',
  size: 3,
  modified: 0,
  bytes: async function* () {
    yield Buffer.from('abc')
  },
}

/** A service for fetching and putting files, and its ledger. */
function traced() {
  const ledger = new FakeLedger()
  const b = bench({
    run(request, service: FakeService) {
      if (request.name === 'get file') return { meanwhile: {}, result: { file_details: { file_id: service.stage('abc') } } }
      return request.name === 'directory list'
        ? { result: { files: [{ filename: 'x', size: 3 }] } }
        : { result: { process_details: { pid: 1, return_code: 0 } } }
    },
  })
  /** `METHOD path` of the requests before the first entry of each kind. */
  const before = new Map<string, string[]>()
  ledger.onNote = ({ kind }) => {
    if (!before.has(kind)) before.set(kind, [...b.service.calls])
  }
  return { ...b, ledger, before, opened: (run = 'here', more = {}) => b.open({ ledger: ledger.of(run), ...more }) }
}

async function drained(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes) continue
}

describe('a session', () => {
  it('is recorded before it is started, then under its id, and removed from the ledger when it is closed', async () => {
    const t = traced()
    const session = await t.opened()
    expect(t.before.get('session')).toEqual([])
    expect(t.ledger.noted).toEqual([{ kind: 'session', device_id: DEVICE }])
    expect(t.ledger.traces).toEqual([{ kind: 'session', device_id: DEVICE, session_id: session.id, joined: false }])
    await t.run(session.close())
    expect(t.ledger.traces).toEqual([])
  })

  it('stays recorded when closing it fails', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.before = ({ method }) => (method === 'DELETE' ? error(500, 'Broken') : undefined)
    await t.run(session.close())
    expect(t.ledger.traces).toMatchObject([{ session_id: session.id }])
  })

  it('is removed from the ledger when it was refused, and stays when it may have been started', async () => {
    const t = traced()
    t.service.before = ({ method }) => (method === 'POST' ? error(403, 'Live Response Not Enabled') : undefined)
    await t.run(failure(t.opened()))
    expect(t.ledger.traces).toEqual([])
    let down = false
    t.service.before = ({ method }) => {
      down ||= method === 'POST'
      return down ? error(500, 'Broken') : undefined
    }
    await t.run(failure(t.opened()))
    expect(t.ledger.traces).toEqual([{ kind: 'session', device_id: DEVICE }])
  })

  it('that cannot be closed is reported, with the reason and the command that closes it', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.before = ({ method }) => (method === 'DELETE' ? error(403, 'Forbidden') : undefined)
    await t.run(session.close())
    expect(t.notices).toEqual([`left behind: session ${session.id}: Forbidden; \`cbc lr gc\` closes it, or its idle time does`])
    expect(t.ledger.of('later').entries()).toMatchObject([{ used: false }])
  })

  it.each([
    ['unclear', 500],
    ['a timeout from a gateway before the service', 408],
  ])('that was started without an answer is closed again if it can be found: %s', async (_, status) => {
    const t = traced()
    t.service.before = ({ method, path }) => {
      if (method !== 'POST' || path !== '/sessions') return undefined
      t.service.occupy(0)
      return error(status, 'Broken')
    }
    await t.run(failure(t.opened()))
    expect([t.ledger.traces, t.service.sessions.size]).toEqual([[], 0])
  })

  it('that may have been started and is not listed stays recorded, for `lr gc`', async () => {
    const t = traced()
    t.service.before = ({ method, path }) => {
      if (method === 'GET' && path === '/sessions') return { status: 204 }
      return method === 'POST' ? error(408, 'Request Timeout') : undefined
    }
    await t.run(failure(t.opened()))
    expect(t.ledger.of('later').entries()).toMatchObject([{ trace: { kind: 'session', device_id: DEVICE }, used: false }])
  })

  it('that may have been started is reported when the key may not list sessions', async () => {
    const t = traced()
    t.service.before = ({ method, path }) => (path === '/sessions' ? error(method === 'GET' ? 403 : 500, 'no') : undefined)
    await t.run(failure(t.opened()))
    expect(t.notices).toEqual([expect.stringMatching(/^left behind: perhaps a session with WIN-FIN-01: no; `cbc lr gc`/)])
    expect(t.ledger.traces).toEqual([{ kind: 'session', device_id: DEVICE }])
  })

  it.each(['kept', 'detached'])('that is %s leaves nothing to remove', async how => {
    const t = traced()
    const session = await t.opened('here', { keep: how === 'kept' })
    if (how === 'detached') session.detach()
    await t.run(session.close())
    expect(t.ledger.traces).toEqual([])
    expect(t.service.sessions.size).toBe(1)
  })

  it('is replaced in the ledger too', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.lose(session.id)
    await t.run(session.issue({ name: 'process list' }, { signal: NEVER }))
    expect(t.ledger.traces).toEqual([{ kind: 'session', device_id: DEVICE, session_id: session.id, joined: false }])
  })

  it('that several runs use is closed by the last one to leave', async () => {
    const t = traced()
    const [first, second, third] = [await t.opened('first'), await t.opened('second'), await t.opened('third')]
    await t.run(first.close())
    t.ledger.dead.add('first')
    await t.run(second.close())
    expect(t.service.sessions.size).toBe(1)
    await t.run(third.close())
    expect([t.service.sessions.size, t.ledger.traces]).toEqual([0, []])
  })

  it('is closed by one of two runs that leave at the same moment', async () => {
    const t = traced()
    const [first, second] = [await t.opened('first'), await t.opened('second')]
    await t.run(Promise.all([first.close(), second.close()]))
    expect([t.service.sessions.size, t.ledger.traces]).toEqual([0, []])
  })

  it('of another caller is never closed', async () => {
    const t = traced()
    t.service.occupy(3)
    const [first, second] = [await t.opened('first'), await t.opened('second')]
    await t.run(first.close())
    await t.run(second.close())
    expect([t.service.sessions.size, t.ledger.traces]).toEqual([1, []])
  })
})

describe('a temporary file on the endpoint', () => {
  const OUT: Trace = { kind: 'file', device_id: DEVICE, path: 'C:\\Windows\\Temp\\cbc-uuid-1.out' }

  it('is recorded before the program is started, and removed from the ledger when it is deleted', async () => {
    const t = traced()
    const session = await t.opened()
    await t.run(execute(session, 'whoami', {}, WORK))
    expect(t.ledger.noted).toContainEqual(OUT)
    expect(t.before.get('file')?.some(call => call.endsWith('/commands'))).toBe(false)
    expect(t.ledger.traces).toMatchObject([{ kind: 'session' }])
  })

  it('stays recorded when it cannot be deleted', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.options.run = ({ name }) =>
      name === 'delete file'
        ? { result: { result_code: 0x80070005 } }
        : { result: { process_details: { pid: 1, return_code: 0 }, file_details: { file_id: t.service.stage('') } } }
    await t.run(execute(session, 'whoami', {}, WORK))
    expect(t.ledger.traces).toContainEqual(OUT)
    expect(t.notices).toEqual([`left behind on WIN-FIN-01: ${OUT.path}: access denied (0x80070005); \`cbc lr gc\` deletes it`])
    // `lr gc` of another run may remove it, even though this run is alive.
    expect(
      t.ledger
        .of('later')
        .entries()
        .find(({ trace }) => trace.kind === 'file'),
    ).toMatchObject({ used: false })
  })

  it('that is to be kept is not recorded', async () => {
    const t = traced()
    await t.run(execute(await t.opened(), 'whoami', { outputFile: 'C:\\out.txt' }, WORK))
    expect(t.ledger.noted.some(({ kind }) => kind === 'file')).toBe(false)
  })
})

describe('a file staged in the cloud', () => {
  it('is recorded before it is requested, then under its id, and removed from the ledger when it is deleted', async () => {
    const t = traced()
    const session = await t.opened()
    await t.run(drained(fetchBytes(session, 'C:\\x', {}, WORK)))
    expect(t.ledger.noted).toContainEqual({ kind: 'staged', device_id: DEVICE, session_id: session.id, path: 'C:\\x' })
    expect(t.before.get('staged')?.some(call => call.endsWith('/commands'))).toBe(false)
    expect(t.ledger.traces).toMatchObject([{ kind: 'session' }])
  })

  it('is recorded before it is uploaded, and removed from the ledger when it was put', async () => {
    const t = traced()
    const session = await t.opened()
    await t.run(upload(session, SOURCE, 'C:\\x', WORK))
    expect(t.before.get('staged')?.some(call => call.endsWith('/files'))).toBe(false)
    expect(t.ledger.traces).toMatchObject([{ kind: 'session' }])
  })

  it.each(['get', 'put'])('stays recorded under its id when deleting it fails: %s', async what => {
    const t = traced()
    const session = await t.opened()
    t.service.before = ({ method }) => (method === 'DELETE' ? error(500, 'Broken') : undefined)
    await t.run(what === 'get' ? drained(fetchBytes(session, 'C:\\x', {}, WORK)) : upload(session, SOURCE, 'C:\\x', WORK).then(() => {}))
    expect(t.ledger.traces).toContainEqual({
      kind: 'staged',
      device_id: DEVICE,
      session_id: session.id,
      path: 'C:\\x',
      file_id: t.service.staged[0],
    })
  })

  it.each(['get', 'put'])('that may not be deleted is reported, each of several: %s', async what => {
    const t = traced()
    const session = await t.opened()
    t.service.before = ({ method }) => (method === 'DELETE' ? error(403, 'Forbidden') : undefined)
    const again = () =>
      t.run(what === 'get' ? drained(fetchBytes(session, 'C:\\x', {}, WORK)) : upload(session, SOURCE, 'C:\\x', WORK).then(() => {}))
    await again()
    const line = `left behind: the cloud's copy of C:\\x: Forbidden; it is removed when session ${session.id} ends, or by \`cbc lr gc\``
    expect(t.notices).toEqual([line])
    for (let n = 0; n < 5; n++) await again()
    expect(t.notices).toEqual([line, line, line, `left behind: further copies in the cloud; \`cbc lr file list ${DEVICE}\` shows them`])
    expect(
      t.ledger
        .of('later')
        .entries()
        .filter(({ trace, used }) => trace.kind === 'staged' && !used),
    ).toHaveLength(6)
  })

  describe('by an upload without an answer', () => {
    const lost = async (files: ReturnType<typeof error>) => {
      const t = traced()
      const session = await t.opened()
      t.service.before = ({ method, path }) => (!path.endsWith('/files') ? undefined : method === 'POST' ? error(503, 'down') : files)
      await t.run(failure(upload(session, SOURCE, 'C:\\x', WORK)))
      return {
        ...t,
        left: t.ledger
          .of('later')
          .entries()
          .filter(({ trace, used }) => trace.kind === 'staged' && !used).length,
        line: `left behind: perhaps the cloud's copy of C:\\x (list staged files: no); it is removed when session ${session.id} ends`,
      }
    }

    it('is reported when it cannot be looked for, and stays recorded', async () => {
      const { notices, left, line } = await lost(error(403, 'no'))
      expect([notices, left]).toEqual([[line], 1])
    })

    it("is deleted by its name, and no other caller's is", async () => {
      const names = ['x', ...Array.from({ length: 5 }, (_, n) => `cbc-uuid-${n}-x`)]
      const { notices, left, service } = await lost({
        status: 200,
        body: names.map(name => ({ id: `id-${name}`, size: 1, file_name: name })),
      })
      expect([notices, left]).toEqual([[], 0])
      expect(service.calls.filter(call => call.startsWith('DELETE'))).toEqual([expect.stringMatching(/\/files\/id-cbc-uuid-\d-x$/)])
    })

    it('is reported when it was found and cannot be deleted, and stays recorded', async () => {
      const t = traced()
      const session = await t.opened()
      const names = Array.from({ length: 5 }, (_, n) => ({ id: `f${n}`, size: 1, file_name: `cbc-uuid-${n}-x` }))
      t.service.before = ({ method, path }) => {
        if (method === 'DELETE') return error(403, 'no')
        return path.endsWith('/files') ? (method === 'POST' ? error(503, 'down') : { status: 200, body: names }) : undefined
      }
      await t.run(failure(upload(session, SOURCE, 'C:\\x', WORK)))
      expect(t.notices).toEqual([
        `left behind: perhaps the cloud's copy of C:\\x (perhaps the cloud's copy of C:\\x: no); it is removed when session ${session.id} ends`,
      ])
      expect(t.ledger.of('later').entries()).toContainEqual(
        expect.objectContaining({ trace: expect.objectContaining({ kind: 'staged' }) as object, used: false }),
      )
    })

    it('stays recorded while it may still be on its way', async () => {
      const { notices, left } = await lost({ status: 200, body: [] })
      expect([notices, left]).toEqual([[], 1])
    })
  })

  it('whose command can no longer be read may exist: it is reported, and stays recorded', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.before = ({ method, path }) => (method === 'GET' && /\/commands\/\d+/.test(path) ? error(403, 'no') : undefined)
    expect(await t.run(failure(drained(fetchBytes(session, 'C:\\x', {}, WORK))))).toMatchObject({ code: 'auth' })
    expect(t.notices).toEqual([`left behind: perhaps the cloud's copy of C:\\x; it is removed when session ${session.id} ends`])
    expect(t.ledger.traces).toContainEqual({ kind: 'staged', device_id: DEVICE, session_id: session.id, path: 'C:\\x' })
  })

  it('by a command that was given up just as it ended is deleted', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.before = async ({ method, path }) => {
      if (method === 'GET' && path.endsWith('wait=true')) await t.clock.sleep(5000)
      return undefined
    }
    await abortedWhen(
      t,
      signal => failure(drained(fetchBytes(session, 'C:\\x', {}, { ...WORK, signal }))),
      () => t.service.issued.length > 0,
      interrupted(),
    )
    expect([t.service.staged, t.notices]).toEqual([[], []])
  })

  it('does not exist when the endpoint has no such file', async () => {
    const t = traced()
    const session = await t.opened()
    t.service.options.run = () => ({ result: { result_code: 0x80070002 } })
    await t.run(failure(drained(fetchBytes(session, 'C:\\x', {}, WORK))))
    expect(t.ledger.traces).toMatchObject([{ kind: 'session' }])
  })
})

it('a dry run records only its session', async () => {
  const t = traced()
  const session = await t.opened('here', { plan: () => {} })
  await t.run(failure(drained(fetchBytes(session, 'C:\\x', {}, WORK))).catch(() => {}))
  await t.run(failure(execute(session, 'whoami', {}, WORK)).catch(() => {}))
  expect(t.ledger.noted.map(({ kind }) => kind)).toEqual(['session'])
})
