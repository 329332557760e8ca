import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { start } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { until } from '../support/host.ts'
import { analyst, failure } from './lab.ts'

const W = 'WIN-FIN-01'
const WIN_FIN_01 = 11412673

/** A user of a lab that runs with `settings` in its own process, and so survives when the user's program is killed. */
async function served(settings: Record<string, unknown> = {}) {
  const user = analyst()
  const file = join(user.home, 'settings.json')
  writeFileSync(file, JSON.stringify({ checkIn: 0, ...settings }))
  const lab = start(['lab', 'serve', '--json', '--state', 'none', '--settings', file], { home: user.home })
  const { url, org_key, token } = JSON.parse(await lab.line('{')) as { url: string; org_key: string; token: string }
  const place = { env: { CBC_URL: url, CBC_ORG_KEY: org_key, CBC_TOKEN: token }, home: user.home, cwd: user.home }
  const cbc = (...args: string[]) => runHere(args, place)
  return {
    cbc,
    begin: (...args: string[]) => start(args, place),
    sessions: async () =>
      (await cbc('lr', 'session', 'list', '--json')).json<{ id: string; device_id: number; current_command_index: number }[]>(),
    file: (name: string, text: string) => writeFileSync(join(user.home, name), text),
    /** The entries of the ledger. */
    ledger: () => readdirSync(join(user.home, '.local', 'state', 'cbc', 'ledger')),
    leftBehind: async () => (await cbc('lr', 'connect', W, '--json', '-c', 'ls C:\\Windows\\Temp\\cbc-*')).stdout,
    end: () => lab.kill(),
  }
}

describe.concurrent('what a killed run left behind', () => {
  const exchange = (method: string, path: string) => new RegExp(`^${method} \\S*${path}\\S* 20[01] `)
  it.each([
    ['a session that is PENDING', ['exec', W, 'whoami'], exchange('POST', '/sessions'), { checkIn: 60_000 }],
    ['a program with its output', ['exec', W, 'whoami'], exchange('POST', '/commands'), {}],
    ['a program that has ended', ['exec', W, 'whoami'], exchange('GET', '/commands/0'), {}],
    ['a file on its way to the cloud', ['get', W, 'C:\\Windows\\win.ini', '-'], exchange('POST', '/commands'), {}],
    ['a file in the cloud', ['get', W, 'C:\\Windows\\win.ini', '-'], exchange('GET', '/commands/1'), {}],
    ['a file on its way from this machine', ['put', W, 'tool.txt', 'C:\\tool.txt'], exchange('POST', '/files'), {}],
    ['a script', ['script', W, 'tool.bat'], exchange('POST', '/files'), {}],
  ])('is removed by gc: %s', async (_what, typed, when, settings) => {
    const lab = await served({ httpDelay: 60, latency: 50, ...settings })
    lab.file('tool.txt', 'tool')
    lab.file('tool.bat', 'echo tool\r\n')
    const victim = lab.begin('-v', 'lr', ...typed)
    await victim.line(when, { from: 'stderr' })
    await victim.kill('SIGKILL')
    expect(await lab.sessions()).toHaveLength(1)
    const planned = (await lab.cbc('lr', 'gc', '--dry-run', '--json')).json<{ kind: string; action: string }[]>()
    expect(planned.map(({ kind }) => kind)).toContain('session')
    expect(await lab.sessions()).toHaveLength(1)
    const done: { kind: string; action: string; error?: unknown }[] = []
    // The program may hold its output open a moment longer.
    await until(async () => {
      const { code, json } = await lab.cbc('lr', 'gc', '--json')
      if (code === 0) done.push(...json<typeof done>())
      return code === 0
    })
    expect(await lab.sessions()).toEqual([])
    expect(lab.ledger()).toEqual([])
    // An endpoint that never picks up a session has not been changed.
    if (!('checkIn' in settings)) expect(await lab.leftBehind()).toBe('')
    expect((await lab.cbc('lr', 'gc', '--json')).json()).toEqual([])
    await lab.end()
  })

  it('is left alone while its run is alive', async () => {
    const lab = await served({ strictOrder: false })
    const shell = lab.begin('lr', 'connect', W)
    shell.write('pwd\n')
    await shell.line('C:\\')
    const other = lab.begin('lr', 'exec', W, 'ping -n 100 127.0.0.1')
    await until(() => lab.ledger().length === 2)
    expect((await lab.cbc('lr', 'gc', '--json')).json()).toEqual([])
    expect(await lab.sessions()).toHaveLength(1)
    await other.kill('SIGINT')
    expect(await lab.sessions()).toHaveLength(1)
    shell.write('exit\n')
    expect(await shell.exit).toMatchObject({ code: 0 })
    expect([await lab.sessions(), lab.ledger()]).toEqual([[], []])
    await lab.end()
  })

  it('is left to another run that still works in the session', async () => {
    const lab = await served()
    const shell = lab.begin('lr', 'connect', W)
    shell.write('pwd\n')
    await shell.line('C:\\')
    const long = lab.begin('lr', 'exec', W, 'ping -n 3 127.0.0.1')
    await until(() => lab.ledger().length === 2)
    shell.write('exit\n')
    await shell.exit
    expect(await long.exit).toMatchObject({ code: 0 })
    expect([await lab.sessions(), lab.ledger()]).toEqual([[], []])
    await lab.end()
  })
})

