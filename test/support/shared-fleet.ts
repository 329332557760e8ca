import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testFolder } from './folder.ts'
import { run, start, type RunOptions, type RunResult, type Started } from './program.ts'
import { runHere } from './run-here.ts'

interface Execution {
  device_id: number
  name: string
}

/** How long a device is a worker's without a renewal: short, so that a test sees it taken over. */
const LOCK = '4s'

/** How far the endpoints' time creeps at a time, in milliseconds: less than any of them takes for anything. */
const STEP_MS = 10

/** A lab, workers and starters as processes, on one queue server. */
export interface SharedFleet {
  url: string
  org_key: string
  /** Starts a worker, and waits until it takes devices. */
  worker(words?: readonly string[]): Promise<Started>
  /** The same, without waiting. */
  launch(words?: readonly string[]): Started
  /** Runs the program to its end, in the starter's home. */
  cbc(words: readonly string[], options?: RunOptions): Promise<RunResult>
  /** The same within this process, for what only looks. */
  look(words: readonly string[]): Promise<RunResult>
  /** Starts the program, in the starter's home. */
  begin(words: readonly string[]): Started
  /**
   * Stops the time of the endpoints, or lets it go on. While it stands still, sessions are not established and commands do not end, so that
   * what a test does meanwhile meets devices that are under way, however fast the machine is.
   */
  stop(stands: boolean): Promise<void>
  /** Lets their stopped time pass step by step until something has happened: devices that are under way come to their end meanwhile. */
  creep<T>(until: Promise<T>): Promise<T>
  /** The devices on which endpoints carried out a command, one entry each time, since the last time that this was asked for. */
  executed(command: string): Promise<number[]>
  /** Everything that programs printed, and all files that they left. */
  traces(): string
}

/** Starts a lab for programs that share a queue server. @param server its URL, with the password */
export async function openSharedFleet(server: string, devices: number, latency: number): Promise<SharedFleet> {
  const lab = start(['lab', 'serve', '--state', 'none', '--devices', String(devices), '--latency', String(latency), '--json'])
  const { url, token, org_key } = JSON.parse(await lab.line('{')) as { url: string; token: string; org_key: string }
  const home = testFolder()
  const env = { CBC_URL: url, CBC_TOKEN: token, CBC_ORG_KEY: org_key, CBC_PROFILE: undefined, CBC_QUEUE: server, CBC_QUEUE_LOCK: LOCK }
  const processes: { stdout: readonly string[]; stderr: readonly string[] }[] = []
  let seen = 0
  const changeClock = async (change: { advance?: number; speed?: number }): Promise<void> => {
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    const answer = await fetch(`${url}/lab/clock`, { method: 'POST', headers, body: JSON.stringify(change) })
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
  }
  const noted = (result: RunResult) => {
    processes.push({ stdout: [result.stdout], stderr: [result.stderr] })
    return result
  }
  const launch = (words: readonly string[] = []) => {
    const worker = start(['worker', ...words], { home: testFolder(), env })
    processes.push(worker)
    return worker
  }
  return {
    url,
    org_key,
    launch,
    async worker(words) {
      const worker = launch(words)
      await worker.line(/takes devices from|"event":"ready"/)
      return worker
    },
    cbc: async (words, options = {}) => noted(await run(words, { home, cwd: home, ...options, env: { ...env, ...options.env } })),
    look: async words => noted(await runHere(words, { home, cwd: home, env })),
    begin(words) {
      const started = start(words, { home, cwd: home, env })
      processes.push(started)
      return started
    },
    stop: async stands => await changeClock({ speed: stands ? 0 : 1 }),
    async creep(until) {
      let isOver = false
      const over = until.finally(() => (isOver = true))
      over.catch(() => {})
      while (!isOver) await changeClock({ advance: STEP_MS })
      return await over
    },
    async executed(command) {
      const headers = { 'X-Auth-Token': token }
      const answer = await fetch(`${url}/lab/executions`, { headers })
      const all = (await answer.json()) as Execution[]
      const fresh = all.slice(seen)
      seen = all.length
      return fresh.filter(({ name }) => name === command).map(({ device_id }) => device_id)
    },
    traces: () => [...processes.flatMap(({ stdout, stderr }) => [...stdout, ...stderr]), ...texts(home)].join('\n'),
  }
}

function texts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
