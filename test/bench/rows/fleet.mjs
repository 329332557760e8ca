// Many endpoints from one machine, beside the time that the service's latency and its limit of sessions take alone.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFleet } from '../fleet-service.mjs'
import { median, run } from '../measure.mjs'
import { cbc, environment, environmentFor, home, node, serveLab } from '../program.mjs'

const LATENCY_MS = 50
/** Sessions of an organization without those that are left to people. */
const SESSIONS = 90
/** Start, issue, status, close: one after another on each device. A session that is PENDING at first takes another one. */
const REQUESTS = 4

/** The physical floor: as many devices as there may be sessions, again and again, each as long as its requests take. */
const floor = devices => Math.ceil(devices / SESSIONS) * REQUESTS * LATENCY_MS

const many = (devices, few) => ({
  name: `lr ps on ${devices} devices, latency of ${LATENCY_MS} ms`,
  against: `rounds of ${SESSIONS} sessions × ${REQUESTS} requests × latency`,
  unit: '×',
  limit: { atMost: 2.5 },
  memoryLimit: 200,
  async measure({ runs, quick }) {
    const count = quick ? few : devices
    const service = await startFleet({ devices: count, latency: LATENCY_MS })
    try {
      const env = environmentFor(service)
      const taken = []
      for (let one = 0; one < (quick ? 1 : Math.min(runs, 3)); one++)
        taken.push(await run(node, [cbc, 'lr', 'ps', 'query:os:WINDOWS', '--parallel', '200'], { env, cwd: home, memory: true }))
      const ms = median(taken.map(({ ms: one }) => one))
      return {
        value: ms / floor(count),
        memory: median(taken.map(({ memory }) => memory)),
        detail: `${count} devices in ${(ms / 1000).toFixed(1)} s, ${(ms / count).toFixed(1)} ms each; floor ${(floor(count) / 1000).toFixed(1)} s`,
      }
    } finally {
      service.stop()
    }
  },
})

const sdk = {
  name: "lr ps on 300 devices, beside the vendor's SDK",
  against: 'cbc_sdk, its own pool of jobs, list_processes()',
  unit: '× as fast',
  limit: { atLeast: 10 },
  async measure({ quick }) {
    if (spawnSync('python3', ['-c', 'import cbc_sdk'], { env: environment }).status !== 0) return { skipped: 'Python has no cbc_sdk here' }
    const settings = join(home, 'fleet.json')
    writeFileSync(settings, JSON.stringify({ devices: { '*': { offline: false } } }))
    const count = quick ? 40 : 300
    const lab = await serveLab('--tls', '--devices', String(count), '--latency', String(LATENCY_MS), '--settings', settings)
    try {
      const env = { ...environmentFor(lab), NODE_EXTRA_CA_CERTS: lab.ca, CBC_LAB_CA: lab.ca }
      const script = fileURLToPath(new URL('../sdk_fleet.py', import.meta.url))
      const ours = await run(node, [cbc, 'lr', 'ps', 'query:os:WINDOWS', '--parallel', '90'], { env, cwd: home, allow: [0, 7] })
      let text = ''
      await run('python3', [script, quick ? '20' : '120'], { env, stdout: chunk => (text += chunk) })
      const [done, seconds] = text.split(' ').map(Number)
      const [rate, other] = [(count / ours.ms) * 1000, done / seconds]
      return {
        value: rate / other,
        detail: `${rate.toFixed(1)} devices a second, ${other.toFixed(2)} (${done} in ${seconds.toFixed(1)} s)`,
      }
    } finally {
      lab.stop()
    }
  },
}

export const rows = [many(1000, 200), many(5000, 400), sdk]
