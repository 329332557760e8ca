import { expect, it } from 'vitest'
import { COMMAND_IN_SH } from '../support/command.ts'
import { testFolder } from '../support/folder.ts'
import { openCbc, openTerminal, type TestTerminal } from '../support/terminal.ts'

/** The shell on WIN-FIN-01, started by bash as a person starts it. */
async function inBash(): Promise<TestTerminal> {
  const home = testFolder()
  const terminal = openTerminal('bash', ['--norc', '--noprofile', '-i'], {
    home,
    cwd: home,
    cols: 100,
    env: { CBC_PROFILE: 'lab', PS1: 'bash> ', SHELL: '/bin/sh', ENV: undefined, HISTFILE: undefined },
  })
  await terminal.waitFor(/bash> ?$/)
  await line(terminal, `${COMMAND_IN_SH} lr connect WIN-FIN-01`)
  await terminal.waitFor(/WIN-FIN-01 .*> ?$/)
  return terminal
}

async function line(terminal: TestTerminal, text: string): Promise<void> {
  await terminal.type(text)
  await terminal.key('enter')
}

it('Ctrl-Z returns the terminal to the parent shell, and fg continues with the typed line', async () => {
  const terminal = await inBash()
  await terminal.type('echo one ')
  await terminal.waitFor(/> echo one ?$/)
  await terminal.key('ctrl-z')
  await terminal.waitFor(/Stopped[^]*\nbash> ?$/)
  // bash does not keep the raw mode of the program: it echoes what is typed.
  await line(terminal, 'stty -a | grep -c " -echo "')
  await terminal.waitFor(/\n0\nbash> ?$/)
  await line(terminal, 'fg')
  await terminal.waitFor(/WIN-FIN-01 [^\n]*> echo one ?$/)
  await line(terminal, 'two')
  await terminal.waitFor(/\none two\n/)
  // The prompt is at the start of a row: otherwise a % would mark it.
  expect(terminal.transcript()).not.toContain('%')
  await line(terminal, 'exit')
  await terminal.waitFor(/bash> ?$/)
})

it('the line is drawn again when a stopped program continues', async () => {
  const terminal = await inBash()
  await terminal.type('echo "a b"')
  await terminal.waitFor(/> echo "a b"$/)
  // The parent shell restores its own modes meanwhile.
  await line(terminal, '; !kill -STOP $PPID')
  await terminal.waitFor(/Stopped[^]*\nbash> ?$/)
  await line(terminal, 'fg')
  await terminal.waitFor(/WIN-FIN-01 [^\n]*> ?$/)
  await terminal.type('pw')
  await terminal.key('tab')
  await terminal.waitFor(/> pwd ?$/)
  await terminal.key('enter')
  await terminal.waitFor(/C:\\Windows\\system32\n/)
})

it('the prompt shows the name of a device that was given by id, and connect without a device lets the user choose', async () => {
  const home = testFolder()
  const terminal = openCbc(['lr', 'connect', '11412673'], {
    home,
    cwd: home,
    cols: 100,
    env: { CBC_PROFILE: 'lab' },
  })
  await terminal.waitFor(/Connected to WIN-FIN-01\.[^]*\nWIN-FIN-01 [^\n]*> ?$/)
  await line(terminal, 'connect')
  await terminal.waitFor(/\? Device:[^]*WIN-FIN-02/)
  await terminal.type('fin-02')
  await terminal.waitFor(screen => screen.some(row => row.includes('WIN-FIN-02')) && !screen.some(row => row.includes('WIN-HR-01')))
  await terminal.key('enter')
  await terminal.waitFor(/\nWIN-FIN-02 [^\n]*> ?$/)
  await line(terminal, 'connect')
  await terminal.waitFor(/\? Device:[^]*WIN-FIN-01/)
  await terminal.key('escape')
  await terminal.waitFor(/interrupted\nWIN-FIN-02 [^\n]*> ?$/)
  await line(terminal, 'exit')
  expect(await terminal.exit).toMatchObject({ code: 0 })
})

it('! alone opens a local shell, !! and !$ are the last line and its last word, and Alt-. inserts that word', async () => {
  const terminal = await inBash()
  await line(terminal, '!')
  await terminal.waitFor(/> !\nbash> ?$/)
  await line(terminal, 'echo "here $((6 * 7))"; exit')
  await terminal.waitFor(/here 42\n(exit\n)?WIN-FIN-01 [^\n]*> ?$/)
  await line(terminal, 'echo one "two three"')
  await terminal.waitFor(/\none two three\n/)
  await line(terminal, '!!')
  await terminal.waitFor(/> !!\necho one "two three"\none two three\n/)
  await line(terminal, 'echo !$')
  await terminal.waitFor(/> echo !\$\necho "two three"\ntwo three\n/)
  await terminal.type('echo ')
  await terminal.key('alt-.')
  await terminal.waitFor(/> echo "two three"$/)
  await terminal.key('ctrl-c')
  await line(terminal, "!echo '!!'")
  await terminal.waitFor(/\n!!\n/)
})
