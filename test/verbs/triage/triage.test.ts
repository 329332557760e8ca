import { describe, expect, it } from 'vitest'
import { memoryOutput } from '../../support/host.ts'
import { openFleet } from '../../support/fleet.ts'
import { testFolder } from '../../support/folder.ts'

const DEVICE = 'WIN-FIN-01'
const DROPPER = 'C:\\Users\\Public\\svchost.exe'
const HIDDEN = 'C:\\Users\\j.moreau\\AppData\\Roaming\\Microsoft\\OneDriveSync\\OneDriveSync.exe'

interface Finding {
  severity: string
  score: number
  kind: string
  reason: string
  rules: string[]
  pid: number | null
  path: string | null
  key: string | null
  value: string | null
  decoded_command: string | null
  chain: string[]
  next: string[]
}

interface Triage {
  findings: Finding[]
  looked_at: Record<string, number>
  not_looked_at: { what: string; why: string }[]
  users: string[]
}

/** The words of a line for a POSIX shell, as these lines are quoted. */
const wordsOf = (line: string) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

describe('triage', () => {
  it('finds the incident: the chain from mail to the impostor, what starts it again, whom it talks to', async () => {
    const fleet = openFleet()
    const { code, out } = await fleet.cbc(['lr', 'triage', DEVICE, '--json'])
    const { findings, looked_at, not_looked_at, users } = JSON.parse(out) as Triage
    expect(code).toBe(0)
    const find = (kind: string, path: string) => findings.find(one => one.kind === kind && one.path?.toLowerCase() === path.toLowerCase())
    expect(find('process', DROPPER)).toMatchObject({
      severity: 'high',
      pid: 7312,
      chain: expect.arrayContaining(['outlook.exe', 'winword.exe', 'powershell.exe']) as unknown,
    })
    expect(find('process', DROPPER)?.reason).toBe(
      "svchost.exe (pid 7312) has the name of a Windows program, but runs outside the system's folders, and runs from a folder that any program of the user can write to.",
    )
    const shell = findings.find(({ pid }) => pid === 6820)
    expect(shell).toMatchObject({ severity: 'high', rules: expect.arrayContaining(['office-child', 'encoded', 'download']) as unknown })
    expect(shell?.decoded_command).toContain('DownloadString')
    expect(find('autostart', DROPPER)).toMatchObject({
      key: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
      value: 'SecurityHealthUpdate',
    })
    expect(find('autostart', HIDDEN)).toMatchObject({ value: 'OneDriveSync' })
    expect(find('task', HIDDEN)).toMatchObject({
      severity: 'high',
      rules: expect.arrayContaining(['hidden-task', 'system-task']) as unknown,
    })
    expect(findings.find(({ kind }) => kind === 'service')).toMatchObject({
      severity: 'medium',
      path: DROPPER,
      key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\WinUpdateHlp',
    })
    expect(findings.find(({ value }) => value === 'Debugger')).toMatchObject({
      severity: 'high',
      path: 'C:\\Windows\\System32\\cmd.exe',
      key: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sethc.exe',
      reason: expect.stringContaining('starts in place of sethc.exe, which anybody at the logon screen can start') as unknown,
    })
    expect(findings.find(({ kind }) => kind === 'subscription')).toMatchObject({
      severity: 'high',
      value: 'WindowsUpdateWatch',
      decoded_command: expect.stringContaining('DownloadString') as unknown,
    })
    expect(find('file', HIDDEN)).toMatchObject({ rules: expect.arrayContaining(['hidden-program']) as unknown })
    expect(find('connection', DROPPER)).toMatchObject({ value: '203.0.113.66:443', pid: 7312 })
    expect(findings.map(({ score }) => score)).toEqual(findings.map(({ score }) => score).sort((a, b) => b - a))
    expect(looked_at).toMatchObject({ process: expect.any(Number) as unknown, service: expect.any(Number) as unknown })
    expect(looked_at['service']).toBeGreaterThan(20)
    expect([not_looked_at, users.length]).toEqual([[], 1])
  })

  it('finds the incident of the web server: the shell, what it left, the job, the second root, the key', async () => {
    const fleet = openFleet({ local: testFolder() })
    const { code, out } = await fleet.cbc(['lr', 'triage', 'LNX-LAB-01', '--no-exec', '--json'])
    const { findings } = JSON.parse(out) as Triage
    // Its processes are those of the machine that the test runs on.
    const found = findings.filter(({ kind }) => kind !== 'process').map(({ severity, path, rules }) => [severity, path, ...rules])
    expect(code).toBe(0)
    expect(found).toEqual([
      ['high', '/var/tmp/.font-unix/update', 'pipe-to-shell', 'temporary-executable'],
      ['high', '/var/www/shop/uploads/.thumb_cache.php', 'web-shell', 'web-script'],
      ['high', '/etc/passwd', 'second-root'],
      ['medium', '/etc/cron.d/php-sessions', 'same-program', 'temporary-start'],
      ['medium', '/home/mara/.ssh/authorized_keys', 'new-key'],
    ])
    for (const line of findings.filter(({ kind }) => kind !== 'process').flatMap(({ next }) => next))
      expect([line, (await fleet.cbc(['--dry-run', ...wordsOf(line).slice(1)])).code]).toEqual([line, 0])
  })

  it('finds the incident of the Mac: the agent and the daemon of launchd, the helper, its connection', async () => {
    const fleet = openFleet()
    const { code, out } = await fleet.cbc(['lr', 'triage', 'MBP-DESIGN-01', '--json'])
    const { os, findings, not_looked_at } = JSON.parse(out) as Triage & { os: string }
    const agent = '/Users/lena/Library/LaunchAgents/com.apple.softwareupdate.check.plist'
    expect([code, os, not_looked_at]).toEqual([0, 'macos', []])
    expect(findings.map(({ severity, kind, path, rules }) => [severity, kind, path, ...rules])).toEqual([
      ['high', 'autostart', agent, 'pipe-to-shell', 'apple-name'],
      ['high', 'process', '/bin/bash', 'pipe-to-shell'],
      ['medium', 'autostart', '/Library/LaunchDaemons/com.adobe.acc.helper.plist', 'shared-start', 'same-program'],
      ['medium', 'process', '/Users/Shared/.acc/CCHelper', 'shared-program', 'hidden-folder'],
      ['medium', 'connection', '/Users/Shared/.acc/CCHelper', 'same-program'],
      ['medium', 'file', '/Users/Shared/.acc/CCHelper', 'hidden-folder', 'shared-executable'],
    ])
    expect(findings.find(({ kind }) => kind === 'connection')).toMatchObject({ value: '203.0.113.66:443', pid: 4127 })
    for (const line of findings.flatMap(({ next }) => next))
      expect([line, (await fleet.cbc(['--dry-run', ...wordsOf(line).slice(1)])).code]).toEqual([line, 0])
  })

  it('programs of the system itself are neither brought home nor deleted', async () => {
    const fleet = openFleet()
    const { findings } = JSON.parse((await fleet.cbc(['lr', 'triage', DEVICE, '--json'])).out) as Triage
    const lines = findings.flatMap(({ next }) => next)
    expect(lines.filter(line => /lr (?:get|rm|hash) \S+ '?C:\\Windows\\System32\\(?!Tasks)/i.test(line))).toEqual([])
  })

  it('each line to go on with is a command that this program takes', async () => {
    const fleet = openFleet()
    const { findings } = JSON.parse((await fleet.cbc(['lr', 'triage', DEVICE, '--json'])).out) as Triage
    const lines = findings.flatMap(({ next }) => next)
    expect(lines).toContain(`cbc lr kill ${DEVICE} 7312 --if-name svchost.exe`)
    expect(lines).toContain(`cbc lr reg delete ${DEVICE} 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run' -v SecurityHealthUpdate`)
    for (const line of new Set(lines)) {
      const [, ...words] = wordsOf(line)
      expect([line, (await fleet.cbc(['--dry-run', ...words])).code]).toEqual([line, 0])
    }
  })

  it('an account that somebody made is only slightly odd, and those of Windows are not', async () => {
    const fleet = openFleet()
    const { findings } = JSON.parse((await fleet.cbc(['lr', 'triage', DEVICE, '--all', '--json'])).out) as Triage
    expect(findings.filter(({ kind }) => kind === 'account').map(({ severity, reason }) => [severity, reason])).toEqual([
      ['low', 'the local account updsvc was made by somebody, and is enabled.'],
    ])
  })

  it('where no program may be started, the rest is looked at all the same, and what was not is said', async () => {
    const fleet = openFleet()
    await fleet.settings({ devices: { [DEVICE]: { blockedPrograms: ['cmd.exe'] } } })
    const { code, out } = await fleet.cbc(['lr', 'triage', DEVICE, '--json'])
    const { findings, not_looked_at } = JSON.parse(out) as Triage
    expect(code).toBe(0)
    expect(findings.some(({ kind, path }) => kind === 'process' && path?.toLowerCase() === DROPPER.toLowerCase())).toBe(true)
    expect(not_looked_at).toEqual([
      { what: expect.stringContaining('WMI event subscriptions') as unknown, why: expect.any(String) as unknown },
    ])
  })

  it('finds nothing on computers where nothing happened', async () => {
    const fleet = openFleet()
    for (const device of ['WIN-HR-01', 'WIN-FIN-02', 'SRV-FILE-02'])
      expect(JSON.parse((await fleet.cbc(['lr', 'triage', device, '--json'])).out)).toMatchObject({ findings: [] })
  })

  it('--no-exec starts nothing, so that --read-only allows it, and says what was not looked at', async () => {
    const fleet = openFleet()
    expect((await fleet.cbc(['lr', 'triage', DEVICE, '--read-only'])).code).toBe(8)
    const { code, out } = await fleet.cbc(['lr', 'triage', DEVICE, '--read-only', '--no-exec', '--json'])
    const { findings, not_looked_at } = JSON.parse(out) as Triage
    expect(code).toBe(0)
    expect(findings.some(({ kind, path }) => kind === 'task' && path === HIDDEN)).toBe(true)
    expect(not_looked_at).toEqual([
      { what: 'services, connections, users, hijacked programs and WMI event subscriptions', why: '--no-exec' },
    ])
    expect((await fleet.executions()).some(({ name }) => name === 'create process')).toBe(false)
  })

  it('is a screen of 80 columns, where only lines to copy, paths and Base64 are longer', async () => {
    const fleet = openFleet()
    const stdout = memoryOutput({ isTerminal: true, columns: 80 })
    await fleet.cbc(['lr', 'triage', DEVICE], { stdout })
    const lines = stdout.text().split('\n')
    expect(lines[0]).toBe(`${DEVICE}: 12 findings, 6 of them high`)
    expect(lines.filter(line => line.length > 79 && /\s\S+\s/.test(line.trim()) && !line.startsWith('        > '))).toEqual([])
  })

  it('several devices: a table of findings with how many have them, and a line a device for programs', async () => {
    const fleet = openFleet()
    const both = `${DEVICE},WIN-HR-01`
    await fleet.cbc([
      'lr',
      'reg',
      'add',
      'WIN-HR-01',
      'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
      '-v',
      'SecurityHealthUpdate',
      '-t',
      'REG_SZ',
      '-d',
      DROPPER,
    ])
    const { out } = await fleet.cbc(['lr', 'triage', DEVICE, 'WIN-HR-01', '--no-exec', '-o', 'table'])
    const [first = ''] = out.split('\n').filter(line => line.includes('SecurityHealthUpdate'))
    expect(first.trim().split(/\s{2,}/)).toEqual([
      '2',
      expect.any(String),
      'autostart',
      expect.stringContaining('SecurityHealthUpdate'),
      `${DEVICE}, WIN-HR-01`,
    ])
    const { lines } = await fleet.cbc(['lr', 'triage', both, '--no-exec'])
    expect(lines.map(({ ok }) => ok)).toEqual([true, true])
  })
})
