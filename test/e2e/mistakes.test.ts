import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../support/program.ts'
import { openTenant, type Ran, type Tenant } from '../support/tenant.ts'
import { analyst, failure } from './lab.ts'

const W = 'WIN-FIN-01'
const L = 'LNX-LAB-01'

/** The words, the exit code, the `error.code`, and text that the message must contain. */
const MISTAKES: [what: string, typed: string[], exit: number, code: string, says: RegExp][] = [
  ['unknown group', ['bogus'], 2, 'usage', /unknown command 'bogus'/],
  ['misspelt verb', ['lr', 'lss', W], 2, 'usage', /unknown command 'lss'/],
  ['misspelt option', ['lr', 'ls', W, '--sotr', 'name'], 2, 'usage', /unknown option '--sotr'/],
  ['no device', ['lr', 'ls'], 2, 'usage', /missing required argument 'device'/],
  ['too many arguments', ['lr', 'stat', W, 'a', 'b'], 2, 'usage', /too many arguments/],
  ['unknown device', ['lr', 'ls', 'NO-SUCH'], 4, 'not_found', /NO-SUCH: no such device/],
  ['unknown device id', ['lr', 'ls', '99999'], 4, 'not_found', /no such device/],
  ['ambiguous device', ['lr', 'ls', 'KIOSK-01'], 2, 'usage', /fits 2 devices: .*CORP\\KIOSK-01.*LAB\\KIOSK-01/],
  ['a verb without its group', ['ls', W], 2, 'usage', /unknown command 'ls'/],
  [
    'a pattern that matches several devices',
    ['lr', 'command', 'list', 'WIN-*'],
    2,
    'usage',
    /fits \d devices: .*WIN-FIN-01 \(11412673\).*; this command takes one/,
  ],
  [
    'several devices',
    ['lr', 'command', 'list', 'WIN-FIN-01,WIN-FIN-02'],
    2,
    'usage',
    /fits 2 devices: WIN-FIN-01.*; this command takes one/,
  ],
  ['a pattern that matches no device', ['lr', 'ls', 'MAC-*'], 4, 'not_found', /MAC-\*: no such device/],
  ['a missing list', ['lr', 'ls', '@nope.txt'], 1, 'io', /nope\.txt: no such file/],
  ['an unknown policy', ['device', 'list', '--policy', 'Standrad'], 4, 'not_found', /Standrad: no such policy/],
  ['a system that does not exist', ['device', 'list', '--os', 'beos'], 2, 'usage', /--os: "beos" is not one of the choices/],
  ['an unsupported sort field for devices', ['device', 'list', '--sort', 'nope'], 5, 'remote', /sort/],
  ['Live Response disabled', ['lr', 'ls', 'KIOSK-02'], 3, 'auth', /Live Response is not enabled/],
  ['wrong path', ['lr', 'ls', W, 'C:\\nope\\deeper'], 4, 'not_found', /C:\\nope\\deeper: no such (directory|file)/],
  ['wrong Linux path', ['lr', 'cat', L, '/nope'], 4, 'not_found', /\/nope: no such file/],
  ['a directory for a file', ['lr', 'get', W, 'C:\\Windows'], 5, 'remote', /is a directory/],
  ['wrong pid', ['lr', 'kill', W, '4294967294'], 4, 'not_found', /no such process/],
  ['no pid at all', ['lr', 'kill', W, '12.5'], 2, 'usage', /not a pid/],
  ['protected process', ['lr', 'kill', W, '4'], 5, 'remote', /access denied/],
  ['a pid that is another program', ['lr', 'kill', W, '9380', '--if-name', 'notepad.exe'], 8, 'refused', /chrome\.exe, not notepad\.exe/],
  ['no hive', ['lr', 'reg', 'query', W, 'SOFTWARE\\x'], 2, 'usage', /registry hive/],
  ['wrong key', ['lr', 'reg', 'query', W, 'HKLM\\SOFTWARE\\NoSuchKey'], 4, 'not_found', /no such key or value/],
  ['wrong type', ['lr', 'reg', 'add', W, 'HKLM\\SOFTWARE\\x', '-v', 'a', '-t', 'REG_WORD'], 2, 'usage', /not a registry type/],
  [
    'wrong data',
    ['lr', 'reg', 'add', W, 'HKLM\\SOFTWARE\\x', '-v', 'a', '-t', 'REG_DWORD', '-d', '4294967296'],
    2,
    'usage',
    /is not a REG_DWORD/,
  ],
  ['registry on Linux', ['lr', 'reg', 'query', L, 'HKLM\\SOFTWARE'], 8, 'refused', /does not have the command/],
  ['wrong number', ['lr', 'cat', W, 'x', '--head', '-5'], 2, 'usage', /whole number/],
  ['options that exclude each other', ['lr', 'cat', W, 'x', '--head', '5', '--tail', '5'], 2, 'usage', /exclude each other/],
  ['wrong duration', ['lr', 'ls', W, '--timeout', 'soon'], 2, 'usage', /not a duration/],
  ['wrong format', ['lr', 'ls', W, '-o', 'xml'], 2, 'usage', /"xml" is not a format/],
  ['missing local file', ['lr', 'put', W, 'nope.txt'], 1, 'io', /no such file on this machine/],
  ['standard input as a file to put', ['lr', 'put', W, '-', 'C:\\x'], 2, 'usage', /standard input is not uploaded/],
  ['standard input as a playbook', ['lr', 'run', '-', W], 2, 'usage', /not read from standard input/],
  ['missing local directory', ['lr', 'get', W, 'C:\\Windows\\win.ini', 'no/such/dir/x'], 1, 'io', /no such file or directory/],
  ['unknown program', ['lr', 'exec', W, 'frobnicate.exe'], 4, 'not_found', /no such program/],
  ['unknown profile', ['--profile', 'nope', 'lr', 'ls', W], 3, 'auth', /no profile "nope"/],
  ['an unknown artifact', ['lr', 'artifact', 'show', 'Nope'], 4, 'not_found', /no artifact "Nope"/],
  ['an unknown artifact to collect', ['lr', 'collect', 'Nope', W], 4, 'not_found', /no artifact "Nope"/],
  ['an unknown playbook', ['lr', 'playbook', 'show', 'nope'], 4, 'not_found', /no playbook "nope"/],
  ['an unknown playbook to check', ['lr', 'playbook', 'check', 'nope'], 4, 'not_found', /no playbook "nope"/],
  ['an unknown playbook to run', ['lr', 'run', 'nope', W], 4, 'not_found', /no playbook "nope"/],
  ['a missing playbook', ['lr', 'run', './nope.yaml', W], 1, 'io', /nope\.yaml: no such file/],
  ['no folder of a case', ['case', 'verify', 'nope'], 4, 'not_found', /nope: is not the folder of a case/],
  ['missing script', ['lr', 'connect', W, '--script', 'nope.txt'], 1, 'io', /nope\.txt/],
]
/** One mistake per exit code also runs with the built program. */
const BUILT = MISTAKES.filter(([, , exit], at) => MISTAKES.findIndex(([, , other]) => other === exit) === at)
/** The Linux endpoint is this machine, which the tenant in memory does without. */
const [LINUX, OTHERS] = [MISTAKES.filter(([, typed]) => typed.includes(L)), MISTAKES.filter(([, typed]) => !typed.includes(L))]
const titled = (mistakes: typeof MISTAKES) => mistakes.map(mistake => [mistake[0], mistake] as const)

