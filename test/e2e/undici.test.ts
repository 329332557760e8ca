import { execFile, execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { environment } from '../support/environment.ts'
import { BUILT } from '../support/command.ts'
import { start, type Started } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'

const execute = promisify(execFile)

/** Prints which of Node's modules for `fetch` were loaded: they take nearly as long as the whole start of Node. */
const REPORT = `data:text/javascript,process.on('exit',()=>process.stderr.write('UNDICI '+process.moduleLoadList.filter(name=>/undici/.test(name)).length+'\\n'))`

/** The project's version of Node, and those of this machine. */
const nodes = [
  ...new Set([
    process.execPath,
    ...(process.env['PATH'] ?? '')
      .split(delimiter)
      .map(folder => join(folder, 'node'))
      .filter(existsSync)
      .map(path => realpathSync(path)),
  ]),
].map(path => ({ path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() }))

const home = testFolder()
let lab: Started
let service: Record<string, string>

beforeAll(async () => {
  lab = start(['lab', 'serve', '--json', '--state', 'none', '--tls'])
  const { url, org_key, token, ca } = JSON.parse(await lab.line('{')) as Record<string, string>
  service = { CBC_URL: url ?? '', CBC_ORG_KEY: org_key ?? '', CBC_TOKEN: token ?? '', SSL_CERT_FILE: ca ?? '' }
})

afterAll(async () => {
  await lab.kill()
})

/** Runs the program against the served lab. @returns the number of modules of undici that were loaded */
async function undici(node: string, ...args: string[]): Promise<number> {
  const { stderr } = await execute(node, ['--import', REPORT, BUILT, ...args], { cwd: home, env: environment(service, home) })
  return Number(/^UNDICI (\d+)$/m.exec(stderr)?.[1])
}

it.each(nodes)('commands that use the network do not load undici on $version', async ({ path }) => {
  const lines = 'get C:\\Windows\\win.ini --force; put win.ini C:\\Windows\\Temp\\ --force; exec cmd.exe /c ver'
  expect({
    ps: await undici(path, 'lr', 'ps', 'WIN-FIN-01'),
    transfers: await undici(path, 'lr', 'connect', 'WIN-FIN-01', '-c', lines),
  }).toEqual({ ps: 0, transfers: 0 })
})
