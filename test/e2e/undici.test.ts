import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { environment } from '../support/environment.ts'
import { BUILT } from '../support/command.ts'
import { nodesHere } from '../support/nodes.ts'
import { start, type Started } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'

const execute = promisify(execFile)

/** Prints which of Node's modules for `fetch` were loaded: they take nearly as long as the whole start of Node. */
const REPORT = `data:text/javascript,process.on('exit',()=>process.stderr.write('UNDICI '+process.moduleLoadList.filter(name=>/undici/.test(name)).length+'\\n'))`

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

it.each(nodesHere())('commands that use the network do not load undici on $version', async ({ path }) => {
  const lines = 'get C:\\Windows\\win.ini --force; put win.ini C:\\Windows\\Temp\\ --force; exec cmd.exe /c ver'
  expect({
    ps: await undici(path, 'lr', 'ps', 'WIN-FIN-01'),
    transfers: await undici(path, 'lr', 'connect', 'WIN-FIN-01', '-c', lines),
  }).toEqual({ ps: 0, transfers: 0 })
})
