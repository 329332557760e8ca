import { afterEach, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
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
  const ask = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${url}/lab/${path}`, { headers: { 'X-Auth-Token': token } })).json()) as T
  return { options, ask }
}

it('a thousand devices, some of them offline, failing, dropping connections, answering garbage or leaving in mid-command: a line each, and nothing twice', async () => {
  const { options, ask } = await serve('--devices', String(DEVICES), '--shares', SHARES)
  const words = ['lr', 'mkdir', 'query:os:WINDOWS', '--parallel', '90', '--timeout', LIMIT, 'C:\\once']
  const { code, stdout, stderr } = await run(words, { ...options, timeout: 280_000 })
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
  const silent = lines.filter(({ device_id, ok, error }) => !ok && made.has(device_id) && !/may|still under way/.test(error?.message ?? ''))
  expect(silent).toEqual([])
  expect(unknown).toBeGreaterThanOrEqual([...made].filter(id => !lines.some(({ device_id, ok }) => ok && device_id === id)).length)
})
