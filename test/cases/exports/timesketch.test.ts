import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HOSTILE_TEXTS } from '../../support/hostile.ts'
import { exported, madeCase, ran, type MadeCommand } from '../../support/made-case.ts'

type Event = Record<string, unknown>

function eventsIn(path: string): Event[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Event)
}

async function eventsOf(commands: readonly MadeCommand[]): Promise<Event[]> {
  return eventsIn((await exported(await madeCase(commands), 'timesketch')).path)
}

const ENTRY = {
  filename: 'evil.exe',
  path: 'C:\\Users\\mia\\evil.exe',
  size: 42,
  attributes: ['ARCHIVE', 'HIDDEN'],
  create_time: '2024-03-01T10:00:00Z',
  last_write_time: '2024-03-01T10:00:01.250Z',
  last_access_time: '2024-03-02T10:00:00Z',
}

it('a listing becomes an event for each time of a file, in the words that Timesketch knows', async () => {
  const events = (
    await eventsOf([{ verb: 'ls', line: 'ls C:\\Users\\mia', rows: [{ ...ENTRY, change_time: '2024-03-03T10:00:00Z' }] }])
  ).filter(({ data_type }) => data_type === 'cbc:file')
  expect(events.map(({ datetime, timestamp_desc, timestamp }) => [datetime, timestamp_desc, timestamp])).toEqual([
    ['2024-03-01T10:00:00+00:00', 'Creation Time', Date.UTC(2024, 2, 1, 10) * 1000],
    ['2024-03-01T10:00:01.250+00:00', 'Content Modification Time', (Date.UTC(2024, 2, 1, 10) + 1250) * 1000],
    ['2024-03-02T10:00:00+00:00', 'Last Access Time', Date.UTC(2024, 2, 2, 10) * 1000],
    ['2024-03-03T10:00:00+00:00', 'Metadata Modification Time', Date.UTC(2024, 2, 3, 10) * 1000],
  ])
  expect(events[0]).toMatchObject({
    message: 'WIN-FIN-01: C:\\Users\\mia\\evil.exe',
    hostname: 'WIN-FIN-01',
    device_id: 7,
    filename: 'evil.exe',
    size: 42,
    attributes: 'ARCHIVE HIDDEN',
    verb: 'ls',
  })
})

it('has what happened to the case and its sessions in words, and a name for processes without a command line', async () => {
  const events = await eventsOf([
    { event: 'connected' },
    { event: 'undone', line: 'rm x', outcome: 'partial' },
    { verb: 'ps', rows: [{ process_pid: 4, process_path: 'system', process_cmdline: '', process_create_time: '2024-03-01T09:00:00Z' }] },
  ])
  expect(events.map(({ timestamp_desc, message }) => [timestamp_desc, message])).toEqual(
    expect.arrayContaining([
      ['Session connected', 'WIN-FIN-01: session connected'],
      ['Put back', 'WIN-FIN-01: rm x: putting back: partial'],
      ['Start Time', 'WIN-FIN-01: process 4 started: system'],
    ]),
  )
})

it('has the commands themselves, processes, keys, findings, and files that came home', async () => {
  const events = await eventsOf([
    { event: 'started', verb: 'reg delete', line: 'reg delete HKLM\\X', change: 'delete reg key' },
    { verb: 'reg delete', line: 'reg delete HKLM\\X', outcome: 'failed', error: { code: 'remote', message: 'access denied' } },
    {
      verb: 'ps',
      rows: [{ process_pid: 12, process_path: 'C:\\x.exe', process_cmdline: 'x.exe -q', process_create_time: '2024-03-01T09:00:00Z' }],
    },
    { verb: 'reg query', rows: { path: 'HKLM\\SOFTWARE\\X', sub_keys: ['A'], values: [], last_write_time: '2024-02-01T00:00:00Z' } },
    {
      verb: 'triage',
      rows: {
        device: 'x',
        findings: [{ severity: 'high', kind: 'file', reason: 'unsigned', path: 'C:\\x', time: '2024-01-01T00:00:00Z' }],
      },
    },
    {
      verb: 'get',
      brought: [{ path: '/etc/passwd', file: 'files/LNX/etc/passwd', text: 'root', last_write_time: '2023-01-01T00:00:00Z' }],
    },
  ])
  const of = (type: string) => events.filter(({ data_type }) => data_type === `cbc:${type}`)
  expect(of('journal').map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      'WIN-FIN-01: reg delete HKLM\\X: about to send delete reg key',
      'WIN-FIN-01: reg delete HKLM\\X: failed: access denied',
    ]),
  )
  expect(of('process')).toMatchObject([
    { message: 'WIN-FIN-01: process 12 started: x.exe -q', timestamp_desc: 'Start Time', datetime: '2024-03-01T09:00:00+00:00' },
  ])
  expect(of('registry_key')).toMatchObject([{ key_path: 'HKLM\\SOFTWARE\\X', timestamp_desc: 'Content Modification Time' }])
  expect(of('finding')).toMatchObject([{ severity: 'high', message: 'WIN-FIN-01: high: unsigned: C:\\x' }])
  expect(of('file')).toMatchObject([{ path: '/etc/passwd', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }])
})

