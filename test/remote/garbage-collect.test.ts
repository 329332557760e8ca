import { describe, expect, it } from 'vitest'
import type { Trace } from '../../src/core/ledger.ts'
import { SILENT } from '../../src/core/ports.ts'
import type { Row } from '../../src/core/result.ts'
import { collectGarbage } from '../../src/remote/garbage-collect.ts'
import { FakeLedger } from '../support/ledger.ts'
import { DEVICE, error, type ServiceOptions } from '../support/service.ts'
import { bench, NEVER } from './support.ts'

const OUT: Trace = { kind: 'file', device_id: DEVICE, path: 'C:\\Windows\\Temp\\cbc-1.out' }

/** A service, and a ledger with entries of a dead run and a living one. */
function leftovers(dead: Trace[], living: Trace[] = [], options: ServiceOptions = {}) {
  const b = bench(options)
  const ledger = new FakeLedger()
  for (const trace of dead) ledger.of('dead').note(trace)
  for (const trace of living) ledger.of('living').note(trace)
  ledger.dead.add('dead')
  const gather = async (planning: boolean) => {
    const rows: Row[] = []
    for await (const row of collectGarbage({
      ...b.options,
      ledger: ledger.of('gc'),
      progress: SILENT,
      signal: NEVER,
      notice: line => {
        b.notices.push(line)
      },
      planning,
    }))
      rows.push(row)
    return rows
  }
  return { ...b, ledger, gc: (planning = false) => b.run(gather(planning)) }
}

const actions = (rows: Row[]) =>
  rows.map(({ kind, action, error: failed }) => `${String(kind)} ${String(action)}${failed === undefined ? '' : ' failed'}`)

