import { afterAll, expect, it } from 'vitest'
import { openLab } from '../../src/lab/lab.ts'
import { clock, random } from '../../src/host/clock.ts'
import { terminalDangers } from '../support/harmless.ts'
import { Spoiler, spoiling } from '../support/hostile.ts'
import { serveTransport } from '../support/serve-transport.ts'
import { openCbc } from '../support/terminal.ts'
import { labService } from '../support/host.ts'

const lab = openLab({ clock, random, checkIn: 0 })
const spoiler = new Spoiler({ seed: 4711, how: 'text', rate: 0.6 })
/** Keeps what a command's answer is about: an answer about something else would be refused as a whole, and nothing of it shown. */
const sameSubject = (answer: unknown, spoilt: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'input' in answer && 'name' in answer && typeof spoilt === 'object'
    ? { ...spoilt, name: answer.name, input: answer.input }
    : spoilt
/** Also changes what describes a session, because the prompt shows it. */
const worse = (answer: unknown): unknown => {
  const spoilt = sameSubject(answer, spoiler.spoil(answer))
  const isSession =
    typeof spoilt === 'object' && spoilt !== null && 'current_working_directory' in spoilt && spoilt.current_working_directory !== null
  return isSession ? { ...spoilt, current_working_directory: 'C:\\Users\\Public\u001b]0;owned\u0007\u202e\n' } : spoilt
}
const url = await serveTransport(spoiling(labService(lab).send, worse))
const env = { CBC_URL: url, CBC_TOKEN: lab.token, CBC_ORG_KEY: lab.org }
afterAll(() => lab.close())

it('the shell shows hostile text of an endpoint escaped in prompt, listings, completion and questions', async () => {
  const terminal = openCbc(['lr', 'connect', 'WIN-FIN-01'], { env, rows: 50 })
  await terminal.waitFor('owned')
  const lines = [
    'ls C:\\Windows\\System32\\drivers\\etc',
    'ls -l C:\\Users -o csv',
    'ps --tree',
    'info',
    'reg query HKLM\\SOFTWARE\\Microsoft',
    'exec whoami &',
    'jobs',
    'wait',
    'history',
  ]
  for (const [at, line] of lines.entries()) {
    await terminal.type(`${line}; !printf 'done%s\\n' -${at}`)
    await terminal.key('enter')
    await terminal.waitFor(`done-${at}`)
  }
  await terminal.type('ls C:\\Windows\\\t\t')
  await terminal.key('ctrl-u')
  await terminal.type('rm -r C:\\Users\\Public')
  await terminal.key('enter')
  await terminal.waitFor(/\[y\/N\]/)
  await terminal.type('n')
  await terminal.key('enter')
  await terminal.waitFor('not confirmed')
  await terminal.type('exit')
  await terminal.key('enter')
  await terminal.exit
  expect(terminal.raw()).toContain('owned\\x07\\u202e\\n')
  expect(terminalDangers(terminal.raw())).toEqual([])
})

it('the list of devices and the question of a single command show hostile text escaped', async () => {
  const chooser = openCbc(['lr', 'connect'], { env })
  // How the names are spoilt depends on how many answers came before.
  await chooser.waitFor(/❯ \S/)
  await chooser.type('fin')
  await chooser.key('down')
  await chooser.key('escape')
  await chooser.exit
  const question = openCbc(['lr', 'kill', '11412673', '--tree', '4'], { env })
  await question.waitFor(/y\/N/)
  await question.key('enter')
  await question.exit
  for (const { raw } of [chooser, question]) expect(terminalDangers(raw())).toEqual([])
})
