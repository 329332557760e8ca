import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localFiles } from '../../../src/host/local-files.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { memoryOutput } from '../../support/host.ts'

const DEVICE = 'WIN-FIN-01'
const IMPOSTOR = 7312

interface StepRow {
  step: number
  status: string
  run: string
  ok: boolean
  count: number
  summary: string
  line: number
  result?: unknown
  error?: { code: string; message: string; device_id: number }
}

/** A fleet with playbooks beside it. */
function withFiles(files: Record<string, string>): Fleet & { path(name: string): string } {
  const fleet = openFleet()
  const folder = join(fleet.home, 'playbooks')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { ...fleet, path: name => join(folder, name) }
}

const rowsOf = (out: string) => JSON.parse(out) as StepRow[]

const CONTAIN = `
name: contain
inputs:
  program: { description: the file name }
steps:
  - run: ps --filter "{{ inputs.program }}"
    register: found
  - name: end it
    run: kill {{ steps.found.rows[0].process_pid }} --if-name svchost.exe
    when: steps.found.count > 0 and os == "windows"
    register: ended
  - run: rm {{ inputs.program }}
    when: steps.ended.ok
  - run: ls /tmp
    when: os == "linux"
`
const PROGRAM = 'C:\\Users\\Public\\svchost.exe'