describe('gc', () => {
  it('deletes files through the session that was left open, then closes it', async () => {
    const b = bench()
    const id = b.service.occupy(4)
    const l = leftovers([{ kind: 'session', device_id: DEVICE, session_id: id }, OUT])
    l.service.occupy(4)
    expect(actions(await l.gc())).toEqual(['file delete', 'session delete'])
    expect([l.service.sessions.size, l.ledger.traces]).toEqual([0, []])
    expect(l.service.issued).toEqual(['delete file'])
  })

  it('opens a session for a file when there is none, and closes it again', async () => {
    const l = leftovers([OUT])
    expect(await l.gc()).toEqual([{ ...OUT, action: 'delete' }])
    expect([l.service.sessions.size, l.ledger.traces]).toEqual([0, []])
  })

  it('sends nothing when nothing was left behind, and can be run twice', async () => {
    const l = leftovers([OUT])
    await l.gc()
    const sent = l.service.calls.length
    expect(await l.gc()).toEqual([])
    expect(l.service.calls.length).toBe(sent)
  })

  it('only says what it would do in a dry run', async () => {
    const l = leftovers([OUT, { kind: 'session', device_id: DEVICE, session_id: '1:1' }])
    expect(actions(await l.gc(true))).toEqual(['file delete', 'session delete'])
    expect([l.service.calls, l.ledger.traces.length]).toEqual([[], 2])
  })

  it('removes from the ledger what is already gone', async () => {
    const l = leftovers(
      [OUT, { kind: 'session', device_id: DEVICE, session_id: 'x:1' }, { kind: 'staged', session_id: 'x:1', path: 'C:\\x', file_id: 'f' }],
      [],
      { run: () => ({ result: { result_code: 0x80070002 } }) },
    )
    expect(actions(await l.gc())).toEqual(['file gone', 'staged gone', 'session gone'])
    expect(l.ledger.traces).toEqual([])
  })

  it('keeps in the ledger what cannot be removed now', async () => {
    const l = leftovers([OUT], [], { run: () => ({ result: { result_code: 0x80070020 } }) })
    expect(await l.gc()).toEqual([
      {
        ...OUT,
        action: 'delete',
        error: expect.objectContaining({
          code: 'remote',
          facts: expect.objectContaining({ hint: expect.stringContaining('still run') as string }) as object,
        }) as object,
      },
    ])
    expect(l.ledger.traces).toEqual([OUT])
  })

  describe('a shadow copy that was being made when the program was killed', () => {
    const ID = '{0F6C5A2E-11D4-4B36-9C1E-8A4C5D7F2B90}'
    const SHADOW = { kind: 'shadow', device_id: DEVICE, path: 'C:', output_file: OUT.path } satisfies Trace
    /** An endpoint on which a file holds what the program printed. @param read what reading it comes to @param refuses programs that fail */
    const printed = (text: string, { read = 0, refuses = /^$/ } = {}) => {
      const lines: string[] = []
      const run: ServiceOptions['run'] = (request, service) => {
        if (request.name === 'get file')
          return { result: read === 0 ? { file_details: { file_id: service.stage(text) } } : { result_code: read } }
        if (request.name !== 'create process') return {}
        lines.push(request.path)
        return { result: { process_details: { pid: 7, return_code: refuses.test(request.path) ? 2 : 0 } } }
      }
      return { lines, ...leftovers([OUT, SHADOW], [], { run }) }
    }

    it('is known by the id that the program printed, and deleted before that file', async () => {
      const l = printed(`\tShadowID = "${ID}";`)
      expect(await l.gc()).toEqual([
        { ...SHADOW, shadow_id: ID, action: 'delete' },
        { ...OUT, action: 'delete' },
      ])
      expect(l.lines).toEqual([`vssadmin.exe delete shadows /shadow=${ID} /quiet`])
      expect(l.ledger.traces).toEqual([])
    })

    it.each([
      ['it can not be deleted', printed(ID, { refuses: / delete shadows / })],
      ['the program still runs', printed('', { read: 0x80070020 })],
    ])('stays in the ledger, and on the endpoint that file, while %s', async (_, l) => {
      expect(actions(await l.gc())).toEqual(['shadow delete failed', 'file keep'])
      expect(l.ledger.traces).toEqual([OUT, SHADOW])
    })

    it('is named once where the program printed no id', async () => {
      const l = printed('Executing (Win32_ShadowCopy)->create()')
      expect(actions(await l.gc())).toEqual(['shadow keep', 'file delete'])
      expect(l.notices).toEqual([expect.stringMatching(/^a shadow copy of C: may be left on device/)])
      expect(l.ledger.traces).toEqual([])
    })

    it('is gone where the program never ran, or was not even asked for', async () => {
      const never = printed('', { read: 0x80070002 })
      expect(actions(await never.gc())).toEqual(['shadow gone', 'file delete'])
      const unasked = leftovers([{ kind: 'shadow', device_id: DEVICE, path: 'C:' }])
      expect(actions(await unasked.gc())).toEqual(['shadow gone'])
      expect([never.notices, unasked.notices, never.ledger.traces, unasked.ledger.traces]).toEqual([[], [], [], []])
    })
  })

  describe('a program that could not be ended', () => {
    const PROGRAM: Trace = { kind: 'program', device_id: DEVICE, path: 'C:\\t\\wiper.exe', pid: 3272 }
    const running = (...processes: object[]) => ({ run: () => ({ result: { processes: processes as never } }) })

    it.each([
      ['by its pid', PROGRAM, { process_pid: 3272, process_path: 'c:\\t\\WIPER.EXE' }],
      [
        'by its name when its pid is unknown',
        { kind: 'program', device_id: DEVICE, path: 'wiper.exe' } satisfies Trace,
        { process_pid: 3272, process_cmdline: 'wiper /all' },
      ],
      [
        'by its file when it has another command line',
        { kind: 'program', device_id: DEVICE, path: 'wiper.exe' } satisfies Trace,
        { process_pid: 3272, process_path: 'C:\\t\\wiper.exe', process_cmdline: 'service -k' },
      ],
    ])('is named as long as it runs, and never ended: %s', async (_, trace, process) => {
      const l = leftovers([trace], [], running({ process_pid: 1 }, process))
      expect(await l.gc()).toEqual([{ ...trace, action: 'keep', pid: 3272 }])
      const which = 'pid' in trace ? 'is what' : 'may be what'
      expect(l.notices).toEqual([`${trace.path}, pid 3272, ${which} an earlier run could not end; \`cbc lr kill ${DEVICE} 3272\` ends it`])
      expect([l.service.issued, l.ledger.traces]).toEqual([['process list'], [trace]])
      expect(actions(await l.gc(true))).toEqual(['program keep'])
    })

    it.each([
      ['is not listed', []],
      ['belongs to another program', [{ process_pid: 3272, process_path: 'C:\\Windows\\explorer.exe' }]],
    ])('is removed from the ledger once its pid %s', async (_, processes) => {
      const l = leftovers([PROGRAM], [], running(...processes))
      expect(actions(await l.gc())).toEqual(['program gone'])
      expect(l.ledger.traces).toEqual([])
    })

    it('stays in the ledger when the endpoint does not answer', async () => {
      const l = leftovers([PROGRAM], [], { run: () => ({ result: { result_code: 0x80070005 } }) })
      expect(actions(await l.gc())).toEqual(['program keep failed'])
      expect(l.ledger.traces).toEqual([PROGRAM])
    })
  })

  it('continues with the others when one endpoint is unreachable', async () => {
    const l = leftovers([{ ...OUT, device_id: 5 }, OUT])
    l.service.before = ({ method, body }) =>
      method === 'POST' && (body as { device_id?: number }).device_id === 5 ? error(403, 'Live Response Not Enabled') : undefined
    expect(actions(await l.gc())).toEqual(['file delete failed', 'file delete'])
    expect(l.ledger.traces).toEqual([{ ...OUT, device_id: 5 }])
  })

  it("deletes staged files in another caller's session, and leaves that session and every file without a known id", async () => {
    const l = leftovers([])
    const id = l.service.occupy(4)
    const [mine, other] = [l.service.stage('a'), l.service.stage('b')]
    l.ledger.of('dead').note({ kind: 'session', device_id: DEVICE, session_id: id, joined: true })
    l.ledger.of('dead').note({ kind: 'staged', session_id: id, path: 'a', file_id: mine })
    l.ledger.of('dead').note({ kind: 'staged', session_id: id, path: 'b' })
    expect(actions(await l.gc())).toEqual(['staged delete', 'staged keep'])
    expect([l.service.staged, l.service.sessions.size, l.ledger.traces.length]).toEqual([[other], 1, 1])
    l.service.lose(id)
    expect(actions(await l.gc())).toEqual(['staged gone'])
    expect(l.ledger.traces).toEqual([])
  })

  it.each([
    ['with it when that is closed', true, ['session delete', 'staged gone']],
    ['not when it can not be closed', false, ['session delete failed', 'staged keep']],
  ])('removes a staged file without a known id from the ledger with its session: %s', async (_, closes, done) => {
    const l = leftovers([])
    const id = l.service.occupy(4)
    l.ledger.of('dead').note({ kind: 'session', device_id: DEVICE, session_id: id })
    l.ledger.of('dead').note({ kind: 'staged', session_id: id, path: 'b' })
    if (!closes) l.service.before = ({ method }) => (method === 'DELETE' ? error(403, 'no') : undefined)
    expect(actions(await l.gc())).toEqual(done)
    expect(l.ledger.traces).toHaveLength(closes ? 0 : 2)
  })

  it('leaves alone a running process of cbc and a session that one has joined', async () => {
    const l = leftovers([])
    const id = l.service.occupy(4)
    const joined: Trace = { kind: 'session', device_id: DEVICE, session_id: id, joined: true }
    for (const trace of [joined, OUT]) l.ledger.of('living').note(trace)
    l.ledger.of('dead').note({ kind: 'session', device_id: DEVICE, session_id: id })
    expect(await l.gc()).toEqual([])
    expect([l.service.sessions.size, l.ledger.traces.length]).toEqual([1, 3])
  })

  it.each([
    ['on the same device', DEVICE, []],
    ['on another device', 5, ['session delete']],
  ])('after a start without an answer minds the session that a running process of cbc uses %s', async (_, device_id, done) => {
    const l = leftovers([{ kind: 'session', device_id: DEVICE }], [{ kind: 'session', device_id, session_id: '77:5' }])
    l.service.occupy(0)
    expect(actions(await l.gc())).toEqual(done)
    expect(l.service.sessions.size).toBe(1 - done.length)
  })

  it.each([
    [0, 0, 'session delete'],
    [3, 1, 'session gone'],
  ])('after a start without an answer closes a session only if nobody has used it: %d commands', async (commands, stay, said) => {
    const l = leftovers([{ kind: 'session', device_id: DEVICE }])
    l.service.occupy(commands)
    expect(actions(await l.gc())).toEqual([said])
    expect([l.service.sessions.size, l.ledger.traces]).toEqual([stay, []])
  })
})
