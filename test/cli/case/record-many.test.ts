import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { chainOf } from '../../support/journal-chain.ts'

const [A, B] = ['WIN-FIN-01', 'WIN-HR-01']
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

let fleet: Fleet
let folder = ''
beforeEach(() => {
  fleet = openFleet()
  folder = join(testFolder(), 'case')
})

const cbc = (...words: string[]) => fleet.cbc(['--case', folder, ...words])
const lines = () => chainOf(folder).slice(1)
const commands = () => lines().filter(({ event }) => event === 'finished')

it('a run has its folder in the case, a line for each device, and its files there, each under its device', async () => {
  const { run } = await cbc('lr', 'get', `${A},${B}`, HOSTS)
  expect(existsSync(join(folder, 'runs', run, 'run.json'))).toBe(true)
  const ended = commands()
  expect(ended.map(line => ({ run: line.run, event: line.event, outcome: line.outcome }))).toEqual(
    Array.from({ length: 2 }, () => ({ run, event: 'finished', outcome: 'done' })),
  )
  expect(ended.flatMap(({ files = [] }) => files.map(({ file }) => file)).sort()).toEqual(
    [A, B].map(name => `files/${name}/C/Windows/System32/drivers/etc/hosts`),
  )
  expect(JSON.parse((await cbc('run', 'list', '--json')).out)).toMatchObject([
    { run, devices: 2, done: 2, bytes: expect.any(Number) as number },
  ])
  expect((await fleet.cbc(['run', 'show', run])).code).toBe(4)
  expect(await fleet.cbc(['case', 'verify', folder])).toMatchObject({ code: 0 })
})

it('a device of a run that could not be reached has a line too, and so has its next turn, in the same run', async () => {
  await fleet.settings({ devices: { [B]: { liveResponse: false } } })
  const { run } = await cbc('lr', 'drives', `${A},${B}`)
  await fleet.settings({ devices: { [B]: null } })
  expect(await cbc('run', 'retry', run, '--only', 'failed')).toMatchObject({ code: 0, run })
  const told = lines().filter(({ device }) => String(device?.name).includes(B))
  expect(told.map(line => [line.run, line.verb, line.outcome])).toEqual([
    [run, 'connect', 'failed'],
    [run, 'drives', 'done'],
  ])
  expect(told[1]?.line).toContain(' lr drives ')
})

it('a device of a run that is offline has a line, and what a cut-off transfer leaves is no damage', async () => {
  await fleet.settings({ devices: { [B]: { offline: true } } })
  await cbc('lr', 'get', `${A},${B}`, HOSTS)
  expect(lines().find(({ device }) => String(device?.name).includes(B))).toMatchObject({ outcome: 'failed', error: { code: 'timeout' } })
  writeFileSync(join(folder, 'files', A, 'C', 'x.part'), 'a part')
  expect((await fleet.cbc(['case', 'verify', folder])).code).toBe(0)
  writeFileSync(join(folder, 'files', A, 'C', 'planted'), 'planted')
  expect((await fleet.cbc(['case', 'verify', folder])).code).not.toBe(0)
})

it('a limit on what devices send home holds for what goes into a case', async () => {
  const { code, out } = await cbc('lr', 'get', `${A},${B}`, HOSTS, '--max-bytes-per-device', '10')
  expect(code).toBe(7)
  expect(out).toContain('--max-bytes-per-device')
})

it('a change on several devices is noted for each before it is sent', async () => {
  const { run } = await cbc('lr', 'mkdir', `${A},${B}`, 'C:\\Users\\Public\\new')
  for (const name of [A, B]) {
    const told = lines().filter(({ device }) => String(device?.name).includes(name))
    expect(told.map(({ event }) => event)).toEqual(['started', 'finished'])
    expect(told[0]).toMatchObject({ run, change: 'create directory', operation: told[1]?.operation })
  }
})

it('a shell tells when it came and left, and has a line for each of its lines', async () => {
  await cbc('lr', 'connect', A, '-c', `cd C:\\Users; ls; get ${HOSTS}; kill none`)
  expect(lines().map(({ event, line, outcome }) => ({ event, line, outcome }))).toEqual([
    { event: 'connected', line: undefined, outcome: undefined },
    { event: 'finished', line: 'ls', outcome: 'done' },
    { event: 'kept', line: undefined, outcome: undefined },
    { event: 'finished', line: `get ${HOSTS}`, outcome: 'done' },
    { event: 'finished', line: 'kill none', outcome: 'failed' },
    { event: 'disconnected', line: undefined, outcome: undefined },
    { event: 'recorded', line: undefined, outcome: undefined },
  ])
  // Also without a terminal there is a recording, for the report to play.
  const file = lines().find(({ event }) => event === 'recorded')?.file
  expect(JSON.parse(readFileSync(join(folder, String(file)), 'utf8').split('\n')[0] ?? '')).toMatchObject({ version: 2 })
})

it('a playbook is one command, whose changes are noted before they are sent', async () => {
  const file = join(testFolder(), 'steps.cbc')
  writeFileSync(file, `mkdir C:\\Users\\Public\\steps\nget ${HOSTS}\n`)
  await cbc('lr', 'run', file, A, '--yes')
  expect(lines().map(({ event, change }) => [event, change])).toEqual([
    ['started', 'create directory'],
    ['kept', undefined],
    ['finished', undefined],
  ])
  expect(commands()[0]).toMatchObject({ outcome: 'done', files: [{ path: HOSTS }] })
})

it('two devices of one name do not share a folder', async () => {
  const home = await fleet.cbc(['device', 'list', '--json'])
  expect(home.code).toBe(0)
  await cbc('lr', 'get', A, HOSTS)
  const claim = join(folder, 'devices', `${A.toLowerCase()}.json`)
  writeFileSync(claim, readFileSync(claim, 'utf8').replace(/"id":\d+/, '"id":1'))
  await cbc('lr', 'get', A, HOSTS)
  const { device, files } = commands()[1] ?? {}
  expect(files?.[0]?.file).toBe(`files/${A}-${device?.id ?? ''}/C/Windows/System32/drivers/etc/hosts`)
})