describe('a mistake prints one line that says what is wrong, the right exit code, and no stack trace', () => {
  let tenant: Tenant
  beforeAll(async () => {
    tenant = await openTenant()
  })
  afterAll(() => tenant.close())

  /** Checks the error in words and in JSON. */
  async function check(cbc: (words: string[]) => Promise<Ran>, [, typed, exit, error, says]: (typeof MISTAKES)[number]): Promise<void> {
    const { code, out, err } = await cbc(typed)
    expect({ code, out }).toEqual({ code: exit, out: '' })
    const lines = err.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^cbc: /)
    expect(lines[0]).toMatch(says)
    expect(lines.slice(1).every(line => line.startsWith('hint: '))).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(2)
    expect(err).not.toMatch(/\bat .*\.[jt]s:/)

    const asked = await cbc(['--json', ...typed])
    expect({ code: asked.code, out: asked.out }).toEqual({ code: exit, out: '' })
    expect(failure({ stderr: asked.err })).toMatchObject({ code: error, message: expect.stringMatching(says) as string })
  }

  const ran = ({ code, stdout, stderr }: RunResult): Ran => ({ code: code ?? -1, out: stdout, err: stderr })

  // In this process, because starting the program eighty times takes most of a minute.
  it.each(titled(OTHERS))('%s', async (_what, mistake) => {
    await check(words => tenant.cbc(words), mistake)
  })

  it.each(titled(LINUX))('%s', async (_what, mistake) => {
    const { cbc } = analyst()
    await check(async words => ran(await cbc(...words)), mistake)
  })

  it.each(titled(BUILT))('with the built program: %s', async (_what, mistake) => {
    const { built } = analyst()
    await check(async words => ran(await built(...words)), mistake)
  })
})