describe.concurrent('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the run, which closes what it started', async signal => {
    const lab = await served()
    const victim = lab.begin('-v', 'lr', 'exec', W, 'ping -n 100 127.0.0.1')
    await victim.line(/^POST \S*\/commands 201/, { from: 'stderr' })
    expect(await victim.kill(signal)).toMatchObject({ code: 130 })
    expect(await lab.sessions()).toEqual([])
    expect(lab.ledger()).toEqual([])
    expect(await lab.leftBehind()).toBe('')
    expect((await lab.cbc('lr', 'ps', W, '--json')).stdout).not.toContain('ping')
    await lab.end()
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('%s ends a shell that waits for lines, which closes its session', async signal => {
    const lab = await served()
    const shell = lab.begin('lr', 'connect', W)
    shell.write('pwd\n')
    await shell.line('C:\\')
    await shell.kill(signal)
    expect([await lab.sessions(), lab.ledger()]).toEqual([[], []])
    await lab.end()
  })
})

describe.concurrent('the limits of the service', () => {
  it('on commands per session do not show in a long run, whatever they are', async () => {
    const lab = await served({ maxCommands: 7 })
    const { code, stdout, stderr } = await lab.cbc(
      'lr',
      'connect',
      W,
      '-c',
      `cd C:\\Users; ${Array.from({ length: 20 }, () => 'ls C:\\Users\\Public; pwd').join('; ')}`,
    )
    expect(code).toBe(0)
    expect(stdout.match(/^C:\\Users\r?$/gm)).toHaveLength(20)
    expect(stderr.match(/has used its/g)?.length).toBeGreaterThanOrEqual(2)
    expect([await lab.sessions(), lab.ledger()]).toEqual([[], []])
    await lab.end()
  })

  it('on sessions are distinguished from disabled Live Response, with a hint', async () => {
    const lab = await served({ maxSessions: 1, sessionQueue: 0, devices: { 'SRV-SQL-01': { liveResponse: false } } })
    expect((await lab.cbc('lr', 'session', 'start', W)).code).toBe(0)
    const full = await lab.cbc('lr', 'ls', 'SRV-FILE-02', '--json')
    expect({ code: full.code, error: failure(full) }).toMatchObject({
      code: 3,
      error: {
        code: 'auth',
        http_status: 403,
        message: expect.stringMatching(/reached its limit of open sessions/) as string,
        hint: expect.stringContaining('cbc lr session list') as string,
      },
    })
    const off = await lab.cbc('lr', 'ls', 'SRV-SQL-01', '--json')
    expect(failure(off).message).not.toMatch(/as many open/)
    expect(lab.ledger()).toEqual([])
    await lab.end()
  })

  it('a session that another caller closed is replaced in the same remote directory, with one message', async () => {
    const lab = await served()
    const shell = lab.begin('lr', 'connect', W)
    shell.write('cd C:\\Users\npwd\n')
    await shell.line('C:\\Users')
    expect((await lab.cbc('lr', 'session', 'close', W, '--json')).json()).toMatchObject({ deleted: true })
    shell.write('ls Public\npwd\nexit\n')
    expect(await shell.line('C:\\Users')).toBe('C:\\Users')
    expect(await shell.exit).toMatchObject({ code: 0 })
    expect(shell.stderr.filter(line => line.includes('was lost'))).toHaveLength(1)
    expect([await lab.sessions(), lab.ledger()]).toEqual([[], []])
    await lab.end()
  })
})

