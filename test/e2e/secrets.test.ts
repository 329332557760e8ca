import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openLab } from '../../src/lab/lab.ts'
import { clock, random } from '../../src/world/clock.ts'
import { CBC, run, start } from '../support/program.ts'
import { serveTransport } from '../support/serve-transport.ts'
import { openTerminal } from '../support/terminal.ts'
import { labService } from '../support/world.ts'

const SECRET = 'MARKEDSECRETKEY7301245'
const TOKEN = `${SECRET}/MARKEDID12`

const lab = openLab({ clock, random, checkIn: 0, token: TOKEN })
const url = await serveTransport(labService(lab).send)
afterAll(() => lab.close())

const home = mkdtempSync(join(tmpdir(), 'cbc-secrets-'))
const credentials = join(home, '.carbonblack', 'credentials.cbc')
mkdirSync(join(home, '.carbonblack'))
writeFileSync(credentials, `[default]\nurl = ${url}\norg_key = ${lab.org}\ntoken = ${TOKEN}\n`, { mode: 0o600 })
const place = { home, cwd: home }

/** Files below a directory that hold a text. */
const holding = (text: string): string[] => readdirSync(home, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name)).filter(file => readFileSync(file).includes(text))

it('the token is in no output, no file but its own, and no process\'s arguments', async () => {
  for (const words of [['lr', 'ls', 'WIN-FIN-01'], ['lr', 'exec', 'WIN-FIN-01', 'whoami'], ['lr', 'get', 'WIN-FIN-01', 'C:\\Windows\\win.ini', 'nope'], ['lr', 'session', 'list'], ['usb', 'approval', 'list'], ['config', 'list'], ['config', 'get', 'token'], ['doctor']]) {
    const { stdout, stderr } = await run(['-v', ...words], { ...place, env: { CBC_DEBUG: '1' } })
    expect(stdout + stderr, words.join(' ')).not.toContain(SECRET)
  }
  const shell = start(['lr', 'connect', 'WIN-FIN-01'], place)
  shell.write('pwd\n!ps -ef\n!env\n')
  await shell.line('system32')
  if (process.platform === 'linux') expect(readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8')).not.toContain(SECRET)
  shell.end()
  await shell.exit
  expect(shell.stdout.join('\n')).not.toContain(SECRET)
  expect(holding(SECRET)).toEqual([credentials])
})

it('a line that holds it stays out of the history', async () => {
  const terminal = openTerminal(process.execPath, [CBC, 'lr', 'connect', 'WIN-FIN-01'], place)
  await terminal.waitFor(/> ?$/)
  await terminal.type(`!curl -H 'X-Auth-Token: ${TOKEN}' localhost:1`)
  await terminal.key('enter')
  await terminal.type('exit')
  await terminal.key('enter')
  await terminal.exit
  expect(holding(SECRET)).toEqual([credentials])
})
