import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { openCbc, type TestTerminal } from '../support/terminal.ts'
import { analyst } from './lab.ts'

/** A shell on an endpoint of a fresh lab, in a real terminal, at its first prompt. */
async function shell(
  device = 'WIN-FIN-01',
  home = testFolder(),
): Promise<TestTerminal & { home: string; line(text: string): Promise<void> }> {
  const terminal = openCbc(['lr', 'connect', device], { home, cwd: home, env: { CBC_PROFILE: 'lab' } })
  await terminal.waitFor(`${device} `)
  return Object.assign(terminal, {
    home,
    async line(text: string) {
      await terminal.type(text)
      await terminal.key('enter')
    },
  })
}

it('the prompt shows device and directory, follows cd, and marks a failure', async () => {
  const terminal = await shell()
  await terminal.waitFor('WIN-FIN-01 C:\\Windows\\system32>')
  await terminal.line('cd C:\\Users')
  await terminal.waitFor('WIN-FIN-01 C:\\Users>')
  await terminal.line('cd ..\\Windows')
  await terminal.waitFor('WIN-FIN-01 C:\\Windows>')
  await terminal.line('cd -')
  await terminal.waitFor(/C:\\Users> $|C:\\Users>$/)
  await terminal.line('cd nowhere')
  await terminal.waitFor('cbc: C:\\Users\\nowhere: no such file or directory')
  await terminal.waitFor('WIN-FIN-01 C:\\Users ✗>')
  await terminal.line('pwd')
  await terminal.waitFor(/C:\\Users ✗> pwd\nC:\\Users\nWIN-FIN-01 C:\\Users>/)
  await terminal.line('exit')
  expect(await terminal.exit).toMatchObject({ code: 0 })
})

it('Tab completes verbs, options and remote paths with spaces', async () => {
  const terminal = await shell()
  await terminal.type('memd\t')
  await terminal.waitFor('> memdump ')
  await terminal.key('ctrl-c')
  await terminal.type('ls --rev\t')
  await terminal.waitFor('> ls --reverse ')
  await terminal.key('ctrl-c')
  await terminal.type('cd c:\\prog\t')
  await terminal.type('\t')
  await terminal.waitFor(screen => screen.some(row => row.includes('Program Files') && row.includes('ProgramData')))
  await terminal.key('ctrl-c')
  await terminal.type('cd "C:\\Program Files\\Goo\t')
  await terminal.waitFor('> cd "C:\\Program Files\\Google\\"')
  await terminal.type('Chr\t')
  await terminal.waitFor('> cd "C:\\Program Files\\Google\\Chrome\\"')
  await terminal.key('enter')
  await terminal.waitFor('WIN-FIN-01 C:\\Program Files\\Google\\Chrome>')
  await terminal.type('reg query HKLM\\SOFTWARE\\Micr\t')
  await terminal.waitFor('> reg query HKLM\\SOFTWARE\\Microsoft\\')
})

it('the terminal shows how long a program runs, and the progress of a memory dump', async () => {
  const terminal = await shell()
  await terminal.line('memdump C:\\live.dmp')
  await terminal.waitFor(/Dumping the memory of WIN-FIN-01 .* [1-9]\d?%/)
  await terminal.waitFor(/system32> ?$/)
  await terminal.line('exec ping -n 600 127.0.0.1')
  await terminal.waitFor(/Running ping -n 600 127\.0\.0\.1 on WIN-FIN-01 {2}\d+ s/)
  await terminal.key('ctrl-c')
  await terminal.waitFor(/✗> ?$/)
})

it('Ctrl-C cancels what runs, on the endpoint too, and never ends the shell', async () => {
  const terminal = await shell()
  await terminal.line('exec ping -n 600 127.0.0.1')
  await terminal.waitFor('Running ping -n 600 127.0.0.1')
  await terminal.key('ctrl-c')
  await terminal.waitFor('cbc: interrupted')
  await terminal.line('ps --filter ping.exe --columns process_cmdline')
  await terminal.waitFor(/ping\.exe --columns process_cmdline\nno processes match\nWIN-FIN-01 [^\n]*>/)
  await terminal.line('ls C:\\Windows\\Temp\\cbc-*')
  await terminal.waitFor('no such file or directory')
  await terminal.type('half a line')
  await terminal.key('ctrl-c')
  await terminal.line('pwd')
  await terminal.waitFor('C:\\Windows\\system32\n')
})

