import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openLab } from '../../src/lab/lab.ts'
import { clock, random } from '../../src/host/clock.ts'
import { LAB_API_TOKEN, LAB_OAUTH_APP } from '../../src/lab/cloud/access/keys.ts'
import { completed } from '../support/completed.ts'
import { startProxy } from '../support/proxy.ts'
import { run, start } from '../support/program.ts'
import { serveTransport } from '../support/serve-transport.ts'
import { openCbc } from '../support/terminal.ts'
import { labService } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'

const SECRET = 'MARKEDSECRETKEY7301245'
const TOKEN = `${SECRET}/MARKEDID12`
const PASSWORD = 'MARKEDPASSWORD99'
/** Secrets that must never be shown. */
const SECRETS = [SECRET, PASSWORD, LAB_API_TOKEN, LAB_OAUTH_APP.appSecret]

const lab = openLab({
  clock,
  random,
  checkIn: 0,
  token: TOKEN,
  keys: [
    { apiToken: LAB_API_TOKEN, permissions: 'all' },
    { ...LAB_OAUTH_APP, permissions: 'all' },
  ],
})
const url = await serveTransport(labService(lab).send)
afterAll(() => lab.close())

const home = testFolder()
const credentials = join(home, '.carbonblack', 'credentials.cbc')
mkdirSync(join(home, '.carbonblack'))
const proxy = await startProxy({ auth: `jane:${PASSWORD}` })
const PROFILES = {
  default: `token = ${TOKEN}`,
  proxied: `token = ${TOKEN}\nproxy = ${proxy.url.replace('//', `//jane:${PASSWORD}@`)}`,
  refused: `token = ${TOKEN}\nproxy = ${proxy.url.replace('//', `//john:${PASSWORD}@`)}`,
  platform: `csp_api_token = ${LAB_API_TOKEN}\ncsp_url_override = ${url}`,
  app: `csp_oauth_app_id = ${LAB_OAUTH_APP.appId}\ncsp_oauth_app_secret = ${LAB_OAUTH_APP.appSecret}\ncsp_url_override = ${url}`,
}
writeFileSync(
  credentials,
  Object.entries(PROFILES)
    .map(([name, lines]) => `[${name}]\nurl = ${url}\norg_key = ${lab.org}\n${lines}\n`)
    .join('\n'),
  { mode: 0o600 },
)
const place = { home, cwd: home }

/** Returns the files below a directory that contain a text. */
const holding = (text: string): string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => readFileSync(file).includes(text))

it("the token appears in no output, no file but its own, and no process's arguments", async () => {
  for (const words of [
    ['lr', 'ls', 'WIN-FIN-01'],
    ['lr', 'exec', 'WIN-FIN-01', 'whoami'],
    ['lr', 'get', 'WIN-FIN-01', 'C:\\Windows\\win.ini', 'nope'],
    ['lr', 'session', 'list'],
    ['usb', 'approval', 'list'],
    ['config', 'list'],
    ['config', 'get', 'token'],
    ['doctor'],
  ]) {
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

it.each(Object.keys(PROFILES).slice(1))('the secrets of the profile %s appear nowhere', async name => {
  for (const words of [
    ['lr', 'exec', 'WIN-FIN-01', 'whoami'],
    ['config', 'get'],
    ['config', 'get', '--json'],
    ['doctor', '--json'],
  ]) {
    const { stdout, stderr } = await run(['-v', '--profile', name, ...words], { ...place, env: { CBC_DEBUG: '1' } })
    for (const secret of SECRETS) expect(stdout + stderr, words.join(' ')).not.toContain(secret)
    if (words[0] === 'lr') expect(stdout).toContain(name === 'refused' ? '' : '\\')
  }
  const printed = await completed(`cbc --profile ${name} lr ls WIN`, place, out => name === 'refused' || out.includes('WIN-FIN-01'))
  for (const secret of SECRETS) {
    expect(printed).not.toContain(secret)
    expect(holding(secret)).toEqual([credentials])
  }
})

it('the password of a proxy from the environment appears nowhere, valid or not', async () => {
  // The name of another machine, which the proxy cannot look up.
  for (const [at, text] of [
    proxy.url.replace('//', `//jane:${PASSWORD}@`),
    `http://jane:${PASSWORD}@127.0.0.1:1`,
    `http://jane:${PASSWORD}/x@127.0.0.1:1`,
    `socks5://jane:${PASSWORD}@127.0.0.1:1`,
    `jane:${PASSWORD}@:::`,
  ].entries()) {
    const env = { CBC_URL: 'https://service.invalid', CBC_TOKEN: TOKEN, CBC_ORG_KEY: lab.org, HTTPS_PROXY: text, CBC_DEBUG: '1' }
    for (const words of [
      ['-v', 'device', 'list', '--timeout', '1s'],
      ['doctor', '--timeout', '1s'],
    ].slice(0, at === 0 ? 2 : 1)) {
      const { code, stdout, stderr } = await run(words, { ...place, env })
      expect(code, stderr).not.toBe(0)
      for (const secret of SECRETS) expect(stdout + stderr, text).not.toContain(secret)
    }
  }
})

it('a line with a secret stays out of the history, whatever it looks like', async () => {
  const terminal = openCbc(['--profile', 'platform', 'lr', 'connect', 'WIN-FIN-01'], place)
  for (const line of [`!curl -H 'X-Auth-Token: ${TOKEN}' localhost:1`, `!true ${LAB_API_TOKEN}`, 'pwd', 'exit']) {
    await terminal.waitFor(/> ?$/)
    await terminal.type(line)
    await terminal.key('enter')
  }
  await terminal.exit
  expect(holding('pwd')).toHaveLength(1)
  for (const secret of SECRETS) expect(holding(secret)).toEqual([credentials])
})
