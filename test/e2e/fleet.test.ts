import { afterEach, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { run, start, type ProgramOptions, type Started } from '../support/program.ts'

/** 1,000 of them have Windows. */
const DEVICES = 1155
const SHARES = 'offline=5,failing=5,dropping=2,garbage=1,leaving=1'
/** What a device that has left is waited for: longer than any other takes, on a busy machine too. */
const LIMIT = '15s'

interface Line {
  device_id: number
  ok: boolean
  error?: { code: string; message: string }
}

interface Execution {
  device_id: number
  name: string
  status: string
}

let lab: Started | undefined
afterEach(async () => void (await lab?.kill()))

/** Serves a lab as a process of its own. */
async function serve(...words: string[]) {
  lab = start(['lab', 'serve', '--state', 'none', '--json', ...words])
  const { url, token, org_key } = JSON.parse(await lab.line('{')) as { url: string; token: string; org_key: string }
  const home = testFolder()
  const options: ProgramOptions = { home, cwd: home, env: { CBC_URL: url, CBC_TOKEN: token, CBC_ORG_KEY: org_key, CBC_PROFILE: undefined } }
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return { options, call, ask: async <T>(path: string) => await call<T>('GET', `/lab/${path}`) }
}

it('a thousand devices, some of them offline, failing, dropping connections, answering garbage or leaving in mid-command: a line each, and nothing twice', async () => {
  const { options, ask } = await serve('--devices', String(DEVICES), '--shares', SHARES)
  const words = ['lr', 'mkdir', 'query:os:WINDOWS', '--parallel', '90', '--timeout', LIMIT, 'C:\\once']
  const { code, stdout, stderr } = await run(words, { ...options, timeout: 2 * PATIENCE_MS })
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  const [, ...sums] = /^done (\d+), failed (\d+), offline (\d+), unknown (\d+), not begun 0 of 1000; 0 B; run \S+$/.exec(last) ?? [last]
  const [done = 0, failed = 0, offline = 0, unknown = 0] = sums.map(Number)
  expect([code, lines.length, new Set(lines.map(({ device_id }) => device_id)).size]).toEqual([7, 1000, 1000])
  expect(done + failed + offline + unknown).toBe(1000)
  expect(done).toBe(lines.filter(({ ok }) => ok).length)
  // Of all that have Live Response, 5 % are offline and 5 % fail, and most of the others are done.
  expect([done > 800, failed > 45, offline > 45]).toEqual([true, true, true])

  const executions = await ask<Execution[]>('executions?name=create%20directory')
  const executed = new Set(executions.map(({ device_id }) => device_id))
  expect(executions.length).toBe(executed.size)
  expect(lines.filter(({ device_id, ok }) => ok && !executed.has(device_id))).toEqual([])
  // What was carried out, and is not known to be, is said to be unknown; nothing else is.
  const made = new Set(executions.filter(({ status }) => status !== 'ERROR').map(({ device_id }) => device_id))
  const silent = lines.filter(
    ({ device_id, ok, error }) => !ok && made.has(device_id) && !/may|still under way|it was done/.test(error?.message ?? ''),
  )
  expect(silent).toEqual([])
  expect(unknown).toBeGreaterThanOrEqual([...made].filter(id => !lines.some(({ device_id, ok }) => ok && device_id === id)).length)
})

it('an organization that others have nearly filled: a run takes what is left but ten, and comes through refusals and 429', async () => {
  const { options, call, ask } = await serve('--devices', '150')
  const org = '/appservices/v6/orgs/ABCD1234'
  interface Device {
    id: number
    sensor_states: string[]
    last_contact_time: string
  }
  const { results } = await call<{ results: Device[] }>('POST', `${org}/devices/_search`, { query: 'os:WINDOWS', rows: 150 })
  const usable = results.filter(
    ({ sensor_states: states, last_contact_time: seen }) =>
      states.includes('LIVE_RESPONSE_ENABLED') && Date.now() - Date.parse(seen) < 900_000,
  )
  const [others, own] = [usable.slice(0, 85), usable.slice(85, 105).map(({ id }) => id)]
  expect([others.length, own.length]).toEqual([85, 20])
  for (const { id } of others) await call('POST', `${org}/liveresponse/sessions`, { device_id: id })
  /** Runs on the first of the other devices, and returns what the service was asked meanwhile. */
  const drives = async (count: number) => {
    await call('DELETE', '/lab/log')
    const { code, stdout } = await run(['lr', 'drives', own.slice(0, count).join(','), '--parallel', '20'], options)
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, count])
    return await ask<{ method: string; path: string; status: number }[]>('log')
  }

  let [open, most] = [0, 0]
  const requests = await drives(20)
  for (const { method, path } of requests) {
    open += method === 'POST' && path.endsWith('/sessions') ? 1 : method === 'DELETE' ? -1 : 0
    most = Math.max(most, open)
  }
  expect(requests.filter(({ status }) => status >= 400)).toEqual([])
  expect(most).toBe(5)

  // The service has less to give than it says.
  await call('PATCH', '/lab/settings', { maxSessions: 87, sessionQueue: 0 })
  expect((await drives(12)).filter(({ status }) => status === 403)).not.toEqual([])
  await call('PATCH', '/lab/settings', { maxSessions: 100, rateLimit: { requests: 12, per: '2s' } })
  await drives(6)
})
