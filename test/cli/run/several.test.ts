import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CbcError } from '../../../src/core/errors.ts'
import { ClosedPipe } from '../../../src/core/ports.ts'
import { memoryOutput } from '../../support/host.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'

const [A, B, C] = ['WIN-FIN-01', 'WIN-FIN-02', 'WIN-HR-01']
const THREE = `${A},${B},${C}`

function folderOf(fleet: Fleet, run: string): string {
  return join(fleet.home, 'runs', run)
}

it('several devices are one line each, a run that is told at its start and end, and a folder with what happened', async () => {
  const fleet = openFleet()
  const { code, lines, err, last, run } = await fleet.cbc(['lr', 'drives', THREE])
  expect(code).toBe(0)
  expect(lines.map(({ device_name }) => device_name).sort()).toEqual([A, B, C])
  for (const line of lines) expect(line).toEqual({ ...line, ok: true, result: expect.arrayContaining(['C:\\']) as unknown })
  expect(err.split('\n')[0]).toBe(`cbc: run ${run}: drives on 3 devices`)
  expect(last).toBe(`done 3, failed 0, offline 0, unknown 0, not begun 0 of 3; 0 B; run ${run}`)
  expect(run).toMatch(/^\d{8}-\d{4}-drives-[a-z0-9]{4}$/)
  expect(readdirSync(folderOf(fleet, run)).sort()).toEqual(['failed.txt', 'joblog.tsv', 'journal.jsonl', 'lines.jsonl', 'run.json'])
  expect(JSON.parse(readFileSync(join(folderOf(fleet, run), 'run.json'), 'utf8'))).toMatchObject({ run, words: ['lr', 'drives', THREE] })
})

it('a fleet in which devices are offline, refuse, drop answers and send garbage: a line each, and nothing is carried out twice', async () => {
  const fleet = openFleet({ rosterSize: 70 })
  const all = (await fleet.cbc(['lr', 'drives', 'query:os:WINDOWS'])).lines.filter(({ ok }) => ok).map(({ device_id }) => device_id)
  const [offline = [], disabled = [], dropping = [], garbage = []] = [0, 4, 8, 12].map(at => all.slice(at, at + 4))
  await fleet.settings({
    devices: {
      ...Object.fromEntries(offline.map(id => [id, { offline: true }])),
      ...Object.fromEntries(disabled.map(id => [id, { liveResponse: false }])),
    },
  })
  const commands = (ids: readonly number[]) => `**/sessions/*:{${ids.join(',')}}/commands`
  await fleet.faults([
    { method: 'POST', path: commands(dropping), times: dropping.length, do: { drop: 'after' } },
    { method: 'POST', path: commands(garbage), do: { garbage: 'html', after: true } },
  ])
  const { code, lines, last } = await fleet.cbc([
    'lr',
    'exec',
    all.join(','),
    '--parallel',
    '90',
    '--timeout',
    '24h',
    'cmd.exe',
    '/c',
    'ver',
  ])
  expect(code).toBe(7)
  expect(lines.map(({ device_id }) => device_id).sort()).toEqual([...all].sort())
  const failed = new Map(lines.filter(({ ok }) => !ok).map(({ device_id, error }) => [device_id, error?.code]))
  for (const id of offline) expect(failed.get(id)).toBe('timeout')
  for (const id of disabled) expect(failed.get(id)).toBe('auth')
  for (const id of all.slice(16)) expect(failed.get(id)).toBeUndefined()
  expect(last).toMatch(/offline 4, unknown \d+, not begun 0 of/)
  const ran = (await fleet.executions('name=create process')).map(({ device_id }) => device_id)
  expect(ran.length).toBe(new Set(ran).size)
  // What may have happened is not reported as if it had not.
  for (const id of garbage.filter(one => ran.includes(one))) expect(failed.get(id)).not.toBe('network')
})

it('a notice tells which of the devices it is about', async () => {
  const fleet = openFleet()
  await fleet.faults([{ method: 'GET', path: '**/devices/*', do: { status: 403 } }])
  const { code, err } = await fleet.cbc(['lr', 'info', `${A},${B}`])
  expect(code, err).toBe(0)
  for (const name of [A, B]) expect(err).toMatch(new RegExp(`^cbc: ${name}: info: device details are not available`, 'm'))
})

