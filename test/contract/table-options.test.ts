import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEVICE } from '../support/command-lines.ts'
import { memoryOutput } from '../support/host.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

const LS = ['lr', 'ls', DEVICE, 'C:\\Windows\\System32\\drivers\\etc']

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
  await tenant.cbc(['lr', 'mkdir', DEVICE, 'C:\\Empty'])
})
afterAll(async () => {
  await tenant.close()
})

const piped = async (...words: string[]) => (await tenant.cbc(words)).out
const shown = async (columns: number, ...words: string[]) =>
  await tenant.cbc(words, { stdout: memoryOutput({ isTerminal: true, columns }) })
const first = (text: string) => text.split('\n', 1)[0]?.trimEnd()

describe('--no-headers', () => {
  it.each([[], ['-o', 'csv'], ['-o', 'table']])('omits the headings, and nothing else: %j', async (...format) => {
    const [heading, ...rows] = (await piped(...LS, ...format)).split('\n')
    expect(heading).toMatch(/^last_write_time\b/)
    expect(await piped(...LS, ...format, '--no-headers')).toBe(rows.join('\n'))
  })

  it('does not affect JSON', async () => {
    expect(await piped(...LS, '--json', '--no-headers')).toBe(await piped(...LS, '--json'))
  })

  it('for a single object shows only the values', async () => {
    expect(await piped('lr', 'stat', DEVICE, 'C:\\Windows', '--columns', 'filename', '--no-headers')).toBe('Windows\n')
  })
})

it('-w shows every column in full, however narrow the terminal is', async () => {
  const narrow = await shown(60, 'lr', 'ps', DEVICE)
  expect(first(narrow.out)).not.toContain('ppid')
  expect(narrow.err).toBe('not shown: ppid, started, user (-w shows all)\n')
  for (const wide of ['-w', '--wide']) {
    const all = await shown(60, 'lr', 'ps', DEVICE, wide)
    expect(all.err).toBe('')
    expect(first(all.out)?.trim().split(/ {2,}/)).toEqual(['pid', 'ppid', 'user', 'started', 'path', 'command line'])
    expect(all.out).toContain('NT AUTHORITY\\NETWORK SERVICE')
  }
  expect((await shown(60, 'lr', 'ps', DEVICE, '-q')).err).toBe('')
})

