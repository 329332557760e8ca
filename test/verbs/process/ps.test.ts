import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProcessEntry } from '../../../src/api/live-response.ts'
import { ps } from '../../../src/verbs/process/ps.ts'
import { verbBench } from '../../support/verb.ts'

const row = (process_pid: number, parent_pid: number, started: number | null, more: Partial<ProcessEntry> = {}): ProcessEntry => ({
  process_pid,
  parent_pid,
  process_create_time: started,
  process_path: `c:\\p${process_pid}.exe`,
  ...more,
})
const T = 1_700_000_000

async function listed(processes: ProcessEntry[], input: Record<string, unknown>): Promise<[number, number][]> {
  const b = await verbBench({ run: () => ({ result: { processes } }) })
  return (await b.invoke(ps, input)).rows.map(one => [Number(one['process_pid']), Number(one['depth'])])
}

it('ps puts each process below its parent, with its depth', async () => {
  expect(await listed([row(3, 2, T + 2), row(1, 0, T), row(2, 1, T + 1), row(4, 1, T + 3)], { tree: true })).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 1],
  ])
})

it('ps puts no process below a younger one that reuses the pid of its parent', async () => {
  expect(await listed([row(1, 0, T + 9), row(2, 1, T)], { tree: true })).toEqual([
    [1, 0],
    [2, 0],
  ])
})

it('ps shows every process exactly once even if parents and children form a cycle', async () => {
  const tangle = fc.array(
    fc.record({
      process_pid: fc.option(fc.integer({ min: 0, max: 6 })),
      parent_pid: fc.option(fc.integer({ min: 0, max: 6 })),
      process_create_time: fc.option(fc.integer({ min: T, max: T + 2 })),
      process_path: fc.uuid(),
    }),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(tangle, async processes => {
      const b = await verbBench({ run: () => ({ result: { processes } }) })
      const { rows } = await b.invoke(ps, { tree: true })
      expect(rows.map(one => one['process_path']).sort()).toEqual(processes.map(one => one.process_path).sort())
      let above = -1
      for (const { depth } of rows) {
        expect(Number(depth)).toBeLessThanOrEqual(above + 1)
        above = Number(depth)
      }
    }),
    { numRuns: 40 },
  )
})

it('ps handles a very deep tree', async () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => row(at + 1, at, T + at))
  expect((await listed(chain, { tree: true })).at(-1)).toEqual([20_000, 19_999])
})

it('ps handles a very wide tree, and a path deep down stays readable', async () => {
  const wide = [row(1, 0, T), ...Array.from({ length: 150_000 }, (_, at) => row(at + 2, 1, T + 1))]
  expect((await listed(wide, { tree: true })).length).toBe(150_001)
  const b = await verbBench({ run: () => ({ result: { processes: Array.from({ length: 300 }, (_, at) => row(at + 1, at, T + at)) } }) })
  const { result, rows } = await b.invoke(ps, { tree: true })
  const lead = result.kind === 'list' ? result.columns.find(({ key }) => key === 'process_path')?.lead?.(rows[299] ?? {}) : ''
  expect(lead).toBe(`…${' '.repeat(35)}└─ `)
})

it('ps filters by path, command line and user, and sorts', async () => {
  const all = [
    row(5, 1, T, { process_username: 'CORP\\ann', process_cmdline: 'run -Enc' }),
    row(3, 1, T + 5, { process_username: 'SYSTEM' }),
    row(9, 1, T + 2, { process_path: 'c:\\ENCoder.exe' }),
  ]
  const pids = async (input: Record<string, unknown>) => (await listed(all, input)).map(([pid]) => pid)
  const sort = ps.options['sort']?.parse
  expect(await pids({ filter: 'enc' })).toEqual([5, 9])
  expect(await pids({ user: 'ANN' })).toEqual([5])
  expect(await pids({ sort: sort?.('started') })).toEqual([5, 9, 3])
  expect(await pids({ sort: sort?.('pid') })).toEqual([3, 5, 9])
  expect(() => sort?.('size')).toThrow(expect.objectContaining({ code: 'usage' }))
})

describe('a process tree', () => {
  const family = [
    row(1, 0, T, { process_path: 'root' }),
    row(2, 1, T + 1, { process_path: 'first' }),
    row(3, 2, T + 2, { process_path: 'below first' }),
    row(4, 1, T + 3, { process_path: 'second' }),
    row(5, 4, T + 4, { process_path: 'below second' }),
  ]

  async function drawn(input: Record<string, unknown>): Promise<string[]> {
    const b = await verbBench({ run: () => ({ result: { processes: family } }) })
    const { result, rows } = await b.invoke(ps, { tree: true, ...input })
    const column = result.kind === 'list' ? result.columns.find(({ key }) => key === 'process_path') : undefined
    return rows.map(one => `${column?.lead?.(one) ?? ''}${String(one['process_path'])}`)
  }

  it('has branches', async () => {
    expect(await drawn({})).toEqual(['root', '├─ first', '│  └─ below first', '└─ second', '   └─ below second'])
  })

  it('with a filter also shows the ancestors of what matches', async () => {
    expect(await drawn({ filter: 'below second' })).toEqual(['root', '└─ second', '   └─ below second'])
    expect(await drawn({ filter: 'nothing of the kind' })).toEqual([])
  })

  it('of a pid shows its ancestors and descendants', async () => {
    expect(await drawn({ process: ['2'] })).toEqual(['root', '└─ first', '   └─ below first'])
  })
})

describe('ps of a pid or a name', () => {
  const all = [row(5, 1, T, { process_path: 'c:\\a\\Tool.exe' }), row(6, 1, T, { process_path: 'c:\\b\\tool.exe' }), row(7, 1, T)]
  const bench = async () => await verbBench({ run: () => ({ result: { processes: all } }) })

  it('shows only that process', async () => {
    const pids = async (...process: string[]) => (await (await bench()).invoke(ps, { process })).rows.map(one => one['process_pid'])
    expect([await pids('7'), await pids('tool.exe'), await pids('5', '7')]).toEqual([[7], [5, 6], [5, 7]])
  })

  it('reports a missing process: as the error when it is the only one, as a row otherwise', async () => {
    const b = await bench()
    await expect(b.invoke(ps, { process: ['99'] })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('ps 99: no such process') as string,
    })
    expect((await b.invoke(ps, { process: ['7', 'tol.exe'] })).rows).toMatchObject([
      { process_pid: 7 },
      { process_pid: 'tol.exe', error: { code: 'not_found', facts: { hint: expect.stringContaining('tool.exe') as string } } },
    ])
  })
})

it('ps --decode puts the script of an encoded command into its own field, only where there is one', async () => {
  const script = 'Write-Output "hello"'
  const all = [
    row(5, 1, T, { process_cmdline: `powershell.exe -enc ${Buffer.from(script, 'utf16le').toString('base64')}` }),
    row(6, 1, T, { process_cmdline: 'notepad.exe' }),
  ]
  const rows = async (input: Record<string, unknown>) =>
    (await (await verbBench({ run: () => ({ result: { processes: all } }) })).invoke(ps, input)).rows
  expect((await rows({ decode: true })).map(one => one['decoded_command'])).toEqual([script, undefined])
  expect((await rows({ decode: true })).map(one => 'decoded_command' in one)).toEqual([true, false])
  expect((await rows({})).map(one => 'decoded_command' in one)).toEqual([false, false])
})
