import { appendFileSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { inHomeOf, openFleet, type Fleet } from '../../support/fleet.ts'

const DEVICE = 'WIN-FIN-01'
const LOG = 'C:\\Data\\agent.log'

interface ArtifactRow {
  found: number
  fetched: number
  failed: number
  files: { path: string; local_path: string; sha256: string; earlier?: string }[]
}

let fleet: Fleet

inHomeOf(() => (fleet = openFleet()))
beforeEach(() => writeFileSync('own.yaml', "name: Logs\nsources:\n- type: FILE\n  attributes: {paths: ['C:\\Data\\*'], separator: '\\'}\n"))

async function put(text: string, path = LOG): Promise<void> {
  writeFileSync('text', text)
  await fleet.cbc(['lr', 'mkdir', DEVICE, 'C:\\Data', '-p'])
  expect((await fleet.cbc(['lr', 'put', DEVICE, 'text', path, '--force', '--yes'])).code).toBe(0)
}

async function collect(...words: string[]): Promise<{ code: number; err: string; row: ArtifactRow | undefined; fetched: string[] }> {
  const sent = (await fleet.executions('name=get+file')).length
  const { code, out, err } = await fleet.cbc(['lr', 'collect', 'Logs', DEVICE, '--artifacts', 'own.yaml', '--json', ...words])
  const fetched = (await fleet.executions('name=get+file')).slice(sent).map(({ object }) => object)
  return { code, err, row: (JSON.parse(out) as ArtifactRow[])[0], fetched }
}

it.each([
  ['a folder', ['--into', 'out'], 'out/files/C/Data'],
  ['a case', ['--case', 'case'], `case/files/${DEVICE}/C/Data`],
])(
  'in %s, a file that has changed since is kept beside that of before, which is said, and the next time neither is fetched',
  async (_, into, at) => {
    await put('one')
    await put('same', 'C:\\Data\\other.txt')
    const first = await collect(...into)
    expect([first.code, first.fetched.length]).toEqual([0, 2])

    await put('two: longer')
    const second = await collect(...into)
    expect({ code: second.code, fetched: second.fetched, row: second.row }).toMatchObject({
      code: 0,
      fetched: [LOG],
      row: { found: 2, fetched: 2, failed: 0 },
    })
    const file = second.row?.files[0]
    expect([file?.path, file?.local_path, file?.earlier]).toEqual([
      LOG,
      join(process.cwd(), at, 'agent (2).log'),
      join(process.cwd(), at, 'agent.log'),
    ])
    expect(second.err).toContain(`files that have changed since they were collected before are kept beside those: ${file?.local_path}\n`)

    const third = await collect(...into)
    expect({ code: third.code, fetched: third.fetched, row: third.row?.files.map(({ sha256 }) => sha256) }).toEqual({
      code: 0,
      fetched: [],
      row: second.row?.files.map(({ sha256 }) => sha256),
    })
    expect(third.err).not.toContain('beside')
    expect(Object.fromEntries(readdirSync(at).map(name => [name, readFileSync(join(at, name), 'utf8')]))).toEqual({
      'agent.log': 'one',
      'agent (2).log': 'two: longer',
      'other.txt': 'same',
    })
  },
)

it('a file with a new time and the old bytes is kept once', async () => {
  await put('one')
  await collect('--into', 'out')
  await put('one')
  const { code, row, err } = await collect('--into', 'out')
  expect({ code, files: row?.files.map(({ earlier }) => earlier), told: err.includes('beside') }).toEqual({
    code: 0,
    files: [undefined],
    told: false,
  })
  expect(readdirSync('out/files/C/Data')).toEqual(['agent.log'])
})

it('with --force everything is fetched again, and replaces what was collected before', async () => {
  await put('one')
  await collect('--into', 'out')
  await put('two')
  const { code, fetched } = await collect('--into', 'out', '--force')
  expect({ code, fetched }).toEqual({ code: 0, fetched: [LOG] })
  expect(readdirSync('out/files/C/Data').map(name => readFileSync(join('out/files/C/Data', name), 'utf8'))).toEqual(['two'])
})

it('a copy of a file in use, which has another size than the file, is not made again while the file has the same time', async () => {
  writeFileSync(
    'own.yaml',
    "name: Logs\nsources:\n- type: FILE\n  attributes: {paths: ['C:\\Windows\\System32\\config\\SAM'], separator: '\\'}\n",
  )
  const words = ['--into', 'out', '--locked']
  const first = await collect(...words)
  const sam = first.row?.files[0]?.local_path ?? ''
  const { mtime } = statSync(sam)
  appendFileSync(sam, 'more')
  utimesSync(sam, mtime, mtime)
  const programs = (await fleet.executions('name=create+process')).length
  const { code, row, err } = await collect(...words)
  expect({ code, path: row?.files[0]?.local_path, told: err.includes('beside') }).toEqual({ code: 0, path: sam, told: false })
  expect(await fleet.executions('name=create+process')).toHaveLength(programs)
  expect(readdirSync('out/files/C/Windows/System32/config')).toEqual(['SAM'])
  // With --force it is made again.
  expect((await collect(...words, '--force')).code).toBe(0)
  expect((await fleet.executions('name=create+process')).length).toBeGreaterThan(programs)
})
