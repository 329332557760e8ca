import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { run, start } from '../support/program.ts'

interface Execution {
  device_id: number
  name: string
}

it('a run that is killed with -9 again and again does each device at most once, and says of which it does not know', async () => {
  const lab = start(['lab', 'serve', '--state', 'none', '--devices', '40', '--latency', '20', '--json'])
  const { url, token, org_key } = JSON.parse(await lab.line('{')) as { url: string; token: string; org_key: string }
  const home = testFolder()
  const options = { home, cwd: home, env: { CBC_URL: url, CBC_TOKEN: token, CBC_ORG_KEY: org_key, CBC_PROFILE: undefined } }
  const first = start(['lr', 'exec', 'query:os:WINDOWS', '--parallel', '8', 'cmd.exe', '/c', 'ver'], options)
  const name = /run (\S+):/.exec(await first.line('cbc: run ', { from: 'stderr' }))?.[1] ?? ''
  await first.line('{')
  await first.kill('SIGKILL')
  for (let times = 0; times < 2; times++) {
    const next = start(['run', 'retry', name, '--parallel', '8'], options)
    await next.line('{')
    await next.kill('SIGKILL')
  }
  const last = await run(['run', 'retry', name], options)
  const sums = last.stderr.trimEnd().split('\n').at(-1) ?? ''
  expect(sums).toMatch(new RegExp(`not begun 0 of \\d+; 0 B; run ${name}$`))

  const headers = { 'X-Auth-Token': token }
  const executions = (await (await fetch(`${url}/lab/executions?name=create%20process`, { headers })).json()) as Execution[]
  const ids = executions.map(({ device_id }) => device_id)
  expect(ids.length).toBe(new Set(ids).size)
  const shown = (await run(['run', 'show', name, '--json'], options)).json<{
    done: number
    unknown: number
    failures: { state: string }[]
  }>()
  expect(shown.failures.filter(({ state }) => state === 'unknown')).toHaveLength(shown.unknown)
  expect(ids.length).toBeLessThanOrEqual(shown.done + shown.unknown)
  expect(ids.length).toBeGreaterThanOrEqual(shown.done)
  await lab.kill()
})