describe('lr run', () => {
  it('lines of the shell: a row a command, with what it came to and where it stands', async () => {
    const fleet = withFiles({
      'a.txt': '# look around\nps --filter svchost; cd C:\\Users\\Public && ls\nls C:\\nowhere && drives\ndrives\n',
    })
    const { code, out } = await fleet.cbc(['lr', 'run', fleet.path('a.txt'), DEVICE, '--json'])
    expect(code).toBe(7)
    const rows = rowsOf(out)
    expect(rows.map(({ status, line }) => [status, line])).toEqual([
      ['done', 2],
      ['done', 2],
      ['done', 2],
      ['failed', 3],
      ['skipped', 3],
      ['done', 4],
    ])
    expect(rows[2]?.result).toEqual(expect.arrayContaining([expect.objectContaining({ path: PROGRAM })]))
    expect(rows[3]?.error).toMatchObject({ code: 'not_found' })
    expect(rows[3]?.error?.message).toMatch(new RegExp(`a\\.txt:3:1: ${DEVICE}: C:\\\\nowhere`))
  })

  it('set -e: nothing more has its turn after a failure, and what was not run is said', async () => {
    const fleet = withFiles({ 'a.txt': 'set -e\nls C:\\nowhere\ndrives\n' })
    const { code, out } = await fleet.cbc(['lr', 'run', fleet.path('a.txt'), DEVICE, '--json'])
    expect([code, rowsOf(out).map(({ status }) => status)]).toEqual([7, ['failed', 'not run']])
  })

  it('a playbook that changes something asks once for all of it: nobody there, exit 8 and nothing is done', async () => {
    const fleet = withFiles({ 'c.yaml': CONTAIN })
    const { code, err } = await fleet.cbc(['lr', 'run', fleet.path('c.yaml'), DEVICE, '--input', `program=${PROGRAM}`])
    expect(code).toBe(8)
    expect(err).toContain(`2 of 4 steps may change ${DEVICE}`)
    expect(await fleet.executions()).toEqual([])
    expect(
      (await fleet.cbc(['lr', 'run', fleet.path('c.yaml'), DEVICE, '--input', `program=${PROGRAM}`, '--read-only', '--yes'])).code,
    ).toBe(8)
    expect(await fleet.executions()).toEqual([])
  })

  it('what a dry run shows is what is sent: results and conditions of earlier steps decide', async () => {
    const fleet = withFiles({ 'c.yaml': CONTAIN })
    const command = ['lr', 'run', fleet.path('c.yaml'), DEVICE, '--input', `program=${PROGRAM}`, '--json']
    const plan = JSON.parse((await fleet.cbc([...command, '--dry-run'])).out) as Record<string, unknown>[]
    expect((await fleet.executions()).filter(({ name }) => name !== 'process list')).toEqual([])
    expect(plan.filter(({ run }) => run !== undefined).map(({ status, run }) => [status, run])).toEqual([
      ['runs', `ps --filter ${PROGRAM}`],
      ['runs', `kill ${IMPOSTOR} --if-name svchost.exe`],
      ['depends on earlier steps', `rm ${PROGRAM}`],
      ['skipped', 'ls /tmp'],
    ])
    const { code, out } = await fleet.cbc([...command, '--yes'])
    expect([code, rowsOf(out).map(({ status }) => status)]).toEqual([0, ['done', 'done', 'done', 'skipped']])
    const sent = (await fleet.executions())
      .filter(({ name }) => name === 'kill' || name === 'delete file')
      .map(({ name, object }) => [name, object])
    expect(sent).toEqual(plan.filter(({ run }) => run === undefined).map(({ name, path, pid }) => [name, path ?? pid]))
  })

  it('several devices: a line each, and a retry reads the same playbook again, and no other', async () => {
    const fleet = withFiles({ 'd.yaml': 'steps:\n  - run: drives\n' })
    await fleet.settings({ devices: { 11412674: { liveResponse: false } } })
    const { code, lines, run } = await fleet.cbc(['lr', 'run', fleet.path('d.yaml'), DEVICE, 'WIN-FIN-02'])
    expect([code, lines.map(({ ok }) => ok).sort()]).toEqual([7, [false, true]])
    await fleet.settings({ devices: { 11412674: { liveResponse: true } } })
    const retried = await fleet.cbc(['run', 'retry', run])
    expect([retried.code, retried.lines.map(({ ok, device_name }) => [ok, device_name])]).toEqual([0, [[true, 'WIN-FIN-02']]])
    writeFileSync(fleet.path('d.yaml'), 'steps:\n  - run: info\n')
    const { code: other, err } = await fleet.cbc(['run', 'retry', run, '--only', 'all'])
    expect([other, err]).toEqual([2, expect.stringContaining('is the journal of another command')])
  })

  it('a step that fails says file, line and device; on_error: continue goes on, and what is not there is no failure then', async () => {
    const fleet = withFiles({
      'e.yaml':
        'steps:\n  - run: ls C:\\nowhere\n    on_error: continue\n    register: a\n  - run: drives\n    when: not steps.a.ok\n  - run: kill 4\n  - run: info\n',
    })
    const { code, out } = await fleet.cbc(['lr', 'run', fleet.path('e.yaml'), DEVICE, '--json', '--yes'])
    const rows = rowsOf(out)
    expect([code, rows.map(({ status }) => status)]).toEqual([7, ['not found', 'done', 'failed', 'not run']])
    expect(rows[0]).not.toHaveProperty('error')
    expect(rows[2]?.error).toMatchObject({ device_id: 11412673, message: expect.stringContaining(`e.yaml:7:10: ${DEVICE}: `) as unknown })
  })

  it.each<[string[], string]>([
    [[], '--input program: is missing'],
    [['--input', 'progam=x', '--input', 'program=x'], 'did you mean program?'],
    [['--input', 'program'], 'is not name=value'],
    [['--input', 'program=x', '--input', 'program=y'], 'is given twice'],
    [['--input', 'program=-r', '--yes'], 'would be an option'],
  ])('inputs %j: exit 2, and nothing is sent', async (words, message) => {
    const fleet = withFiles({ 'c.yaml': CONTAIN })
    const { code, err } = await fleet.cbc(['lr', 'run', fleet.path('c.yaml'), DEVICE, ...words])
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
    expect(await fleet.requests()).toEqual([])
  })

  it.each(['--artifacts', 'CBC_ARTIFACTS'])('a step that collects has the definitions of %s, and check knows them too', async way => {
    const fleet = withFiles({
      'c.yaml': 'steps:\n  - collect: OwnHosts\n',
      'own.yaml':
        "name: OwnHosts\ndoc: hosts\nsources:\n- {type: FILE, attributes: {paths: ['C:\\Windows\\System32\\drivers\\etc\\hosts']}}\n",
    })
    const own = fleet.path('own.yaml')
    const words = way === '--artifacts' ? [way, own] : []
    const world = { env: { CBC_PROFILE: 'lab', ...(words.length === 0 ? { [way]: own } : {}) } }
    const checked = await fleet.cbc(['lr', 'playbook', 'check', fleet.path('c.yaml'), ...words], world)
    expect(checked.code, checked.err).toBe(0)
    const planned = await fleet.cbc(['lr', 'run', fleet.path('c.yaml'), DEVICE, '--dry-run', ...words], world)
    expect(planned).toMatchObject({ code: 0, out: expect.stringContaining('drivers\\etc\\hosts') as string })
  })

  it('files that a playbook brings home go below a folder a device', async () => {
    const fleet = withFiles({
      'g.yaml': 'inputs: {to: {}}\nsteps:\n  - run: get C:\\Windows\\System32\\drivers\\etc\\hosts "{{ inputs.to }}"\n',
    })
    const { code } = await fleet.cbc([
      'lr',
      'run',
      fleet.path('g.yaml'),
      `${DEVICE},WIN-FIN-02`,
      '--input',
      `to=${join(fleet.home, 'out')}`,
    ])
    expect(code).toBe(0)
    expect((await localFiles.names(join(fleet.home, 'out'))).map(({ name }) => name).sort()).toEqual([DEVICE, 'WIN-FIN-02'])
  })

  it('a terminal shows each step with what it came to', async () => {
    const fleet = withFiles({ 'a.txt': 'drives\n' })
    const stdout = memoryOutput({ isTerminal: true, columns: 80 })
    await fleet.cbc(['lr', 'run', fleet.path('a.txt'), DEVICE], { stdout })
    expect(stdout.text()).toBe('✓ 1  drives  (3 rows)\n     drive\n     A:\\\n     C:\\\n     D:\\\n')
  })

  it('on several devices a terminal shows a heading a device and its steps, and a pipe gets lines of JSON', async () => {
    const fleet = withFiles({ 'a.txt': 'drives\n' })
    const words = ['lr', 'run', fleet.path('a.txt'), `${DEVICE},WIN-FIN-02`]
    const stdout = memoryOutput({ isTerminal: true, columns: 80 })
    await fleet.cbc(words, { stdout })
    const steps = '✓ 1  drives  (3 rows)\n     drive\n     A:\\\n     C:\\\n     D:\\\n\n'
    const groups = [`── ${DEVICE} (11412673)\n${steps}`, `── WIN-FIN-02 (11412674)\n${steps}`]
    expect([groups.join(''), groups.reverse().join('')]).toContain(stdout.text())
    expect((await fleet.cbc(words)).lines.map(({ ok }) => ok)).toEqual([true, true])
  })

  it('what is not there is said without the place in the file, which is for faults', async () => {
    const fleet = withFiles({ 'e.yaml': 'steps:\n  - run: ls C:\\nowhere\n    on_error: continue\n' })
    const [row] = rowsOf((await fleet.cbc(['lr', 'run', fleet.path('e.yaml'), DEVICE, '--json'])).out)
    expect(row).toMatchObject({ status: 'not found', summary: expect.stringMatching(/^C:\\nowhere: /) as unknown })
  })
})
