import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Transport } from '../../src/core/ports.ts'
import { main } from '../../src/main.ts'
import { interrupted } from '../../src/core/errors.ts'
import { openLab } from '../../src/lab/lab.ts'
import { clock, random } from '../../src/host/clock.ts'
import { testFolder } from '../support/folder.ts'
import { labService, testHost, until } from '../support/host.ts'

const folder = testFolder()

/** Runs `cbc lr connect WIN-FIN-01` with options, or with lines on stdin. */
async function connect(options: string[], input?: string | Uint8Array, globals: string[] = []) {
  const host = testHost()
  if (input !== undefined) host.stdin.stream.end(input)
  const code = await main([...globals, 'lr', 'connect', 'WIN-FIN-01', ...options], host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

function script(text: string | Uint8Array): string {
  const file = join(folder, 'script.txt')
  writeFileSync(file, text)
  return file
}

describe('lines without a terminal', () => {
  const LINES = 'cd C:\\Windows\npwd\n\n# nothing\ncd System32; pwd\n'

  it('come from a command, a script or stdin', async () => {
    const expected = { code: 0, out: 'C:\\Windows\nC:\\Windows\\System32\n', err: '' }
    expect(
      await connect([
        '-c',
        LINES.trim()
          .replaceAll(/\n(# nothing)?/g, '; ')
          .replaceAll(/(; )+/g, '; '),
      ]),
    ).toEqual(expected)
    expect(await connect(['--script', script(LINES)])).toEqual(expected)
    expect(await connect(['--script', script(`\ufeff${LINES.replaceAll('\n', '\r\n')}`)])).toEqual(expected)
    expect(await connect([], LINES)).toEqual(expected)
    expect(await connect(['--script', '-'], LINES)).toEqual(expected)
    expect(await connect([], LINES.trimEnd())).toEqual(expected)
    expect(await connect([], '')).toEqual({ code: 0, out: '', err: '' })
  })

  const FORMS = [
    Buffer.from(`\ufeff${LINES}`),
    Buffer.from(`\ufeff${LINES.replaceAll('\n', '\r\n')}`, 'utf16le'),
    Buffer.from(LINES, 'utf16le'),
    Buffer.from(`\ufeff${LINES}`, 'utf16le').swap16(),
    Buffer.from(LINES.replaceAll('\n', '\r')),
  ]
  it.each(FORMS)('may be in any encoding that Windows uses for text %#', async bytes => {
    const expected = { code: 0, out: 'C:\\Windows\nC:\\Windows\\System32\n', err: '' }
    expect(await connect(['--script', script(bytes)])).toEqual(expected)
    expect(await connect([], bytes)).toEqual(expected)
  })

  it('are refused when they are not text, with the number of the line', async () => {
    const ansi = Buffer.from('pwd\ncd C:\\Gr\u00fcn\n', 'latin1')
    expect(await connect(['--script', script(ansi)])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('script.txt: line 2: is not UTF-8 text') as string,
    })
    expect(await connect([], ansi)).toMatchObject({
      code: 2,
      err: expect.stringContaining('standard input: line 2: is not UTF-8 text') as string,
    })
  })

  it('exit with the last failure, or at the first one with --fail-fast or set -e', async () => {
    const failing = 'stat C:\\nope\nstat\npwd\n'
    expect(await connect([], failing)).toMatchObject({ code: 2, out: expect.stringContaining('C:\\') as string })
    expect(await connect(['--fail-fast'], failing)).toMatchObject({ code: 4, out: '' })
    expect(await connect(['-e', '-c', 'stat C:\\nope; pwd'])).toMatchObject({ code: 4, out: '' })
    expect(await connect([], `set -e\n${failing}`)).toMatchObject({ code: 4, out: '' })
  })

  it('exit with the code they name', async () => {
    expect(await connect(['-c', 'stat C:\\nope; exit 42; pwd'])).toMatchObject({ code: 42, out: '' })
    expect(await connect([], 'stat C:\\nope\nexit\npwd\n')).toMatchObject({ code: 4, out: '' })
  })

  it('inherit the options of the command line', async () => {
    expect((await connect(['-c', 'drives'], undefined, ['--json'])).out).toMatch(/^\["/)
    expect(await connect(['-c', 'mkdir C:\\x'], undefined, ['--read-only'])).toMatchObject({ code: 8 })
    expect(await connect(['-c', 'mkdir C:\\x; rm C:\\x*', '--yes'])).toMatchObject({ code: 0 })
  })

  it('that contradict each other, or are missing, are reported before a session is opened', async () => {
    expect(await connect(['-c', 'ls', '--script', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('exclude each other') as string,
    })
    expect(await connect(['--script', join(folder, 'none')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such file') as string,
    })
  })
})

describe('the session', () => {
  async function sessionsAfter(line: string, ...options: string[]): Promise<number> {
    const lab = openLab({ clock, random, checkIn: 0 })
    const { close: _, ...service } = labService(lab)
    const host = testHost({ lab: async () => ({ ...service, close: async () => {} }) })
    expect(await main(['lr', 'connect', 'WIN-FIN-01', '-c', line, ...options], host)).toBe(0)
    const response = await lab.handle(
      new Request(`http://lab/appservices/v6/orgs/${lab.org}/liveresponse/sessions`, { headers: { 'x-auth-token': lab.token } }),
    )
    const text = await response.text()
    const sessions = JSON.parse(text || '[]') as { status: string }[]
    await lab.close()
    return sessions.filter(({ status }) => status === 'ACTIVE').length
  }

  it('is closed, unless --keep-session or detach asks to keep it', async () => {
    expect(await sessionsAfter('pwd')).toBe(0)
    expect(await sessionsAfter('pwd', '--keep-session')).toBe(1)
    expect(await sessionsAfter('detach')).toBe(1)
  })
})

it('a signal ends the wait for lines', async () => {
  const host = testHost({ stdin: { isTerminal: false, stream: new PassThrough() } })
  const running = main(['lr', 'connect', 'WIN-FIN-01'], host)
  host.stdin.stream.write('pwd\n')
  await until(() => host.stdout.text() !== '')
  host.interruption.abort(interrupted())
  expect(await running).toBe(130)
  expect(host.stderr.text()).toBe('cbc: interrupted\n')
})

describe('several endpoints', () => {
  it('are visited one after the other, and each session is closed', async () => {
    const lab = openLab({ clock, random, checkIn: 0 })
    const { close: _, ...service } = labService(lab)
    const host = testHost({ lab: async () => ({ ...service, close: async () => {} }) })
    expect(
      await main(
        ['lr', 'connect', 'WIN-FIN-01', '-c', 'cd C:\\Users\nconnect WIN-FIN-02; pwd; info --json; cd C:\\Users; connect WIN-FIN-02; pwd'],
        host,
      ),
    ).toBe(0)
    const [home, info, again] = host.stdout.text().trimEnd().split('\n')
    expect(home).not.toBe('C:\\Users')
    expect(JSON.parse(info ?? '')).toMatchObject({ device: { name: expect.stringContaining('WIN-FIN-02') as string } })
    expect(again).toBe(home)
    const response = await lab.handle(
      new Request(`http://lab/appservices/v6/orgs/${lab.org}/liveresponse/sessions`, { headers: { 'x-auth-token': lab.token } }),
    )
    expect((JSON.parse((await response.text()) || '[]') as { status: string }[]).filter(({ status }) => status === 'ACTIVE')).toEqual([])
    await lab.close()
  })

  it('that are unreachable leave the shell where it was', async () => {
    expect(await connect(['-c', 'cd C:\\Users; connect NOWHERE-99; pwd'])).toMatchObject({
      code: 4,
      out: 'C:\\Users\n',
      err: expect.stringContaining('no such device') as string,
    })
  })

  it.each(['WIN-FIN-02', 'WIN-FIN-01'])('leave no session open when the second one refuses: %s', async device => {
    const lab = openLab({ clock, random, checkIn: 0 })
    const { close: _, ...service } = labService(lab)
    let starts = 0
    const send: Transport = async request => {
      if (request.method !== 'POST' || !request.url.pathname.endsWith('/sessions') || ++starts !== 2) return await service.send(request)
      return {
        status: 403,
        headers: {},
        body: (async function* () {
          yield Buffer.from('{"message": "Live Response Not Enabled"}')
        })(),
      }
    }
    const host = testHost({ lab: async () => ({ ...service, send, close: async () => {} }) })
    expect(await main(['lr', 'connect', 'WIN-FIN-01', '-c', `connect ${device}; stat C:\\Windows`], host)).toBe(3)
    expect(host.stdout.text()).toContain('C:\\Windows')
    const response = await lab.handle(
      new Request(`http://lab/appservices/v6/orgs/${lab.org}/liveresponse/sessions`, { headers: { 'x-auth-token': lab.token } }),
    )
    expect(await response.text()).toBe('')
    await lab.close()
  })

  it('are not left while jobs run there', async () => {
    expect(await connect(['-c', 'exec ping -n 2 127.0.0.1 > ping.txt &; connect WIN-FIN-02; cancel 1'])).toMatchObject({
      code: 130,
      err: expect.stringContaining('jobs are running') as string,
    })
  })
})

it('the shell waits at its end for background jobs, and says how they ended', async () => {
  expect(await connect(['-c', 'stat C:\\nope & stat C:\\Windows -o csv --columns path &'])).toMatchObject({
    code: 4,
    out: 'path\r\nC:\\Windows\r\n',
  })
  expect(await connect([], 'stat C:\\nope &\nwait\npwd\n')).toMatchObject({ code: 4, out: expect.stringContaining('C:\\') as string })
  expect(await connect(['-e'], 'stat C:\\nope &\nwait\npwd\n')).toMatchObject({ code: 4, out: '' })
})
