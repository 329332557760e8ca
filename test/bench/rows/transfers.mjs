// Transfers of a large file beside curl, against a service that is faster than both.
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inTurn, remove, run } from '../measure.mjs'
import { cbc, environmentFor, home, node } from '../program.mjs'
import { startService } from '../service.mjs'

const MIB = 1024 * 1024
const file = name => join(home, name)

/** Runs a command with its output in a file, which is removed before each run. @returns as `run` does */
async function into(name, command, args, options) {
  remove(file(name))
  const stdout = openSync(file(name), 'w')
  try {
    return await run(command, args, { ...options, stdout })
  } finally {
    closeSync(stdout)
  }
}

const transfer = ({ name, against, unit, limit, ours, baseline, value }) => ({
  name,
  against,
  unit,
  limit,
  memoryLimit: 100,
  async measure({ runs, quick }) {
    const size = (quick ? 128 : 1024) * MIB
    const service = { ...(await startService({ size })), source: file('source') }
    writeFileSync(service.source, '')
    truncateSync(service.source, size)
    const env = environmentFor(service)
    let memory = 0
    try {
      const measured = await inTurn(
        async () => {
          const ran = await ours(service, env)
          memory = Math.max(memory, ran.memory)
          return ran.ms
        },
        async () => await baseline(service, env),
        runs,
      )
      return {
        value: value(measured.ratio),
        memory,
        detail: `${size / MIB} MiB in ${measured.ours.toFixed(0)} ms, ${measured.baseline.toFixed(0)} ms`,
      }
    } finally {
      for (const left of ['ours', 'theirs', 'source']) remove(file(left))
      service.stop()
    }
  },
})

const lr = async (env, ...words) => await run(node, [cbc, 'lr', ...words], { env, cwd: home, memory: true })

export const rows = [
  transfer({
    name: 'get of a large file, size and SHA-256 checked',
    against: 'curl -o f && sha256sum f',
    unit: '×',
    limit: { atMost: 1 },
    value: ratio => ratio,
    async ours(_, env) {
      remove(file('ours'))
      return await lr(env, 'get', '1', 'C:\\big', 'ours')
    },
    async baseline({ content }) {
      remove(file('theirs'))
      const { ms } = await run('curl', ['-s', '-o', file('theirs'), content])
      return ms + (await run('sha256sum', [file('theirs')])).ms
    },
  }),
  transfer({
    name: 'get of a large file to -',
    against: 'curl',
    unit: '×',
    limit: { atMost: 1 },
    value: ratio => ratio,
    ours: async (_, env) => await into('ours', node, [cbc, 'lr', 'get', '1', 'C:\\big', '-'], { env, memory: true }),
    baseline: async ({ content }) => (await into('theirs', 'curl', ['-s', content])).ms,
  }),
  transfer({
    name: 'put of a large file',
    against: 'curl -F',
    unit: '× as fast',
    limit: { atLeast: 0.9 },
    value: ratio => 1 / ratio,
    ours: async ({ source }, env) => await lr(env, 'put', '1', source, 'C:\\put', '--force'),
    baseline: async ({ source, upload }) => (await run('curl', ['-s', '-F', `file=@${source}`, upload])).ms,
  }),
  transfer({
    name: 'put of a large file, with SHA-256',
    against: 'sha256sum f && curl -F',
    unit: '× as fast',
    limit: { atLeast: 0.9 },
    value: ratio => 1 / ratio,
    ours: async ({ source }, env) => await lr(env, 'put', '1', source, 'C:\\put', '--force'),
    baseline: async ({ source, upload }) =>
      (await run('sha256sum', [source])).ms + (await run('curl', ['-s', '-F', `file=@${source}`, upload])).ms,
  }),
]
