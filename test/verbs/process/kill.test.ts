import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProcessEntry } from '../../../src/api/live-response.ts'
import { kill } from '../../../src/verbs/process/kill.ts'
import { failure } from '../../api/support.ts'
import { LINUX, WINDOWS, type ServiceOptions } from '../../support/service.ts'
import { verbBench } from '../../support/verb.ts'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`
const process = (process_pid: number, parent_pid: number, name: string, second: number): ProcessEntry => ({
  process_pid,
  parent_pid,
  process_path: `c:\\x\\${name}`,
  process_create_time: at(second),
})
const ALL = [
  process(4, 0, 'System', 0),
  process(10, 4, 'cmd.exe', 1),
  process(11, 10, 'evil.exe', 2),
  process(12, 11, 'child.exe', 3),
  process(13, 4, 'notevil.exe', 4),
  process(14, 10, 'old.exe', 0),
]

/** An endpoint with processes, some of which disappear before they are ended. */
async function endpoint({
  processes = ALL,
  gone = [],
  denied = [],
  session = WINDOWS,
}: { processes?: ProcessEntry[]; gone?: number[]; denied?: number[]; session?: ServiceOptions['session'] } = {}) {
  const killed: number[] = []
  const b = await verbBench({
    session,
    run(request) {
      if (request.name === 'process list') return { result: { processes } }
      if (request.name !== 'kill') return {}
      if (gone.includes(request.pid)) return { result: { result_code: 2147942487 } }
      if (denied.includes(request.pid)) return { result: { result_code: 2147942405 } }
      killed.push(request.pid)
      return {}
    },
  })
  return { ...b, killed }
}

describe('kill', () => {
  it('ends a pid, and says which program it was', async () => {
    const b = await endpoint()
    expect((await b.invoke(kill, { process: ['11'] })).rows).toEqual([{ process_pid: 11, process_path: 'c:\\x\\evil.exe' }])
    expect(b.killed).toEqual([11])
  })

  it.each(['evil.exe', 'EVIL.EXE', 'C:\\X\\Evil.exe'])('ends all processes whose whole name is %s', async name => {
    const b = await endpoint({ processes: [...ALL, process(20, 4, 'Evil.exe', 5)] })
    expect((await b.invoke(kill, { process: [name] })).rows.map(row => row['process_pid'])).toEqual([11, 20])
    expect(b.killed).toEqual([11, 20])
  })

  it.each(['evil', 'vil.exe', 'x\\evil.exe', '*.exe'])('finds no process by %s', async name => {
    const b = await endpoint()
    expect(await failure(b.invoke(kill, { process: [name] }))).toMatchObject({ code: 'not_found' })
    expect(b.killed).toEqual([])
  })

  it('is case-sensitive on systems that are', async () => {
    const b = await endpoint({ session: LINUX, processes: [{ process_pid: 7, process_path: '/usr/bin/Evil' }] })
    expect(await failure(b.invoke(kill, { process: ['evil'] }))).toMatchObject({ code: 'not_found' })
    expect((await b.invoke(kill, { process: ['Evil'] })).rows).toEqual([{ process_pid: 7, process_path: '/usr/bin/Evil' }])
  })

  it('ends a tree from its leaves, but not an unrelated process that reuses the pid of a dead parent', async () => {
    const b = await endpoint()
    await b.invoke(kill, { process: ['10'], tree: true })
    expect(b.killed).toEqual([12, 11, 10])
  })

  it('counts a process that ended with the rest of its tree as ended', async () => {
    const b = await endpoint({ gone: [12, 10] })
    expect((await b.invoke(kill, { process: ['10'], tree: true })).rows.map(row => [row['process_pid'], row['error']])).toEqual([
      [12, undefined],
      [11, undefined],
      [10, undefined],
    ])
  })

  it.each([{ gone: [11] }, { processes: ALL.filter(row => row.process_pid !== 11) }])(
    'says that a process vanished meanwhile: %j',
    async machine => {
      const b = await endpoint(machine)
      expect(await failure(b.invoke(kill, { process: ['11'] }))).toMatchObject({
        code: 'not_found',
        message: 'kill 11: no such process on WIN-FIN-01',
      })
    },
  )

  it('continues past processes that cannot be ended, and ends none twice', async () => {
    const b = await endpoint({ denied: [12] })
    const { rows } = await b.invoke(kill, { process: ['11', '99', '12', 'evil.exe', '13'] })
    expect(rows.map(row => [row['process_pid'], (row['error'] as { code: string } | undefined)?.code])).toEqual([
      [11, undefined],
      [99, 'not_found'],
      [12, 'remote'],
      [13, undefined],
    ])
    expect(b.killed).toEqual([11, 13])
  })

  it('with --if-name ends a pid only while it is that program', async () => {
    const b = await endpoint()
    expect(await failure(b.invoke(kill, { process: ['13'], ifName: 'evil.exe' }))).toMatchObject({
      code: 'refused',
      message: 'kill 13: is notevil.exe, not evil.exe',
    })
    await b.invoke(kill, { process: ['11'], ifName: 'EVIL.exe' })
    expect(b.killed).toEqual([11])
  })

  it('ends a pid when it may not list processes, and refuses everything else', async () => {
    const blind = { ...LINUX, supported_commands: ['kill'] }
    const b = await endpoint({ session: blind })
    expect((await b.invoke(kill, { process: ['5'] })).rows).toEqual([{ process_pid: 5, process_path: null }])
    for (const input of [{ process: ['5'], tree: true }, { process: ['5'], ifName: 'x' }, { process: ['x'] }]) {
      expect(await failure(b.invoke(kill, input))).toMatchObject({ code: 'refused' })
    }
    expect(b.killed).toEqual([5])
  })

  it('ends each process once even if parents and children form a cycle', async () => {
    const rows = fc.array(
      fc.record({
        process_pid: fc.integer({ min: 1, max: 8 }),
        parent_pid: fc.integer({ min: 0, max: 8 }),
        process_create_time: fc.integer({ min: 1, max: 3 }).map(at),
      }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(rows, async generated => {
        const processes = [
          ...new Map([...generated, process(1, 2, 'a', 1), process(2, 1, 'b', 1)].map(row => [row.process_pid, row])).values(),
        ]
        const b = await endpoint({ processes })
        await b.invoke(kill, { process: ['1'], tree: true })
        expect(new Set(b.killed).size).toBe(b.killed.length)
        expect(b.killed.at(-1)).toBe(1)
      }),
      { numRuns: 15 },
    )
  })

  const BAD = [0, -1, null, undefined, 'x', '44', '4 ', 1.5, 2 ** 32, 2 ** 53, true, [], { a: 1 }]
  it.each(BAD)('never sends the pid %j from a process list', async pid => {
    for (const tree of [false, true]) {
      const listed = [
        { process_pid: pid as never, process_path: 'c:\\evil.exe' },
        { process_pid: 44, parent_pid: pid as never, process_path: 'c:\\child.exe', process_create_time: at(3) },
      ]
      const b = await endpoint({ processes: listed })
      expect(await failure(b.invoke(kill, { process: ['evil.exe'], tree }))).toMatchObject({
        code: 'remote',
        message: expect.stringContaining('which is not a pid') as string,
      })
      expect(b.service.issued).toEqual(['process list'])
    }
  })

  it('continues past a process without a pid', async () => {
    const b = await endpoint({ processes: [{ process_pid: 0, process_path: 'c:\\evil.exe' }, process(11, 4, 'evil.exe', 2)] })
    const { rows } = await b.invoke(kill, { process: ['evil.exe'] })
    expect(rows.map(row => [row['process_pid'], (row['error'] as { code: string } | undefined)?.code])).toEqual([
      [0, 'remote'],
      [11, undefined],
    ])
    expect(b.killed).toEqual([11])
  })

  it.each([
    ['a command line, without a path', { process_path: null, process_cmdline: '"C:\\Users\\Public\\evil.exe" -x' }],
    ['a command line without quotes', { process_path: '', process_cmdline: 'C:\\Program Files\\x\\evil.exe -x' }],
    ['the path that the kernel uses', { process_path: '\\??\\C:\\x\\evil.exe' }],
    ['another case', { process_path: 'C:\\X\\EVIL.EXE' }],
    ['a command line with the long name', { process_path: 'C:\\PROGRA~1\\EVIL~1.EXE', process_cmdline: '"C:\\Program Files\\evil.exe"' }],
  ])('finds evil.exe by %s', async (_how, fields) => {
    const b = await endpoint({
      processes: [
        { process_pid: 5, ...fields },
        { process_pid: 6, process_path: null, process_cmdline: null },
        { process_pid: 7, process_path: 'C:\\other.exe', process_cmdline: 'evil.exe' },
      ],
    })
    await b.invoke(kill, { process: ['evil.exe'] })
    await b.invoke(kill, { process: ['5'], ifName: 'evil.exe' })
    expect(b.killed).toEqual([5, 5])
  })

  it('finds a short name by the long name of its file', async () => {
    const killed: number[] = []
    const b = await verbBench({
      run(request) {
        if (request.name === 'process list')
          return {
            result: {
              processes: [
                { process_pid: 5, process_path: 'C:\\Users\\MALWAR~1.EXE' },
                { process_pid: 6, process_path: 'C:\\Users\\MALWAR~2.EXE' },
              ],
            },
          }
        if (request.name === 'directory list')
          return {
            result: {
              files: [
                {
                  filename: request.path.includes('~1') ? 'malware-agent.exe' : 'malware-other.exe',
                  size: 1,
                  attributes: ['ARCHIVE'],
                  alternate_name: request.path.slice(9),
                },
              ],
            },
          }
        if (request.name === 'kill') killed.push(request.pid)
        return {}
      },
    })
    await b.invoke(kill, { process: ['Malware-Agent.exe'] })
    expect(killed).toEqual([5])
  })

  it.each([
    ['/opt/evil (deleted)', 'evil'],
    ['/opt/evil (deleted)', '/opt/evil'],
    [null, 'evil'],
  ])('finds %j by %j on Linux', async (process_path, name) => {
    const b = await endpoint({ session: LINUX, processes: [{ process_pid: 5, process_path, process_cmdline: '/opt/evil -d' }] })
    await b.invoke(kill, { process: [name] })
    expect(b.killed).toEqual([5])
  })

  it('suggests the name that was probably meant', async () => {
    const b = await endpoint({ session: LINUX, processes: [{ process_pid: 5, process_path: '/opt/Evil' }] })
    expect(await failure(b.invoke(kill, { process: ['evil'] }))).toMatchObject({
      code: 'not_found',
      facts: { hint: 'give the whole file name: did you mean Evil?' },
    })
  })

  it('does not end another process that got the pid while the confirmation was open', async () => {
    const processes = [process(11, 4, 'evil.exe', 2), process(12, 4, 'evil.exe', 3)]
    const b = await endpoint({ processes })
    const { rows } = await b.confirmed(kill, { process: ['evil.exe'] }, async () => {
      processes[0] = process(11, 4, 'innocent.exe', 90)
      await b.clock.sleep(60_000)
    })
    expect({ killed: b.killed, rows: rows.map(row => (row['error'] as { code: string } | undefined)?.code) }).toEqual({
      killed: [12],
      rows: ['not_found', undefined],
    })
  })

  it.each(['0', '-1', '+5', '1.5', '4294967296', '99999999999'])('does not accept %s as a pid, and sends nothing', async text => {
    const b = await endpoint()
    expect(await failure(b.invoke(kill, { process: [text] }))).toMatchObject({ code: 'usage' })
    expect(b.service.issued).toEqual([])
  })

  it('asks with the names of the processes', async () => {
    const b = await endpoint()
    expect((await b.confirmed(kill, { process: ['evil.exe'], tree: true })).asked).toEqual([
      { what: 'kill 2 on WIN-FIN-01', to: [`12 c:\\x\\child.exe (started ${at(3)})`, `11 c:\\x\\evil.exe (started ${at(2)})`] },
    ])
    expect((await b.confirmed(kill, { process: ['11'] })).asked).toEqual([])
  })

  const EVEN_EXACT = { unasked: { what: 'kill' } }

  it('where even one pid is asked about, the question says what it is: path, start, user, command line', async () => {
    const wanted = { ...process(11, 10, 'evil.exe', 2), process_username: 'CORP\\anna', process_cmdline: 'evil.exe --quiet' }
    const { asked } = await (await endpoint({ processes: [wanted] })).confirmed(kill, { process: ['11'] }, undefined, EVEN_EXACT)
    expect(asked).toEqual([
      { what: 'kill 1 on WIN-FIN-01', to: [`11 c:\\x\\evil.exe (started ${at(2)} by CORP\\anna as evil.exe --quiet)`] },
    ])
  })

  it('a pid that belongs to another process when the answer comes is not ended', async () => {
    const processes = [process(11, 10, 'evil.exe', 2), process(12, 10, 'gone.exe', 2)]
    const b = await endpoint({ processes })
    const reused = async () => {
      processes.splice(0, 2, process(11, 10, 'payroll.exe', 50))
      await b.clock.sleep(60_000)
    }
    const { rows } = await b.confirmed(kill, { process: ['11', '12'] }, reused, EVEN_EXACT)
    expect(b.killed).toEqual([])
    expect(rows.map(row => row['error'])).toMatchObject([
      { code: 'not_found', message: 'kill 11: c:\\x\\evil.exe has ended, and another process has its pid now' },
      { code: 'not_found' },
    ])
  })

  it('nobody is asked about pids that are not there', async () => {
    const { asked, rows } = await (await endpoint()).confirmed(kill, { process: ['98', '99'] }, undefined, EVEN_EXACT)
    expect({ asked, codes: rows.map(row => (row['error'] as { code: string }).code) }).toEqual({
      asked: [],
      codes: ['not_found', 'not_found'],
    })
  })

  it.each([false, true])('ends what was confirmed, not what has started since: --tree %s', async tree => {
    const processes = [...ALL]
    const b = await endpoint({ processes })
    await b.confirmed(kill, { process: ['evil.exe'], tree }, () => {
      processes.push(process(20, 4, 'evil.exe', 50), process(21, 11, 'late.exe', 51))
    })
    expect(b.killed).toEqual(tree ? [12, 11] : [11])
  })
})
