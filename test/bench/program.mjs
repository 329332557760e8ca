// The program that is measured, and the services that it is measured against.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { run } from './measure.mjs'

export const DEVICE = 'WIN-FIN-01'
export const node = process.execPath
export const cbc = fileURLToPath(new URL('../../dist/cbc.js', import.meta.url))

/** A folder for what the runs write; removed when the benchmark ends. */
export const home = mkdtempSync(join(tmpdir(), 'cbc-bench-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

// With extra CAs Node reads its whole certificate store at start, which is not what is measured.
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...rest } = process.env
export const environment = { ...rest, HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, CBC_PROFILE: 'lab' }

/** The environment of a program that talks to the service at `url`. */
export function environmentFor({ url, org_key = 'ABCD1234', token = 'secret/id' }) {
  return { ...environment, CBC_PROFILE: '', CBC_URL: url, CBC_ORG_KEY: org_key, CBC_TOKEN: token }
}

/** Starts a lab in a process of its own, and waits until it listens. @returns its `url`, `org_key`, `token`, and `stop` */
export async function serveLab(...options) {
  const lab = spawn(node, [cbc, 'lab', 'serve', '--json', '--state', 'none', ...options], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: lab.stdout })) return { ...JSON.parse(line), stop: () => lab.kill() }
  throw new Error('the lab did not start')
}

/** Returns the id of the device that is worked on. */
export async function deviceId(env) {
  let text = ''
  await run(node, [cbc, 'device', 'get', DEVICE, '--json'], { env, stdout: chunk => (text += chunk) })
  return String(JSON.parse(text).id)
}

/**
 * A proxy in this process before a service, which sees what goes by.
 * @param {(exchange: {method: string, path: string, answeredAt: number}) => void} seen called when an answer has been handed on whole;
 *   `answeredAt` is a time of `performance.now()`
 */
export async function watch({ url, ...service }, seen) {
  const server = createServer((incoming, answer) => {
    const { method, url: path, headers } = incoming
    const onward = request(new URL(path, url), { method, headers }, response => {
      answer.writeHead(response.statusCode, response.headers)
      response.pipe(answer).on('finish', () => seen({ method, path, answeredAt: performance.now() }))
    })
    incoming.pipe(onward.on('error', () => answer.destroy()))
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return {
    ...service,
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections()
      server.close()
      service.stop()
    },
  }
}
