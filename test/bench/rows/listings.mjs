// Listings of many entries, against a service that has them ready.
import { spawn } from '@lydell/node-pty'
import { run } from '../measure.mjs'
import { cbc, environmentFor, home, node } from '../program.mjs'
import { startService } from '../service.mjs'

const ENTRIES = 100_000

async function withService(options, measure) {
  const service = await startService(options)
  try {
    return await measure(environmentFor(service), service)
  } finally {
    service.stop()
  }
}

/** Runs `measure`, which returns milliseconds and MiB, several times. @returns the least time, since a busy machine only adds to it, and the most memory */
async function best(measure, runs) {
  const all = []
  for (let time = 0; time < runs; time++) all.push(await measure())
  return { ms: Math.min(...all.map(({ ms }) => ms)), memory: Math.max(...all.map(({ memory }) => memory ?? 0)) }
}

const ls =
  (env, entries, ...format) =>
  () =>
    run(node, [cbc, 'lr', 'ls', '1', `C:\\${entries}`, ...format], { env, cwd: home, memory: true })

const written = format => ({
  name: `ls of ${ENTRIES} entries as ${format}`,
  against: 'ls of one entry',
  unit: 'ms more',
  limit: { atMost: 1000 },
  memoryLimit: 150,
  measure: async ({ runs }) =>
    await withService({}, async env => {
      const one = await best(ls(env, 1, '-o', format), runs)
      const { ms, memory } = await best(ls(env, ENTRIES, '-o', format), runs)
      return { value: ms - one.ms, memory, detail: `${ms.toFixed(0)} ms, ${one.ms.toFixed(0)} ms` }
    }),
})

/** Lists on a terminal. @returns milliseconds until the first row, since the start and since the answer had been sent, and until the end */
async function onTerminal(env, entries, service) {
  const from = performance.now()
  const { first, ms } = await new Promise(done => {
    const terminal = spawn(node, [cbc, 'lr', 'ls', '1', `C:\\${entries}`], {
      cols: 120,
      rows: 40,
      cwd: home,
      env: { ...env, TERM: 'xterm' },
    })
    let first
    terminal.onData(data => {
      if (first === undefined && data.includes('file0')) first = performance.now()
    })
    terminal.onExit(() => done({ first, ms: performance.now() }))
  })
  return { first: first - from, ms: ms - from, afterAnswer: performance.timeOrigin + first - (await service.listed()) }
}

const table = {
  name: `ls of ${ENTRIES} entries on a terminal`,
  against: '',
  unit: 'ms',
  limit: { atMost: 3000 },
  measure: async ({ runs }) =>
    await withService({}, async (env, service) => {
      const half = await best(() => onTerminal(env, ENTRIES / 2, service), runs)
      let [first, afterAnswer] = [Infinity, Infinity]
      const all = await best(async () => {
        const ran = await onTerminal(env, ENTRIES, service)
        first = Math.min(first, ran.first)
        afterAnswer = Math.min(afterAnswer, ran.afterAnswer)
        return ran
      }, runs)
      return {
        value: all.ms,
        detail: `the first row after ${first.toFixed(0)} ms, ${afterAnswer.toFixed(0)} ms after the service had sent the answer (≤ 200); ${half.ms.toFixed(0)} ms for half of them`,
      }
    }),
}

const find = {
  name: 'find over many entries as ndjson',
  against: 'a tenth of them',
  unit: '× the time',
  limit: { atMost: 12 },
  memoryLimit: 200,
  async measure({ quick }) {
    const directories = quick ? 100 : 1000
    const found = async tree =>
      await withService(
        { tree },
        async env => await run(node, [cbc, 'lr', 'find', '1', 'C:\\tree', '-o', 'ndjson'], { env, cwd: home, memory: true }),
      )
    const [tenth, all] = [await found(directories / 10), await found(directories)]
    return {
      value: all.ms / tenth.ms,
      memory: all.memory,
      detail: `${directories * 1000} entries in ${(all.ms / 1000).toFixed(1)} s; a tenth of them in ${(tenth.ms / 1000).toFixed(1)} s and ${tenth.memory.toFixed(0)} MiB`,
    }
  },
}

export const rows = [written('ndjson'), written('csv'), table, find]
