import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/result.ts'
import { openFleet, type Fleet } from '../support/fleet.ts'

const [A, B] = ['WIN-FIN-01', 'WIN-FIN-02']
const KEY = 'HKCU\\Software\\Compared'
const QUERY = (device: string) => ['lr', 'reg', 'query', device, KEY, '-s']

/** A lab with a case. */
function investigation() {
  const fleet = openFleet()
  const folder = join(fleet.home, 'case')
  return {
    fleet,
    folder,
    cbc: async (words: readonly string[], more: readonly string[] = []) => {
      const ran = await fleet.cbc([...words, '--case', folder, ...more])
      return { ...ran, rows: () => JSON.parse(ran.out) as Row[] }
    },
    lines: () =>
      readFileSync(join(folder, 'journal.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as Row),
  }
}

const set = async (fleet: Fleet, device: string, name: string, data: string) =>
  expect(await fleet.cbc(['lr', 'reg', 'add', device, KEY, '-v', name, '-d', data, '-f'])).toMatchObject({ code: 0 })

describe('--save and --diff', () => {
  it('keep a result in the case, which the journal tells of, and show what is new, gone and changed since', async () => {
    const { fleet, cbc, lines, folder } = investigation()
    await set(fleet, A, 'run', 'a.exe')
    await set(fleet, A, 'old', 'x')
    const saved = await cbc([...QUERY(A), '--json'], ['--save', 'before'])
    expect(saved).toMatchObject({ code: 0, err: '' })
    expect(saved.rows()).toMatchObject([{ path: KEY }])
    expect(lines()).toContainEqual(
      expect.objectContaining({ event: 'saved', name: 'before', verb: 'reg query', file: 'saved/before.json', rows: 3 }) as unknown,
    )
    expect(await fleet.cbc(['case', 'verify', folder])).toMatchObject({ code: 0 })

    expect(await cbc(QUERY(A), ['--diff', 'before', '--json'])).toMatchObject({ code: 0, out: '[]\n' })
    await set(fleet, A, 'run', 'b.exe')
    await set(fleet, A, 'new', 'y')
    await fleet.cbc(['lr', 'reg', 'delete', A, KEY, '-v', 'old'])
    const since = await cbc(QUERY(A), ['--diff', 'before', '--json'])
    expect(since.rows().map(({ change, registry_name }) => [change, registry_name])).toEqual([
      ['changed', 'run'],
      ['new', 'new'],
      ['gone', 'old'],
    ])
    expect(since.rows()[0]).toMatchObject({ changes: [{ field: 'registry_data', before: 'a.exe', after: 'b.exe' }] })
  })

  it('keep no credentials, even if an endpoint has them', async () => {
    const { fleet, cbc, folder } = investigation()
    const [secret = ''] = fleet.lab.token.split('/')
    await set(fleet, A, 'stolen', `key=${secret}`)
    await cbc(QUERY(A), ['--save', 'before'])
    const saved = readFileSync(join(folder, 'saved/before.json'), 'utf8')
    expect(saved).toContain('stolen')
    expect(saved).not.toContain(secret)
  })

  it('exit with 0, or with 1 as diff does where that was asked for', async () => {
    const { fleet, cbc } = investigation()
    await set(fleet, A, 'run', 'a.exe')
    await cbc(QUERY(A), ['--save', 'before'])
    expect(await cbc(QUERY(A), ['--diff', 'before', '--exit-code'])).toMatchObject({ code: 0 })
    await set(fleet, A, 'run', 'b.exe')
    expect(await cbc(QUERY(A), ['--diff', 'before'])).toMatchObject({ code: 0 })
    expect(await cbc(QUERY(A), ['--diff', 'before', '--exit-code'])).toMatchObject({ code: 1 })
  })

  it('processes are the same by pid and start, files by path', async () => {
    const { cbc } = investigation()
    await cbc(['lr', 'ps', A], ['--save', 'ps'])
    await cbc(['lr', 'ls', A, '-R', 'C:\\Users\\Public'], ['--save', 'files'])
    await cbc(['lr', 'kill', A, '7312'])
    await cbc(['lr', 'mkdir', A, 'C:\\Users\\Public\\made'])
    expect((await cbc(['lr', 'ps', A], ['--diff', 'ps', '--json'])).rows()).toMatchObject([{ change: 'gone', process_pid: 7312 }])
    const files = (await cbc(['lr', 'ls', A, '-R', 'C:\\Users\\Public'], ['--diff', 'files', '--json'])).rows()
    expect(files).toContainEqual(expect.objectContaining({ change: 'new', path: 'C:\\Users\\Public\\made' }) as unknown)
  })

  it('never replace what a case has, and ask nothing of the endpoint then', async () => {
    const { fleet, cbc, folder } = investigation()
    await cbc(['lr', 'drives', A], ['--save', 'd'])
    const before = readFileSync(join(folder, 'saved/d.json'))
    const sent = (await fleet.executions()).length
    expect(await cbc(['lr', 'ps', A], ['--save', 'd'])).toMatchObject({ code: 8, out: '' })
    expect(await fleet.executions()).toHaveLength(sent)
    expect(readFileSync(join(folder, 'saved/d.json'))).toEqual(before)
  })

  it.each([
    ['no case', ['lr', 'ps', A, '--save', 'x'], 2, /add --case DIR/],
    [
      'nothing saved, and no such device',
      ['lr', 'ps', A, '--diff', 'nosuch'],
      4,
      /no such device, and no result of this name in a case\nhint: a saved result needs --case DIR/,
    ],
    ['a name that leads elsewhere', ['lr', 'ps', A, '--save', '../x'], 2, /not a name/],
    ['--exit-code alone', ['lr', 'ps', A, '--exit-code'], 2, /needs --diff/],
    ['several devices', ['lr', 'ps', `${A},${B}`, '--diff', A], 2, /one device/],
    ['a part of a list', ['usb', 'device', 'list', '--diff', 'x', '--limit', '3'], 2, /whole list/],
    ['a list of the organization without a case', ['usb', 'device', 'list', '--diff', 'x'], 2, /add --case DIR/],
    ['a verb whose rows are nothing to compare', ['lr', 'cat', A, 'C:\\x', '--save', 'x'], 2, /unknown option/],
  ])('are refused: %s', async (_what, words, code, message) => {
    expect(await openFleet().cbc(words)).toMatchObject({ code, out: '', err: expect.stringMatching(message) as string })
  })

  it('a result of another verb, and a file that is no result, are told', async () => {
    const { cbc, folder } = investigation()
    await cbc(['lr', 'drives', A], ['--save', 'd'])
    expect(await cbc(['lr', 'ps', A], ['--diff', 'd'])).toMatchObject({ code: 2, err: expect.stringContaining('`drives`') as string })
    writeFileSync(join(folder, 'saved/e.json'), '{"verb":"ps","things":[1]}')
    expect(await cbc(['lr', 'ps', A], ['--diff', 'e'])).toMatchObject({ code: 1, err: expect.stringContaining('not a result') as string })
    // With a case there is no point in asking for one.
    expect(await cbc(['lr', 'ps', A], ['--diff', 'f'])).toMatchObject({ code: 4, err: expect.stringContaining('--save f') as string })
    await cbc(['lr', 'ls', A, 'C:\\Users'], ['--save', 'users'])
    expect((await cbc(['lr', 'ls', A, 'C:\\Windows'], ['--diff', 'users'])).err).toContain('saved with other arguments')
  })
})

describe('--diff with another device', () => {
  it('looks at it now, without a case, and compares what can be the same there', async () => {
    const fleet = openFleet()
    await set(fleet, A, 'both', 'x')
    await set(fleet, A, 'here', 'x')
    await set(fleet, B, 'both', 'y')
    const { code, out } = await fleet.cbc([...QUERY(A), '--diff', B, '--json', '--exit-code'])
    expect(code).toBe(1)
    expect((JSON.parse(out) as Row[]).map(({ change, registry_name }) => [change, registry_name])).toEqual([
      ['changed', 'both'],
      ['new', 'here'],
    ])
    const ps = JSON.parse((await fleet.cbc(['lr', 'ps', A, '--diff', B, '--json'])).out) as Row[]
    expect(ps).toContainEqual(expect.objectContaining({ change: 'new', process_pid: 7312 }) as unknown)
    expect(ps.map(({ process_path }) => process_path)).not.toContain('c:\\windows\\system32\\smss.exe')
    expect(await fleet.cbc(['lr', 'session', 'list', '--json'])).toMatchObject({ out: '[]\n' })
  })

  it('what is missing there is new here', async () => {
    const fleet = openFleet()
    await set(fleet, A, 'here', 'x')
    const { code, out, err } = await fleet.cbc([...QUERY(A), '--diff', B, '--json'])
    expect({ code, changes: (JSON.parse(out) as Row[]).map(({ change }) => change) }).toEqual({ code: 0, changes: ['new', 'new'] })
    expect(err).toContain('no such key')
  })
})

it('lists of USB devices, approvals and blocks are compared as a whole', async () => {
  const { cbc } = investigation()
  await cbc(['usb', 'device', 'list'], ['--save', 'devices'])
  await cbc(['usb', 'block', 'list'], ['--save', 'blocks'])
  await cbc(['usb', 'approve', '774'])
  await cbc(['usb', 'block', 'create', 'Standard', '--yes'])
  const devices = (await cbc(['usb', 'device', 'list'], ['--diff', 'devices', '--json'])).rows()
  expect(devices).toHaveLength(1)
  expect(devices[0]?.['changes']).toContainEqual({ field: 'status', before: 'UNAPPROVED', after: 'APPROVED' })
  expect((await cbc(['usb', 'block', 'list'], ['--diff', 'blocks', '--json'])).rows()).toMatchObject([{ change: 'new', id: 55 }])
})

it('in the shell, too', async () => {
  const { cbc } = investigation()
  const { out } = await cbc(
    ['lr', 'connect', A],
    [
      '-c',
      `reg add ${KEY} -v run -d a; reg query ${KEY} -s --save before; reg add ${KEY} -v run -d b -f; reg query ${KEY} -s --diff before -o ndjson`,
    ],
  )
  expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ change: 'changed', registry_data: 'b' })
})