it('no key typed while a command runs is lost', async () => {
  const terminal = await shell()
  await terminal.line('exec ping -n 2 127.0.0.1')
  await terminal.line('pwd')
  await terminal.type('ls C:\\Us')
  await terminal.waitFor(/> pwd\nC:\\Windows\\system32\nWIN-FIN-01 C:\\Windows\\system32> ls C:\\Us/)
})

it('the history lasts across runs, but without secrets, and Ctrl-D leaves', async () => {
  const first = await shell()
  await first.line('ls C:\\Users\\Public')
  await first.waitFor('svchost.exe')
  await first.line('exec net user eve password=Hunter2 /add')
  await first.waitFor(/\/add\n[^]*WIN-FIN-01 [^\n]*> *$/)
  await first.key('ctrl-d')
  expect(await first.exit).toMatchObject({ code: 0 })

  const second = await shell('WIN-FIN-02', first.home)
  await second.key('up')
  await second.waitFor('> ls C:\\Users\\Public')
  await second.key('ctrl-c')
  await second.key('ctrl-r')
  await second.type('Pub')
  await second.waitFor('ls C:\\Users\\Public')
})

it('the shell asks before it deletes what a pattern matches, and shows the matches', async () => {
  const terminal = await shell()
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(terminal.home, name), name)
  await terminal.line('mkdir C:\\t; put a.txt C:\\t; put b.txt C:\\t; rm C:\\t\\*')
  await terminal.waitFor(/C:\\t\\a\.txt\n +C:\\t\\b\.txt\nDelete 2 on WIN-FIN-01\? \[y\/N\]/)
  await terminal.line('n')
  await terminal.waitFor('not confirmed, nothing was done')
  await terminal.line('rm C:\\t\\*')
  await terminal.waitFor(/Delete 2 on WIN-FIN-01\? \[y\/N\] *$/)
  await terminal.line('y')
  await terminal.waitFor(/path\nC:\\t\\a\.txt\nC:\\t\\b\.txt/)
})

it('local commands get the terminal, and pipes and files get their output', async () => {
  const terminal = await shell()
  await terminal.line('ls C:\\Users | grep -c moreau')
  await terminal.waitFor(/grep -c moreau\n1\n/)
  await terminal.line('!printf "local %s" here')
  await terminal.waitFor('local here')
  await terminal.line('ls C:\\Users > users.txt')
  await terminal.line('!wc -l users.txt')
  await terminal.waitFor(/\d+ users\.txt/)
})

it('hostile names and bytes are shown escaped', async () => {
  const user = analyst()
  const name = 'evil\u001b]0;title\u0007\u001b[2J\u202e.txt'
  writeFileSync(join(user.home, 'evil'), 'one\u001b[31mred\u0007\r\ntwo')
  expect((await user.cbc('lr', 'put', 'LNX-LAB-01', 'evil', `/tmp/${name}`)).code).toBe(0)
  const terminal = await shell('LNX-LAB-01', user.home)
  await terminal.line('ls /tmp')
  await terminal.waitFor('evil\\x1b]0;title\\x07\\x1b[2J\\u202e.txt')
  expect(terminal.raw()).not.toContain('\u001b]0;title')
})

it('a spinner is shown while a session is opened, and a table wraps what does not fit', async () => {
  const home = testFolder()
  const offline = openCbc(['lr', 'ls', 'WIN-SALES-LT3'], { home, env: { CBC_PROFILE: 'lab' } })
  await offline.waitFor('Connecting to WIN-SALES-LT3')
  await offline.key('ctrl-c')
  expect(await offline.exit).toMatchObject({ code: 130 })
  const ps = openCbc(['lr', 'ps', 'WIN-FIN-01', '--filter', 'chrome'], {
    home,
    cols: 120,
    env: { CBC_PROFILE: 'lab' },
  })
  expect(await ps.exit).toMatchObject({ code: 0 })
  const rows = ps.screen()
  expect(rows.find(row => row.includes('command line'))).toMatch(/^ *pid .*path +command line$/)
  // The command line wraps below itself, and is complete.
  expect(rows.join('').replaceAll(' ', '')).toContain(
    '"C:\\ProgramFiles\\Google\\Chrome\\Application\\chrome.exe"--type=renderer--lang=en-US--device-scale-factor=1--renderer-client-id=14',
  )
})
