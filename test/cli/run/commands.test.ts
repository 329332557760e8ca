import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { memoryOutput, until } from '../../support/host.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'

const [A, B] = ['WIN-FIN-01', 'WIN-HR-01']

/** A run in which one device did well and one failed. */
async function halfDone(): Promise<{ fleet: Fleet; run: string }> {
  const fleet = openFleet()
  await fleet.settings({ devices: { [B]: { liveResponse: false } } })
  const { run } = await fleet.cbc(['lr', 'drives', `${A},${B}`])
  return { fleet, run }
}

it('run list and run show tell what a run came to, with reasons', async () => {
  const { fleet, run } = await halfDone()
  const [row] = JSON.parse((await fleet.cbc(['run', 'list', '--json'])).out) as [Record<string, unknown>]
  expect(row).toMatchObject({ run, state: 'done', verb: 'drives', devices: 2, done: 1, failed: 1, offline: 0, unknown: 0, not_begun: 0 })
  const shown = JSON.parse((await fleet.cbc(['run', 'show', run, '--json'])).out) as Record<string, unknown>
  expect(shown).toMatchObject({ ...row, command: `cbc lr drives ${A},${B}`, failures: [{ device_name: B, state: 'failed', code: 'auth' }] })
  expect(shown['slowest']).toHaveLength(2)
  expect((await fleet.cbc(['run', 'show', run])).out).toMatch(new RegExp(`not done\\t${B} failed: (?!${B})`))
})

it('run retry goes on in the same run, with the devices that were asked for', async () => {
  const { fleet, run } = await halfDone()
  expect(await fleet.cbc(['run', 'retry', run, '--only', 'offline'])).toMatchObject({ code: 7, out: '', run })
  await fleet.settings({ devices: { [B]: null } })
  const { code, lines, last } = await fleet.cbc(['run', 'retry', run, '--only', 'failed'])
  expect({ code, names: lines.map(({ device_name }) => device_name) }).toEqual({ code: 0, names: [B] })
  expect(last).toBe(`done 2, failed 0, offline 0, unknown 0, not begun 0 of 2; 0 B; run ${run}`)
})

it('a change of unknown outcome is repeated only where that is asked for', async () => {
  const fleet = openFleet()
  const { run } = await fleet.cbc(['lr', 'mkdir', `${A},${B}`, 'C:\\Users\\Public\\x'])
  const folder = join(fleet.home, 'runs', run)
  const [head = ''] = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n')
  const { devices } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { devices: { id: number }[] }
  const line = { time: '2026-01-01T00:00:00Z', device_id: devices[0]?.id, state: 'running', change: 'create directory' }
  writeFileSync(join(folder, 'journal.jsonl'), `${head}\n${JSON.stringify(line)}\n`)
  expect(await fleet.cbc(['run', 'retry', run])).toMatchObject({
    code: 7,
    last: expect.stringContaining('unknown 1, not begun 0') as string,
  })
  const again = await fleet.cbc(['run', 'retry', run, '--only', 'unknown'])
  expect(again.lines.map(({ device_id }) => device_id)).toEqual([devices[0]?.id])
})

it('a second process on the same run says so', async () => {
  const { fleet, run } = await halfDone()
  const unlock = await (await fleet.folders.open(run))?.lock('journal.jsonl')
  const { code, err } = await fleet.cbc(['run', 'retry', run])
  expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining('another process works on it') as string })
  expect((await fleet.cbc(['run', 'delete', run])).code).toBe(8)
  await unlock?.()
  expect((await fleet.cbc(['run', 'retry', run])).code).toBe(7)
})

it('run wait says by its exit code whether the goal was reached', async () => {
  const { fleet, run } = await halfDone()
  expect((await fleet.cbc(['run', 'wait', run])).code).toBe(0)
  expect((await fleet.cbc(['run', 'wait', run, '--for', 'done=50%'])).code).toBe(0)
  expect((await fleet.cbc(['run', 'wait', run, '--for', 'done=51%'])).code).toBe(6)
  expect((await fleet.cbc(['run', 'wait', run, '--for', 'done=200%'])).code).toBe(2)
  const unlock = await (await fleet.folders.open(run))?.lock('journal.jsonl')
  expect((await fleet.cbc(['run', 'wait', run, '--timeout', '3s'])).code).toBe(6)
  await unlock?.()
})

it('run export writes the last line of each device, as they came', async () => {
  const { fleet, run } = await halfDone()
  await fleet.settings({ devices: { [B]: null } })
  const { out } = await fleet.cbc(['run', 'retry', run])
  const exported = await fleet.cbc(['run', 'export', run])
  expect(exported.lines.map(({ device_name, ok }) => [device_name, ok])).toEqual([
    [A, true],
    [B, true],
  ])
  expect(exported.out.endsWith(out)).toBe(true)
  expect(JSON.parse((await fleet.cbc(['run', 'export', run, '--json'])).out)).toHaveLength(2)
})

it('run cancel ends a run that another process works on', async () => {
  const fleet = openFleet({ rosterSize: 30 })
  const stdout = memoryOutput()
  let cancelled: Promise<{ code: number; out: string }> | undefined
  const write = stdout.write.bind(stdout)
  stdout.write = async data => {
    const [run = ''] = await fleet.folders.names()
    cancelled ??= fleet.cbc(['run', 'cancel', run, '--json'])
    await until(() => existsSync(join(fleet.home, 'runs', run, 'cancel')))
    await write(data)
  }
  const ran = fleet.cbc(['lr', 'drives', 'query:os:WINDOWS', '--parallel', '1'], { stdout })
  const { code } = await ran
  expect(code).toBe(130)
  expect(JSON.parse((await cancelled)?.out ?? '')).toMatchObject({ state: 'cancelled' })
})

it('run delete removes the record; an unknown run is not found', async () => {
  const { fleet, run } = await halfDone()
  expect(JSON.parse((await fleet.cbc(['run', 'delete', run, '--json'])).out)).toEqual({ id: run, deleted: true })
  expect(existsSync(join(fleet.home, 'runs', run))).toBe(false)
  for (const name of [run, '..', 'x/../y', '']) expect((await fleet.cbc(['run', 'show', name === '' ? '.' : name])).code).toBe(4)
})

it('run list fits a terminal of 80 columns', async () => {
  const { fleet } = await halfDone()
  // It stops after the first device: a state, and a name, that are as long as they get.
  const { run } = await fleet.cbc(['lr', 'memdump', `${B},${A}`, '--canary', '1', '--yes'])
  const stdout = memoryOutput({ isTerminal: true, columns: 80 })
  await fleet.cbc(['run', 'list'], { stdout })
  expect(stdout.text()).toContain(run)
  expect(
    stdout
      .text()
      .split('\n')
      .filter(line => line.length > 80),
  ).toEqual([])
})