it('an unknown column is answered with the known ones', async () => {
  const { code, stderr } = await analyst().cbc('lr', 'ps', W, '--columns', 'nope')
  expect(code).toBe(2)
  expect(stderr).toMatch(/there is no "nope"\nhint: .*process_cmdline/)
})

it('two output formats at once are refused', async () => {
  const { code, stderr } = await analyst().cbc('lr', 'ls', W, '--json', '-o', 'csv')
  expect(code).toBe(2)
  expect(stderr).toContain('--json and --output csv exclude each other')
})

describe('without a working profile', () => {
  const nothing = { CBC_PROFILE: '' }

  it('the error says what to set, and how to try without a tenant', async () => {
    const { code, stderr } = await analyst().with({ env: nothing }, 'lr', 'ls', W)
    expect(code).toBe(3)
    expect(stderr).toMatch(/^cbc: no credentials/)
    expect(stderr).toMatch(/\nhint: .*cbc config init.*--profile lab/)
  })

  it('the error names the missing variable', async () => {
    const { code, stderr } = await analyst().with({ env: { ...nothing, CBC_URL: 'https://x.example', CBC_TOKEN: 'a/b' } }, 'lr', 'ls', W)
    expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 3, first: 'cbc: no credentials: CBC_ORG_KEY is not set' })
  })

  it('plain http to another machine is refused', async () => {
    const { code, stderr } = await analyst().with(
      { env: { ...nothing, CBC_URL: 'http://tenant.example', CBC_TOKEN: 'a/b', CBC_ORG_KEY: 'c' } },
      'lr',
      'ls',
      W,
    )
    expect(code).toBe(2)
    expect(stderr).toMatch(/http is only for this machine/)
  })

  it('the error says that the host cannot be reached', async () => {
    const { code, stderr } = await analyst().with(
      { env: { ...nothing, CBC_URL: 'http://127.0.0.1:1', CBC_TOKEN: 'very/secret', CBC_ORG_KEY: 'c' } },
      'lr',
      'ls',
      W,
      '-v',
    )
    expect(code).toBe(9)
    expect(stderr).toMatch(/127\.0\.0\.1:1: connection refused/)
    expect(stderr).not.toContain('very/secret')
  })

  it("the SDK's credentials.cbc is read, and its secrets are never shown", async () => {
    const { home, with: withOptions } = analyst()
    mkdirSync(join(home, '.carbonblack'))
    writeFileSync(
      join(home, '.carbonblack', 'credentials.cbc'),
      '\ufeff[default]\r\nurl = http://127.0.0.1:1\r\ntoken = TOPSECRET/ID\r\norg_key = ABCD\r\n[broken]\nurl=https://x.example\n',
    )
    const { code, stderr } = await withOptions({ env: nothing }, 'lr', 'ls', W, '-v')
    expect(code).toBe(9)
    expect(stderr).not.toContain('TOPSECRET')
    const broken = await withOptions({ env: nothing }, '--profile', 'broken', 'lr', 'ls', W)
    expect({ code: broken.code, first: broken.stderr.split('\n')[0] }).toEqual({
      code: 3,
      first: `cbc: profile "broken" in ${join(home, '.carbonblack', 'credentials.cbc')} has no token`,
    })
  })
})