describe.concurrent('sessions, commands and staged files', () => {
  it('are shown as in the API, by device or by session', async () => {
    const lab = await served()
    const started = (await lab.cbc('lr', 'session', 'start', W, '--json')).json<{ id: string }>()
    expect(started).toMatchObject({ device_id: WIN_FIN_01, status: 'ACTIVE' })
    expect(await lab.sessions()).toMatchObject([{ id: started.id }])
    expect(lab.ledger()).toEqual([])
    await lab.cbc('lr', 'ls', W, 'C:\\')
    for (const subject of [W, started.id]) {
      expect((await lab.cbc('lr', 'sessions', 'get', subject, '--json')).json()).toMatchObject({ id: started.id, current_command_index: 1 })
      expect((await lab.cbc('lr', 'commands', 'list', subject, '--json')).json()).toMatchObject([
        { id: 0, name: 'directory list', status: 'COMPLETE', result_code: 0 },
      ])
      expect((await lab.cbc('lr', 'command', 'get', subject, '0', '--json')).json()).toMatchObject({
        id: 0,
        name: 'directory list',
        status: 'COMPLETE',
      })
    }
    expect(failure(await lab.cbc('lr', 'command', 'get', W, '9', '--json'))).toMatchObject({ code: 'not_found' })
    expect(failure(await lab.cbc('lr', 'command', 'get', W, 'x', '--json'))).toMatchObject({ code: 'usage' })
    expect(failure(await lab.cbc('lr', 'command', 'list', 'SRV-FILE-02', '--json'))).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('no open session') as string,
    })
    expect((await lab.cbc('lr', 'session', 'close', started.id, '--json')).json()).toEqual({ id: started.id, deleted: true })
    expect((await lab.cbc('lr', 'session', 'close', started.id)).code).toBe(4)
    await lab.end()
  })

  it('can be cancelled while PENDING, but not after they ended', async () => {
    const lab = await served()
    await lab.cbc('lr', 'session', 'start', W)
    // The second waits for the first.
    const begun = []
    for (const line of ['ping -n 600 127.0.0.1', 'whoami']) {
      const run = lab.begin('-v', '--json', 'lr', 'exec', W, line)
      await run.line(/^POST \S*\/commands 201/, { from: 'stderr' })
      begun.push(run)
    }
    expect((await lab.cbc('lr', 'command', 'cancel', W, '1', '--dry-run', '--json')).json()).toMatchObject([
      { name: 'cancel command', id: 1 },
    ])
    expect((await lab.cbc('lr', 'command', 'cancel', W, '1', '--json')).json()).toMatchObject({
      id: 1,
      name: 'create process',
      status: 'CANCELLED',
    })
    for (const id of ['0', '1'])
      expect(failure(await lab.cbc('lr', 'command', 'cancel', W, id, '--json'))).toMatchObject({ code: 'remote', http_status: 400 })
    for (const run of begun) await run.kill('SIGKILL')
    await lab.end()
  })

  it('are uploaded, downloaded unchanged, and deleted', async () => {
    const lab = await served()
    lab.file('a.txt', 'evidence')
    await lab.cbc('lr', 'session', 'start', W)
    const up = (await lab.cbc('lr', 'file', 'upload', W, 'a.txt', '--json')).json<{ id: string; sha256: string }>()
    expect(up).toMatchObject({ size: 8, file_name: 'a.txt' })
    expect((await lab.cbc('lr', 'files', 'list', W, '--json')).json()).toMatchObject([{ id: up.id, size: 8 }])
    expect((await lab.cbc('lr', 'file', 'get', W, up.id, '--json')).json()).toMatchObject({ id: up.id, file_name: 'a.txt' })
    expect((await lab.cbc('lr', 'file', 'download', W, up.id, '-')).stdout).toBe('evidence')
    expect((await lab.cbc('lr', 'file', 'download', W, up.id)).code).toBe(8)
    expect((await lab.cbc('lr', 'file', 'download', W, up.id, 'b.txt', '--json')).json()).toMatchObject({
      id: up.id,
      size: 8,
      sha256: up.sha256,
      local_path: expect.stringMatching(/b\.txt$/) as string,
    })
    expect((await lab.cbc('lr', 'file', 'delete', W, up.id, '--dry-run', '--json')).json()).toMatchObject([
      { name: 'delete file', file_id: up.id },
    ])
    expect((await lab.cbc('lr', 'file', 'delete', W, up.id, '--json')).json()).toEqual({ id: up.id, deleted: true })
    expect((await lab.cbc('lr', 'file', 'delete', W, up.id)).code).toBe(4)
    expect((await lab.cbc('lr', 'file', 'list', W, '--json')).json()).toEqual([])
    await lab.end()
  })
})

describe.concurrent('the kill switch', () => {
  it.each([
    ['nobody confirms', []],
    ['--yes alone', ['--yes']],
    ['another name', ['--confirm', 'WIN-FIN-02']],
    ['--read-only', ['--confirm', W, '--read-only']],
  ])('stays as it is: %s', async (_what, options) => {
    const { cbc } = analyst()
    const refused = await cbc('lr', 'disable', W, '--json', ...options)
    expect({ code: refused.code, error: failure(refused).code }).toEqual({ code: 8, error: 'refused' })
    expect((await cbc('lr', 'ls', W, 'C:\\')).code).toBe(0)
  })

  it("is used when the device's name was given, and --dry-run only says so", async () => {
    const { cbc } = analyst()
    expect((await cbc('lr', 'disable', W, '--dry-run', '--json')).json()).toEqual([
      { name: 'disable Live Response', device_id: WIN_FIN_01 },
    ])
    expect((await cbc('lr', 'ls', W, 'C:\\')).code).toBe(0)
    expect((await cbc('lr', 'disable', W, '--confirm', 'win-fin-01', '--json')).json()).toMatchObject({ device_id: WIN_FIN_01 })
    expect((await cbc('lr', 'ls', W)).code).toBe(3)
  })
})