describe('a verb that destroys something', () => {
  it('is refused without --yes, and names how many, which, and what chose them', async () => {
    const fleet = openFleet({ rosterSize: 40 })
    const { code, err, out } = await fleet.cbc(['lr', 'kill', 'query:os:WINDOWS', 'chrome.exe'])
    expect({ code, out }).toEqual({ code: 8, out: '' })
    expect(err).toMatch(/kill chrome\.exe on \d\d devices chosen by query:os:WINDOWS, where each device looks up for itself what fits/)
    expect(err).toMatch(/: (\S+ \(\d+\), ){10}… and \d+ more/)
    expect(await fleet.folders.names()).toEqual([])
    expect(await fleet.executions()).toEqual([])
  })

  it('is done with --yes, with one confirmation for all', async () => {
    const fleet = openFleet()
    const { code, lines } = await fleet.cbc(['lr', 'rm', `${A},${B}`, 'C:\\Windows\\Temp\\*.log', '--yes'])
    expect({ code, ok: lines.length }).toEqual({ code: expect.any(Number) as number, ok: 2 })
    expect(lines.map(({ error }) => error?.code)).not.toContain('refused')
  })
})

describe('--resume', () => {
  it('keeps the journal in a file, and a second run does only what is not done', async () => {
    const fleet = openFleet()
    await fleet.settings({ devices: { [B]: { offline: true } } })
    const words = ['lr', 'drives', THREE, '--timeout', '1m', '--resume', join(fleet.home, 'night.jsonl')]
    const first = await fleet.cbc(words)
    expect(first).toMatchObject({ code: 7, last: expect.stringContaining('done 2, failed 0, offline 1') as string })
    await fleet.settings({ devices: { [B]: null } })
    const second = await fleet.cbc(words)
    expect(second).toMatchObject({ code: 0, run: first.run, last: expect.stringContaining('done 3, failed 0, offline 0') as string })
    expect(second.lines.map(({ device_name }) => device_name)).toEqual([B])
    expect(await fleet.cbc(words)).toMatchObject({ code: 0, out: '' })
  })

  it.each([
    ['the journal of another command', ['lr', 'ls', THREE, 'C:\\'], /is the journal of another command/],
    ['another file', ['lr', 'drives', THREE], /is not the journal of a run/],
  ])('refuses %s', async (what, words, message) => {
    const fleet = openFleet()
    const file = join(fleet.home, 'night.jsonl')
    if (what === 'another file') writeFileSync(file, 'my notes\n')
    else await fleet.cbc(['lr', 'drives', THREE, '--resume', file])
    const { code, err } = await fleet.cbc([...words, '--resume', file])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) as string })
  })
})

describe('how many, and how far', () => {
  it('--canary goes on only when the first devices did well', async () => {
    const fleet = openFleet()
    await fleet.settings({ devices: { [A]: { liveResponse: false } } })
    const stopped = await fleet.cbc(['lr', 'drives', THREE, '--canary', '1'])
    expect(stopped).toMatchObject({ code: 7, last: expect.stringContaining('failed 1, offline 0, unknown 0, not begun 2 of 3') as string })
    expect(stopped.err).toContain('cbc: stopped: ')
    expect(await fleet.cbc(['lr', 'drives', `${B},${A}`, '--canary', '1'])).toMatchObject({
      last: expect.stringContaining('done 1') as string,
    })
  })

  it('--max-failures begins nothing more once so many failed', async () => {
    const fleet = openFleet()
    await fleet.settings({ devices: { '*': { liveResponse: false } } })
    for (const most of ['2', '60%']) {
      const { code, last } = await fleet.cbc(['lr', 'drives', THREE, '--parallel', '1', '--max-failures', most])
      expect({ code, last }).toEqual({
        code: 7,
        last: expect.stringContaining('failed 2, offline 0, unknown 0, not begun 1 of 3') as string,
      })
    }
  })

  it('--shard divides a list: each device is in exactly one share, whatever the order', async () => {
    const fleet = openFleet({ rosterSize: 30 })
    const shares = await Promise.all(['1/3', '2/3', '3/3'].map(share => fleet.cbc(['lr', 'drives', 'query:os:WINDOWS', '--shard', share])))
    const ids = shares.flatMap(({ lines }) => lines.map(({ device_id }) => device_id))
    const whole = await fleet.cbc(['lr', 'drives', 'query:os:WINDOWS'])
    expect([...ids].sort()).toEqual(whole.lines.map(({ device_id }) => device_id).sort())
  })

  it.each([
    ['--shard', '4/3'],
    ['--shard', '0/3'],
    ['--max-failures', '0'],
    ['--max-failures', '101%'],
    ['--parallel', '0'],
    ['--again', 'failed'],
    ['--again', 'unknown'],
  ])('%s %s is refused before anything is sent', async (...options) => {
    const fleet = openFleet()
    expect(await fleet.cbc(['lr', 'drives', THREE, ...options])).toMatchObject({ code: 2, out: '' })
    expect(await fleet.requests()).toEqual([])
  })

  it('exec has --no-wait for its program and --wait for the device, and takes neither for the other', async () => {
    const fleet = openFleet()
    const ver = ['cmd.exe', '/c', 'ver']
    const output = async (...words: string[]) =>
      (await fleet.cbc(['lr', 'exec', `${A},${B}`, ...words, ...ver])).lines.map(({ result }) => result)
    for (const result of await output('--no-wait', '--wait', '1h')) expect(result).toMatchObject({ output: '' })
    for (const result of await output('--wait', '1h'))
      expect(result).toMatchObject({ output: expect.stringContaining('Windows') as string })
  })
})

