import fc from 'fast-check'
import { statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { run, start, type Started } from '../support/program.ts'

interface Execution {
  device_id: number
  name: string
  status: string
}

/** Kills a program with -9 as soon as a file has grown to a size, unless it ends before. */
async function killAt(program: Started, file: string, size: number): Promise<void> {
  const look = () => {
    if (statSync(file).size >= size) void program.kill('SIGKILL')
  }
  const watcher = watch(file, look)
  look()
  await program.exit.finally(() => watcher.close())
}

it('a run that is killed with -9 at any moment, again and again, does each device at most once, and says of which it does not know', async () => {
  const journalSizes = fc.array(fc.nat(2500), { minLength: 3, maxLength: 3 })
  await fc.assert(fc.asyncProperty(journalSizes, killedAt), { numRuns: 1, endOnFailure: true })
})

/** @param grown how many bytes the journal grows before the program is killed, each time */
async function killedAt(grown: readonly number[]): Promise<void> {
  const lab = start('lab serve --state none --devices 60 --latency 5 --shares failing=5,dropping=10,garbage=5 --json'.split(' '))
  const { url, token, org_key } = JSON.parse(await lab.line('{')) as { url: string; token: string; org_key: string }
  const home = testFolder()
  const options = { home, cwd: home, env: { CBC_URL: url, CBC_TOKEN: token, CBC_ORG_KEY: org_key, CBC_PROFILE: undefined } }
  const words = ['--parallel', '16', '--timeout', '20s']
  const first = start(['lr', 'mkdir', 'query:os:WINDOWS', ...words, 'C:\\once'], options)
  const name = /run (\S+):/.exec(await first.line('cbc: run ', { from: 'stderr' }))?.[1] ?? ''
  const journal = join(home, '.local', 'state', 'cbc', 'runs', name, 'journal.jsonl')
  for (const [times, size] of grown.entries())
    await killAt(times === 0 ? first : start(['run', 'retry', name, ...words], options), journal, statSync(journal).size + size)
  const last = await run(['run', 'retry', name, ...words], options)
  expect(last.stderr.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`not begun 0 of \\d+; 0 B; run ${name}$`))

  const headers = { 'X-Auth-Token': token }
  const executions = (await (await fetch(`${url}/lab/executions?name=create%20directory`, { headers })).json()) as Execution[]
  // One that failed is known not to be done, and may be tried again.
  const made = executions.filter(({ status }) => status !== 'ERROR').map(({ device_id }) => device_id)
  expect(made.length).toBe(new Set(made).size)
  const shown = (await run(['run', 'show', name, '--json'], options)).json<{
    done: number
    unknown: number
    failures: { device_id: number; state: string }[]
  }>()
  const unsure = shown.failures.filter(({ state }) => state === 'unknown').map(({ device_id }) => device_id)
  expect(unsure).toHaveLength(shown.unknown)
  expect(shown.failures.filter(({ device_id, state }) => state !== 'unknown' && made.includes(device_id))).toEqual([])
  expect(made.length).toBeLessThanOrEqual(shown.done + shown.unknown)
  expect(made.length).toBeGreaterThanOrEqual(shown.done)
  await lab.kill()
}