describe('times', () => {
  it.each([
    ['--utc', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t/],
    ['--local', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+09:00\t/],
    ['--relative', /^(\d+ (y|d|h|min|s) ago|now)\t/],
  ])('are shown to people as %s says', async (option, form) => {
    vi.stubEnv('TZ', 'Asia/Tokyo')
    for (const line of (await piped(...LS, option, '--no-headers')).trimEnd().split('\n')) expect(line).toMatch(form)
    vi.unstubAllEnvs()
  })

  it.each(['--local', '--relative'])('are not affected by %s in JSON and CSV', async option => {
    for (const format of ['json', 'ndjson', 'csv']) expect(await piped(...LS, '-o', format, option)).toBe(await piped(...LS, '-o', format))
  })

  it('have options that exclude each other, as sizes do', async () => {
    expect(await tenant.cbc([...LS, '--utc', '--local'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--utc and --local exclude each other') as string,
    })
    expect(await tenant.cbc([...LS, '--human', '--bytes'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--human and --bytes exclude each other') as string,
    })
  })

  it('follow the options of a shell line before those of the shell', async () => {
    const out = await piped('lr', 'connect', DEVICE, '--relative', '-c', `ls C:\\Windows --utc --no-headers --columns last_write_time`)
    expect(out).toMatch(/^\d{4}-.*Z$/m)
    expect(out).not.toContain('ago')
  })
})

it('--human shows readable sizes, and --bytes exact ones', async () => {
  const line = (text: string) =>
    text
      .split('\n')
      .find(row => row.endsWith('services'))
      ?.split('\t')[1]
  const [human, bytes] = [line(await piped(...LS, '--human')), line(await piped(...LS, '--bytes'))]
  expect(human).toMatch(/^\d+ KiB$/)
  expect(bytes).toMatch(/^\d+$/)
  expect((await shown(30, ...LS, '--bytes')).out).not.toContain('KiB')
})

it('a table in a pager has whole cells', async () => {
  // A terminal of infinite width.
  const { out, err } = await shown(Infinity, 'lr', 'ps', DEVICE, '--decode', '--tree')
  expect(err).toBe('')
  for (const whole of [
    'NT AUTHORITY\\NETWORK SERVICE',
    'c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe',
    'AC4AcABzADEAJwApAA==',
  ])
    expect(out).toContain(whole)
})

describe('an empty result is reported only on a terminal', () => {
  it.each([
    [['lr', 'ps', DEVICE, '--filter', 'no-such-program'], 'no processes match'],
    [['lr', 'find', DEVICE, 'C:\\Windows\\System32\\drivers\\etc', '--name', 'no-such'], 'nothing found'],
    [['lr', 'session', 'list', 'WIN-HR-01'], 'no session on WIN-HR-01'],
    [['lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Old', '-s', '-v', 'NoSuch'], 'no key has this value'],
    [['device', 'list', '--name', 'no-such-*'], 'no devices'],
    [['usb', 'device', 'facet', '--vendor', 'no-such'], 'no USB devices'],
    [['lr', 'ls', DEVICE, 'C:\\Empty'], 'nothing there'],
    [['lr', 'get', '-r', DEVICE, 'C:\\Empty', 'empty'], 'nothing to download'],
    [['usb', 'device', 'list', '--vendor', 'no-such'], 'no USB devices'],
  ])('by %j', async (words, said) => {
    expect((await shown(80, ...words)).err).toContain(`${said}\n`)
    expect((await tenant.cbc(words)).err).not.toContain(said)
    expect((await shown(80, ...words, '--json')).err).not.toContain(said)
  })
})

it('reg query looks like reg.exe on a terminal, and prints lines of cells in a pipe', async () => {
  const data = 'x'.repeat(300)
  await piped('lr', 'reg', 'add', DEVICE, 'HKLM\\SOFTWARE\\Wide', '-v', 'Name', '-t', 'REG_SZ', '-d', data)
  expect((await shown(80, 'lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Wide')).out).toBe(
    `HKLM\\SOFTWARE\\Wide\n    Name    REG_SZ    ${data}\n`,
  )
  expect((await shown(80, 'lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Wide', '-v', 'Name')).out).toBe(
    `HKLM\\SOFTWARE\\Wide\n    Name    REG_SZ    ${data}\n`,
  )
  expect((await shown(80, 'lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Wide', '-s')).out).toBe(
    `HKLM\\SOFTWARE\\Wide\n    Name    REG_SZ    ${data}\n\n`,
  )
  expect(await piped('lr', 'reg', 'query', DEVICE, 'HKLM\\SOFTWARE\\Wide')).toBe(`kind\tname\ttype\tdata\nvalue\tName\tREG_SZ\t${data}\n`)
})

it('directories, programs and suspicious items are coloured, but never marked by colour alone', async () => {
  const colored = async (...words: string[]) =>
    (await tenant.cbc(words, { stdout: memoryOutput({ isTerminal: true, color: true, columns: 120 }) })).out
  const ls = await colored('lr', 'ls', DEVICE, 'C:\\Windows')
  expect(ls).toMatch(/DIRECTORY +\u001b\[38;5;\d+mSystem32\u001b/)
  expect(ls).toMatch(/\u001b\[38;5;\d+mnotepad\.exe\u001b/)
  const tree = await colored('lr', 'ps', DEVICE, '--tree', '--filter', 'public')
  expect(tree).toMatch(/\u001b\[38;5;\d+m! svchost\.exe\u001b/)
  expect(tree).toContain("! svchost.exe outside the system's folders")
})
