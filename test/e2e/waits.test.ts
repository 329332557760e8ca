import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { COMMAND_IN_SH } from '../support/command.ts'
import { start, type Started } from '../support/program.ts'
import { openCbc, openTerminal, type TestTerminal } from '../support/terminal.ts'
import { until } from '../support/host.ts'
import { analyst } from './lab.ts'

const W = 'WIN-FIN-01'
/** Milliseconds after which whoever insists is let go, whatever was said by then (src/host/index.ts). */
const LEAVE_TIMEOUT_MS = 2000
const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/
const UPLOADING = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] sample\.bin/

const labs: Started[] = []
afterAll(async () => {
  for (const lab of labs) await lab.kill('SIGTERM')
})

/** Starts a lab. @param faults rules of its faults @returns what a program needs to use it */
async function openLab(settings: object, faults: object[] = []): Promise<Record<string, string>> {
  const home = testFolder()
  const [settingsFile, faultFile] = [join(home, 'settings.json'), join(home, 'faults.json')]
  writeFileSync(settingsFile, JSON.stringify(settings))
  writeFileSync(faultFile, JSON.stringify(faults))
  const lab = start(['lab', 'serve', '--state', 'none', '--settings', settingsFile, '--fault', faultFile, '--json'], { home })
  labs.push(lab)
  const { url, org_key, token } = JSON.parse(await lab.line('{')) as { url: string; org_key: string; token: string }
  return { CBC_PROFILE: '', CBC_URL: url, CBC_ORG_KEY: org_key, CBC_TOKEN: token }
}

/** Settings: endpoints two seconds away, so that all requests to them wait; commands that never end; files that never arrive; uploads that are never answered. */
let env: Record<string, string>
let endless: Record<string, string>
let withheld: Record<string, string>
let swallowing: Record<string, string>
beforeAll(async () => {
  env = await openLab({ latency: 2000 })
  endless = await openLab({}, [{ method: 'GET', path: '**/commands/*', do: { delay: '1h' } }])
  swallowing = await openLab({}, [{ method: 'POST', path: '**/files', do: { delay: '1h' } }])
  withheld = await openLab({}, [{ path: '**/files/*/content', do: { delay: '1h' } }])
})

const cbc = (words: readonly string[], cols = 80, home = testFolder(), service = env) =>
  openCbc(words, { cols, rows: 24, home, cwd: home, env: service })

async function shell(device: string, cols = 80, home = testFolder()): Promise<TestTerminal & { line(text: string): Promise<void> }> {
  const terminal = cbc(['lr', 'connect', device], cols, home)
  await terminal.waitFor(/> ?$/)
  return Object.assign(terminal, {
    async line(text: string) {
      await terminal.type(text)
      await terminal.key('enter')
    },
  })
}

