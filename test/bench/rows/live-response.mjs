// Live Response beside its own latencies: one-shot verbs, many commands in a session, many small files, the shell.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inTurn, median, remove, run } from '../measure.mjs'
import { cbc, DEVICE, deviceId, environmentFor, home, node, serveLab, watch } from '../program.mjs'
import { Terminal } from '../terminal.mjs'

const LATENCY_MS = 50
const script = name => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** Runs `measure` against a lab, which is stopped in the end. */
async function withLab(options, measure) {
  const lab = await serveLab(...options)
  try {
    return await measure(lab, environmentFor(lab))
  } finally {
    lab.stop()
  }
}

const cbcTime = async (env, ...args) => (await run(node, [cbc, ...args], { env, cwd: home })).ms

/** @param limit none where the figure is only told */
const oneShot = (against, minimal, limit) => ({
  name: `lr ps, one shot, beside ${against}`,
  against: `minimal script on ${against}, same calls, endpoint at 0 ms`,
  unit: '×',
  limit,
  measure: async ({ runs }) =>
    await withLab([], async (_, env) => {
      const id = await deviceId(env)
      const { ratio, ours, baseline } = await inTurn(
        async () => await cbcTime(env, 'lr', 'ps', id),
        async () => (await run(node, [script(minimal), id], { env })).ms,
        runs * 3,
      )
      return { value: ratio, detail: `${ours.toFixed(0)} ms, ${baseline.toFixed(0)} ms` }
    }),
})

/** What a verb sends; asking again for the same thing counts once, since how often depends on the endpoint. */
const requests = (name, target, atMost) => ({
  name,
  against: 'start, its status, issue, its status, close',
  unit: 'requests',
  limit: { atMost },
  measure: async () =>
    await withLab([], async (lab, env) => {
      const id = await deviceId(env)
      const calls = new Set()
      const proxy = await watch(lab, ({ method, path }) =>
        calls.add(`${method} ${path.replace(/^.*\/orgs\/[^/]*/, '').replace(/\?.*$/, '')}`),
      )
      await run(node, [cbc, 'lr', 'ps', target === 'id' ? id : DEVICE], { env: environmentFor(proxy) })
      proxy.stop()
      return { value: calls.size, detail: [...calls].map(call => call.replace('/liveresponse', '')).join(', ') }
    }),
})

const twenty = (label, atMost, settings) => ({
  name: `20 commands in a session, ${label}`,
  against: `20 latencies of ${LATENCY_MS} ms`,
  unit: '×',
  limit: { atMost },
  async measure({ runs }) {
    const file = join(home, 'settings.json')
    writeFileSync(file, JSON.stringify(settings))
    return await withLab(['--latency', String(LATENCY_MS), '--settings', file], async (_, env) => {
      const lines = async count => await cbcTime(env, 'lr', 'connect', DEVICE, '-c', Array(count).fill('ls C:\\').join('; '))
      // The first command waits for the session: twenty more tell what a command costs.
      const { ours, baseline } = await inTurn(
        async () => await lines(21),
        async () => await lines(1),
        Math.max(3, runs),
      )
      return { value: (ours - baseline) / (20 * LATENCY_MS), detail: `${(ours - baseline).toFixed(0)} ms over ${20 * LATENCY_MS} ms` }
    })
  },
})

const manyFiles = {
  name: 'get -r of small files, latency of 50 ms',
  against: 'one after another in a session',
  unit: '× as fast',
  limit: { atLeast: 8 },
  async measure({ quick }) {
    const files = quick ? 200 : 1000
    const single = 25
    const tree = join(home, 'many')
    mkdirSync(tree, { recursive: true })
    for (let n = 0; n < files; n++) writeFileSync(join(tree, `${n}.txt`), `file ${n}\n`)
    return await withLab(['--latency', String(LATENCY_MS)], async (_, env) => {
      await cbcTime(env, 'lr', 'put', DEVICE, '-r', 'many', 'C:\\many')
      const together = await cbcTime(env, 'lr', 'get', DEVICE, '-r', 'C:\\many', 'together')
      mkdirSync(join(home, 'single'), { recursive: true })
      const lines = Array.from({ length: single }, (_, n) => `get C:\\many\\${n}.txt single`).join('; ')
      const alone = ((await cbcTime(env, 'lr', 'connect', DEVICE, '-c', lines)) / single) * files
      for (const folder of ['many', 'together', 'single']) remove(join(home, folder))
      return {
        value: alone / together,
        detail: `${files} files in ${(together / 1000).toFixed(1)} s; one after another ${(alone / 1000).toFixed(1)} s (from ${single})`,
      }
    })
  },
}

const prompt = {
  name: 'shell: the result is there → the prompt is back',
  against: 'one frame',
  unit: 'ms',
  limit: { atMost: 16 },
  measure: async ({ runs }) =>
    await withLab(['--latency', String(LATENCY_MS)], async lab => {
      let answered = 0
      const proxy = await watch(lab, ({ method, answeredAt }) => {
        if (method === 'GET') answered = answeredAt
      })
      const terminal = await Terminal.start(['lr', 'connect', DEVICE], environmentFor(proxy))
      await terminal.until(/> $/)
      const times = []
      for (let run = 0; run < runs * 3; run++) {
        const back = terminal.until(/\n[^\n]*> $/)
        terminal.type('ls C:\\\r')
        times.push((await back) - answered)
      }
      await terminal.close()
      proxy.stop()
      return { value: median(times), detail: `median of ${times.length}, longest ${Math.max(...times).toFixed(1)} ms` }
    }),
}

const echo = {
  name: 'shell: key press → echo, while a command runs',
  against: '',
  unit: 'ms',
  limit: { atMost: 5 },
  measure: async ({ runs }) =>
    await withLab(['--latency', '3000'], async (_, env) => {
      const terminal = await Terminal.start(['lr', 'connect', DEVICE], env)
      await terminal.until(/> $/)
      terminal.type('ls\r')
      await terminal.until(/ls/)
      const times = []
      for (const key of 'abcdefghijklmnopqrstuvwxyz'.slice(0, runs * 4)) {
        const shown = terminal.until(new RegExp(key))
        const typed = performance.now()
        terminal.type(key)
        times.push((await shown) - typed)
      }
      await terminal.close()
      return { value: median(times), detail: `median of ${times.length}, longest ${Math.max(...times).toFixed(1)} ms` }
    }),
}

export const rows = [
  oneShot('fetch', 'minimal-ps-fetch.mjs', { atMost: 1.2 }),
  oneShot('node:http', 'minimal-ps-http.mjs', {}),
  requests('requests of lr ps by device id', 'id', 5),
  requests('requests of lr ps by name', 'name', 6),
  twenty('long-poll', 1.2, {}),
  twenty('without long-poll', 1.8, { longPoll: false }),
  prompt,
  echo,
  manyFiles,
]
