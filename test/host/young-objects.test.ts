import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { BUILT } from '../support/command.ts'
import { environment } from '../support/environment.ts'
import { testFolder } from '../support/folder.ts'

/** Writes how large the space for new objects has become, in MiB, at the end of a program. */
const REPORT =
  "data:text/javascript,import v8 from 'node:v8';process.on('exit',()=>process.stderr.write('NEW '+v8.getHeapSpaceStatistics()" +
  ".find(s=>s.space_name==='new_space').space_size/2**20))"

const file = (filename: string) => ({ filename, size: 1, attributes: ['ARCHIVE'], create_time: '2024-05-01T12:00:00Z', alternate_name: '' })

/** A service with one device, whose every directory has this many entries. */
async function service(entries: number) {
  const session = { id: '1:1', device_id: 1, status: 'ACTIVE', drives: ['C:\\'], supported_commands: null }
  const files = Array.from({ length: entries }, (_, at) => file(`file${String(at).padStart(6, '0')}`))
  const command = { id: 1, session_id: '1:1', name: 'directory list', status: 'COMPLETE', files }
  const server = createServer((request, response) => {
    const { method, url = '' } = request
    const found = url.includes('/commands')
      ? command
      : url.endsWith('/devices/1')
        ? { id: 1, name: 'ONE', os: 'WINDOWS' }
        : method === 'GET' && url.endsWith('/sessions')
          ? []
          : session
    if (method === 'DELETE') response.writeHead(204).end()
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(found))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

it('a long listing does not make V8 enlarge the space for new objects, which would take more memory than the entries', async () => {
  const { url, close } = await service(30_000)
  const home = testFolder()
  const env = environment({ CBC_URL: url, CBC_ORG_KEY: 'ABCD1234', CBC_TOKEN: 'secret/identifier' }, home)
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', REPORT, BUILT, 'lr', 'ls', '1', 'C:\\many', '-o', 'ndjson'],
    {
      cwd: home,
      env,
      maxBuffer: 2 ** 26,
    },
  )
  close()
  expect(stdout.split('\n')).toHaveLength(30_001)
  // Without the limit it becomes 32.
  expect(Number(/NEW ([\d.]+)$/.exec(stderr)?.[1])).toBeLessThan(16)
})