describe('the form of the output', () => {
  it('--json is one array of the lines', async () => {
    const { out } = await openFleet().cbc(['lr', 'drives', THREE, '--json'])
    expect(JSON.parse(out)).toHaveLength(3)
    expect(JSON.parse((await openFleet().cbc(['lr', 'drives', A, '--json'])).out)).not.toHaveProperty('0.device_id')
  })

  it('a table is grouped, with a heading a device', async () => {
    const { out } = await openFleet().cbc(['lr', 'ps', `${A},${B}`, '-o', 'table', '--columns', 'pid'])
    expect(out.match(/^── \S+ \(\d+\)$/gm)?.length).toBe(2)
  })

  it('csv has one heading, and the device in each row', async () => {
    const { out } = await openFleet().cbc(['lr', 'ps', `${A},${B}`, '-o', 'csv', '--columns', 'process_pid'])
    const [heading, ...rows] = out.trimEnd().split('\r\n')
    expect(heading).toBe('device_id,device_name,process_pid')
    expect(new Set(rows.map(row => row.split(',')[1]))).toEqual(new Set([A, B]))
  })
})

describe('a run that is cut short', () => {
  it('ends on Ctrl-C with 130 and its last line; the rest is done by run retry', async () => {
    const fleet = openFleet({ rosterSize: 30 })
    const stdout = memoryOutput()
    const interruption = new AbortController()
    const write = stdout.write.bind(stdout)
    stdout.write = async data => {
      interruption.abort(new CbcError('interrupted', 'interrupted'))
      await write(data)
    }
    const cut = await fleet.cbc(['lr', 'drives', 'query:os:WINDOWS', '--parallel', '2'], {
      stdout,
      interruption,
      interrupt: interruption.signal,
    })
    expect(cut.code).toBe(130)
    expect(cut.last).toMatch(/^done \d+, .* not begun [1-9]\d* of \d+; 0 B; run /)
    const done = cut.lines.filter(({ ok }) => ok).map(({ device_id }) => device_id)
    const rest = await fleet.cbc(['run', 'retry', cut.run])
    expect(rest.last).toMatch(/not begun 0 of \d+/)
    for (const { device_id } of rest.lines) expect(done).not.toContain(device_id)
  })

  it('ends quietly when its reader has gone', async () => {
    const fleet = openFleet({ rosterSize: 30 })
    const stdout = memoryOutput()
    stdout.write = async () => {
      throw new ClosedPipe()
    }
    const { code, err } = await fleet.cbc(['lr', 'drives', 'query:os:WINDOWS', '--parallel', '2'], { stdout })
    expect(code).toBe(0)
    expect(err).not.toMatch(/error|closed/i)
  })

  it('sends no change when the disk is full, and says so', async () => {
    const fleet = openFleet()
    const full = new CbcError('io', 'journal.jsonl: no space left on this disk')
    const runFolders = async () => ({
      ...fleet.folders,
      create: async (name: string) => ({
        ...(await fleet.folders.create(name)),
        append: async () => ({ append: () => Promise.reject(full), close: async () => {} }),
      }),
    })
    const { code, err } = await fleet.cbc(['lr', 'exec', THREE, 'cmd.exe', '/c', 'ver'], { runFolders })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('no space left on this disk') as string })
    expect(await fleet.executions('name=create process')).toEqual([])
  })
})
