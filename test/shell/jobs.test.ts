import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { interrupted } from '../../src/core/errors.ts'
import { memoryOutput, until } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'
import { openShell, type ShellSettings, type TestShell } from './open-shell.ts'

const folder = testFolder()

const open = async (settings?: ShellSettings) => await openShell(settings)
const LONG = 'exec ping -n 600 127.0.0.1'
const states = async ({ run }: TestShell) =>
  (JSON.parse((await run('jobs --json')).out) as { job: number; state: string }[]).map(({ job, state }) => `${job} ${state}`)
const allOver = ({ shell }: TestShell) => until(() => shell.jobs.running.length === 0)

describe('a job', () => {
  it('runs beside the prompt, and its output is kept until somebody waits for it', async () => {
    const own = await open()
    expect(await own.run('stat C:\\Windows --columns path -o csv &')).toEqual({ code: 0, out: '', err: '' })
    expect(await own.run('wait')).toEqual({ code: 0, out: 'path\r\nC:\\Windows\r\n', err: '' })
    expect(await own.run('jobs')).toMatchObject({ code: 0, out: 'job\tstate\ttime\t%\tline\tlast line\n' })
    expect(await own.run('wait')).toEqual({ code: 0, out: '', err: '' })
  })

  it('is reported once when it has ended, with its result on a terminal', async () => {
    const own = await open({ terminal: true })
    expect(await own.run('stat C:\\nope &')).toMatchObject({ code: 0, out: '', err: '[1] stat C:\\nope\n' })
    await allOver(own)
    const [out, err] = [memoryOutput(), memoryOutput()]
    expect(await own.shell.tellOfJobs(out, err)).toBe(4)
    expect(err.text()).toMatch(/^cbc: C:\\nope: no such .*\n(hint: .*\n)?\[1\] failed \(4\) {2}stat C:\\nope\n$/)
    expect(await own.shell.tellOfJobs(out, err)).toBe(0)
    expect(out.text()).toBe('')
    expect(own.shell.failure).toBe(4)
  })

  it('keeps the directory in which it was started', async () => {
    const own = await open()
    await own.run(`cd C:\\Windows; lcd "${folder}"`)
    await own.run('stat System32 --columns path > there.txt && stat System32 --columns path -o csv &; cd C:\\; lcd /')
    expect((await own.run('wait')).out).toBe('path\r\nC:\\Windows\\System32\r\n')
    expect(readFileSync(join(folder, 'there.txt'), 'utf8')).toContain('C:\\Windows\\System32')
  })

  it('may end in a local command, whose output is kept too', async () => {
    const own = await open({
      host: {
        async localShell(_line, { input, output } = {}) {
          for await (const part of input ?? []) output?.(Buffer.from(Buffer.from(part).toString().toUpperCase()))
          return 0
        },
      },
    })
    await own.run('stat C:\\Windows --columns path -o csv | upper &')
    expect(await own.run('wait 1')).toMatchObject({ code: 0, out: 'PATH\r\nC:\\WINDOWS\r\n' })
  })

  it('is cancelled on the endpoint too', async () => {
    const own = await open()
    await own.run(`${LONG} &`)
    expect(await states(own)).toEqual(['1 running'])
    // A machine that is busy may need longer to end the program than it is waited for: then the session is replaced, which is said.
    expect(await own.run('cancel %1')).toMatchObject({ code: 0, out: '' })
    expect(await states(own)).toEqual(['1 cancelled'])
    expect(await own.run('wait 1')).toMatchObject({ code: 130, out: '' })
    expect(JSON.parse((await own.run('ps --filter ping.exe --json')).out)).toEqual([])
  })

  it('continues when Ctrl-C ends the wait for it, and does not block other commands', async () => {
    const own = await open()
    await own.run(`${LONG} &`)
    const stop = new AbortController()
    const waiting = own.run('wait', stop.signal)
    stop.abort(interrupted())
    expect(await waiting).toMatchObject({ code: 130 })
    expect(await states(own)).toEqual(['1 running'])
    await own.run('cancel 1')
  })

  it('asks no questions, and cannot change the shell', async () => {
    const own = await open({ policy: { readOnly: false, yes: false, confirm: async () => true } })
    await own.run('rm C:\\Windows\\Temp\\* &')
    expect(await own.run('wait')).toMatchObject({ code: 8, err: expect.stringContaining('nobody is there to confirm') as string })
    await own.run('cd C:\\ &')
    expect(await own.run('wait')).toMatchObject({ code: 2, err: expect.stringContaining("can't run in the background") as string })
  })

  it('shows its running time, its progress, and its last line of output', async () => {
    const own = await open()
    const jobs = async () => JSON.parse((await own.run('jobs --json')).out) as Record<string, unknown>[]
    await own.run('stat C:\\Windows --columns path -o csv && exec ping -n 600 127.0.0.1 &')
    await until(async () => (await jobs()).some(({ last_line }) => last_line === 'C:\\Windows'))
    const { progress } = own.shell.jobs.all[0] ?? {}
    progress?.step('Dumping', 200, 'percent')
    progress?.at(90)
    expect(await jobs()).toContainEqual({
      job: 1,
      state: 'running',
      duration_ms: expect.any(Number) as number,
      percent: 45,
      line: expect.stringContaining('ping') as string,
      last_line: 'C:\\Windows',
    })
    await own.run('cancel 1')
  })

  it('that has ended returns its result whenever it is waited for, and shows nothing twice', async () => {
    const own = await open({ terminal: true })
    await own.run('stat C:\\nope &')
    await allOver(own)
    expect(await own.shell.tellOfJobs(memoryOutput(), memoryOutput())).toBe(4)
    expect(await own.run('wait 1')).toEqual({ code: 4, out: '', err: '[1] failed (4)  stat C:\\nope\n' })
    expect(await own.run('wait')).toEqual({ code: 0, out: '', err: '' })
    expect(await own.run('fg 1')).toMatchObject({ code: 4, err: expect.stringContaining('job 1 is over: failed (4)') as string })
  })

  it('is brought to the foreground with its output, and then ended with Ctrl-C', async () => {
    const own = await open()
    await own.run('stat C:\\Windows --columns path -o csv && exec ping -n 600 127.0.0.1 &')
    await until(() => own.shell.jobs.all[0]?.kept.lastLine() === 'C:\\Windows')
    const ctrlC = new AbortController()
    const back = own.run('fg', ctrlC.signal)
    await until(() => own.out() === 'path\r\nC:\\Windows\r\n')
    ctrlC.abort(interrupted())
    expect(await back).toMatchObject({ code: 130 })
    expect(own.shell.jobs.all).toEqual([])
    expect(JSON.parse((await own.run('ps --filter ping.exe --json')).out)).toEqual([])
    expect(await own.run('fg')).toMatchObject({ code: 4 })
  })

  it('that does not exist is reported', async () => {
    const own = await open()
    expect(await own.run('wait 3')).toMatchObject({ code: 4 })
    expect(await own.run('cancel x')).toMatchObject({ code: 2 })
    expect(await own.run('cancel')).toMatchObject({ code: 2 })
  })
})

describe('leaving while jobs run', () => {
  it('is refused once on a terminal, and then cancels them', async () => {
    const own = await open({ handOver: work => work() })
    await own.run(`${LONG} &`)
    expect(await own.run('exit')).toMatchObject({ code: 8, err: expect.stringContaining('a job is running') as string })
    await own.run('pwd')
    expect(await own.run('detach')).toMatchObject({ code: 8 })
    expect(own.shell.left).toBe(false)
    expect(await own.run('exit')).toMatchObject({ code: 0 })
    expect(own.shell.left).toBe(true)
    await own.shell.end(true)
    expect(own.shell.jobs.all).toEqual([])
  })

  it('waits for them in a script, and shows their output', async () => {
    const own = await open()
    await own.run('stat C:\\Windows --columns path -o csv &; exit')
    expect(own.shell.left).toBe(true)
    await own.shell.end(false)
    expect(own.out()).toBe('path\r\nC:\\Windows\r\n')
  })

  it('does not wait when the program is interrupted', async () => {
    const own = await open()
    await own.run(`${LONG} &`)
    const ending = own.shell.end(false)
    own.host.interruption.abort(interrupted())
    await ending
    expect(own.shell.jobs.all).toEqual([])
  })
})