it('every event has what Timesketch asks for, as flat values, whatever an endpoint calls its files', async () => {
  const rows = [...HOSTILE_TEXTS, '\ud800', '{"a":1}'].map(text => ({
    ...ENTRY,
    path: text,
    message: 'mine',
    datetime: 'mine',
    attributes: [text],
  }))
  for (const event of await eventsOf([{ verb: 'ls', rows }])) {
    expect(event['message']).toMatch(/\S/)
    expect(event['datetime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+00:00$/)
    expect(event['timestamp_desc']).toMatch(/\S/)
    for (const value of Object.values(event)) expect(['string', 'number', 'boolean']).toContain(typeof value)
  }
})

it('a text that would lose its index is cut between characters, and the event says so', async () => {
  const [exact, long] = ['a'.repeat(32_766), `a${'ü'.repeat(20_000)}`]
  const rows = [exact, long].map((process_cmdline, n) => ({ process_pid: n, process_cmdline, process_create_time: '2024-03-01T09:00:00Z' }))
  const [fits, cut] = (await eventsOf([{ verb: 'ps', rows }])).filter(({ data_type }) => data_type === 'cbc:process')
  expect(fits?.['command_line']).toBe(exact)
  expect(fits?.['cut_fields']).toBe('message')
  expect(cut?.['cut_fields']).toBe('command_line message')
  expect(cut?.['command_line']).toBe(`a${'ü'.repeat(16_382)}`)
})

it('what is not known is no event: the beginning of a calendar, or nothing', async () => {
  const rows = [{ ...ENTRY, create_time: '1601-01-01T00:00:00Z', last_write_time: null, last_access_time: 'never' }]
  expect((await eventsOf([{ verb: 'ls', rows }])).filter(({ data_type }) => data_type !== 'cbc:journal')).toEqual([])
})

it('the same result of a device is told once, and again for another device', async () => {
  const ls = { verb: 'ls', rows: [ENTRY] }
  const files = (await eventsOf([ls, ls, { ...ls, id: 8, name: 'WIN-HR-01' }])).filter(({ data_type }) => data_type === 'cbc:file')
  expect(files.map(({ hostname }) => hostname)).toEqual([...Array<string>(3).fill('WIN-FIN-01'), ...Array<string>(3).fill('WIN-HR-01')])
})

it('a result that was damaged is named, and the rest is exported', async () => {
  const folder = await madeCase([
    { verb: 'ls', rows: [ENTRY] },
    { verb: 'ps', rows: [] },
    // The bytes of a program, as they are.
    { verb: 'exec', result: { file: 'results/x.bin', sha256: 'x', bytes: 1 } },
  ])
  for await (const { file } of folder.list('results')) writeFileSync(join(folder.path, file), '[{"a"')
  const { code, out } = await ran(['case', 'export', folder.path, '--format', 'timesketch', '--json'])
  const { path, errors } = JSON.parse(out) as { path: string; errors: { error: { message: string } }[] }
  expect(code).toBe(7)
  expect(errors.map(({ error }) => error.message.replace(/\w{64}/, 'X'))).toEqual(
    Array(2).fill('results/X.json: is no result: it was changed, or cut off'),
  )
  const events = eventsIn(path)
  expect(events.flatMap(({ event }) => event ?? [])).toEqual(['created', 'finished', 'finished', 'finished'])
  expect(events[0]).toMatchObject({
    data_type: 'cbc:problem',
    message: expect.stringMatching(/^the case is not as it was recorded: results\/\w+\.json: was changed/) as string,
  })
})