describe.concurrent('a wait', () => {
  it.each([80, 120])(
    'shows in the shell what it waits for, where and how long, and its line disappears without a trace at %d columns',
    async cols => {
      const terminal = await shell(cols === 80 ? 'WIN-FIN-02' : 'WIN-HR-01', cols)
      await terminal.line('ls C:\\Users')
      await terminal.waitFor(
        cols === 80 ? /WIN-FIN-02: directory list C:\\Users\\ {2}\d+ s/ : /WIN-HR-01: directory list C:\\Users\\ {2}\d+ s/,
      )
      await terminal.waitFor(/Public[^]*> ?$/)
      expect(terminal.transcript()).not.toMatch(SPINNER)
      await terminal.line('exit')
      await terminal.exit
    },
  )

  it('is shown for a single command, but not without a terminal on stderr or with -q', async () => {
    const shown = cbc(['lr', 'ps', 'SRV-SQL-01'], 120)
    await shown.waitFor(/SRV-SQL-01: process list {2}\d+ s/)
    expect(await shown.exit).toMatchObject({ code: 0 })
    expect(shown.transcript()).not.toMatch(SPINNER)
    const home = testFolder()
    for (const line of [
      `${COMMAND_IN_SH} lr stat SRV-SQL-01 'C:\\Users' --columns path -q`,
      `${COMMAND_IN_SH} lr stat SRV-SQL-01 'C:\\Users' --columns path 2>log`,
    ]) {
      const silent = openTerminal('sh', ['-c', line], { home, cwd: home, env })
      await silent.exit
      expect(silent.raw()).not.toMatch(SPINNER)
    }
    expect(readFileSync(join(home, 'log'), 'utf8')).toBe('')
  })

  it('says which job it waits for', async () => {
    const terminal = await shell('SRV-DC-01')
    await terminal.line('exec ping -n 600 127.0.0.1 &')
    // The first of them may finish before the program starts.
    await terminal.line('stat C:\\Users; stat C:\\Users')
    await terminal.waitFor(/SRV-DC-01: directory list C:\\Users\\? {2}\d s, behind job 1/)
    await terminal.key('ctrl-c')
    await terminal.waitFor(/✗> ?$/)
    await terminal.line('cancel 1')
    await terminal.waitFor(/\[1\] cancelled/)
    await terminal.line('exit')
    await terminal.exit
  })

  it('for an upload ends with Ctrl-C, which says that nothing was written and what shows the copy, as it is typed where one is', async () => {
    const home = testFolder()
    writeFileSync(join(home, 'sample.bin'), 'MZ')
    const once = cbc(['lr', 'put', W, 'sample.bin', 'C:\\tool.exe'], 100, home, swallowing)
    await once.waitFor(UPLOADING)
    await once.key('ctrl-c')
    expect(await once.exit).toMatchObject({ code: 130 })
    expect(once.transcript()).toMatch(/hint: nothing was written on WIN-FIN-01;[^`]*`cbc lr file\s+list \d+`/)
    const terminal = cbc(['lr', 'connect', W], 100, home, swallowing)
    await terminal.waitFor(/> ?$/)
    await terminal.type('put sample.bin C:\\tool.exe')
    await terminal.key('enter')
    await terminal.waitFor(UPLOADING)
    await terminal.key('ctrl-c')
    await terminal.waitFor(/`!cbc lr file\s+list \d+`[^]*✗> ?$/)
    await terminal.type('exit')
    await terminal.key('enter')
    await terminal.exit
  })

  it('for an offline device says so at once with its last contact, and an unknown device is answered with similar names', async () => {
    const offline = cbc(['lr', 'ls', 'WIN-SALES-LT3'], 120)
    await offline.waitFor(/WIN-SALES-LT3 is offline, last contact \d+ (min|h|d) ago/)
    await offline.waitFor(/Connecting to WIN-SALES-LT3 {2}\d s, last contact/)
    await offline.key('ctrl-c')
    expect(await offline.exit).toMatchObject({ code: 130 })
    const unknown = cbc(['lr', 'ls', 'WIN-FIN-1'])
    expect(await unknown.exit).toMatchObject({ code: 4 })
    expect(unknown.transcript()).toContain('did you mean WIN-FIN-01')
    const picker = cbc(['lr', 'connect', 'WIN-FIN-1'])
    await picker.waitFor('No device is called WIN-FIN-1. Which one?')
    await picker.waitFor(/❯ WIN-FIN-0/)
    expect(picker.screen().join('\n')).not.toContain('SRV-SQL-01')
    await picker.key('ctrl-c')
    expect(await picker.exit).toMatchObject({ code: 130 })
  })
})

describe.concurrent('Ctrl-C', () => {
  it.each([
    ['while a session is opened', ['lr', 'ls', 'WIN-SALES-LT3'], /Connecting to/, () => endless],
    ['while a command is in progress', ['lr', 'ls', 'SRV-SQL-01', 'C:\\Users'], /directory list/, () => endless],
    ['while a file is downloaded', ['lr', 'get', 'SRV-FILE-02', 'C:\\Windows\\System32\\notepad.exe'], /Reading notepad/, () => withheld],
    ['while a program runs', ['lr', 'exec', W, 'ping -n 600 127.0.0.1'], /Running ping/, () => withheld],
    ['while memory is dumped', ['lr', 'memdump', 'WIN-HR-01'], /Dumping the memory/, () => env],
  ])('%s is acknowledged at once, and a second one leaves', async (_when, words, moment, service) => {
    const terminal = cbc(words, 80, undefined, service())
    await terminal.waitFor(moment)
    await terminal.key('ctrl-c')
    await terminal.waitFor(/ending .+ …; again: leave it|cbc: interrupted/)
    const insisted = performance.now()
    await terminal.key('ctrl-c')
    // A signal that arrives as the program is ending ends it like any other.
    expect(await terminal.exit).toSatisfy(({ code, signal }: { code: number; signal: number | undefined }) => code === 130 || signal === 2)
    // On a machine that is far too busy there may be no time to say it.
    if (performance.now() - insisted < LEAVE_TIMEOUT_MS) expect(terminal.transcript()).toContain('cbc: interrupted')
    expect(terminal.transcript()).not.toMatch(SPINNER)
  })
})

describe('a question', () => {
  it('appears on the terminal, whatever is redirected, and never in the redirected output', async () => {
    const user = analyst()
    const out = join(user.home, 'out.json')
    const terminal = openTerminal('sh', ['-c', `${COMMAND_IN_SH} lr kill ${W} svchost.exe --json > '${out}'`], {
      env: user.env,
      home: user.home,
      cwd: user.home,
    })
    await terminal.waitFor(/\(y\/N\)/i)
    await terminal.type('y')
    await terminal.key('enter')
    expect(await terminal.exit).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(out, 'utf8'))).toContainEqual(
      expect.objectContaining({ process_path: expect.stringMatching(/svchost/) as string }),
    )
  })

  it('is also asked for a line of -c', async () => {
    const user = analyst()
    const terminal = openCbc(['lr', 'connect', W, '-c', 'kill svchost.exe'], { env: user.env, home: user.home })
    await terminal.waitFor(/\(y\/N\)/i)
    await terminal.key('ctrl-c')
    expect(await terminal.exit).toMatchObject({ code: 130 })
    await until(async () => (await user.cbc('lr', 'session', 'list', '--json')).stdout === '[]\n')
  })
})
