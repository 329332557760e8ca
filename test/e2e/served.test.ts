import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { environment } from '../support/environment.ts'
import { COMMAND_IN_SH } from '../support/command.ts'
import { start } from '../support/program.ts'
import { analyst } from './lab.ts'

const curl = promisify(execFile)
interface Served {
  url: string
  org_key: string
  token: string
}

async function serve(
  home: string,
  ...options: string[]
): Promise<{ env: Record<string, string>; served: Served; stop(): Promise<unknown> }> {
  const lab = start(['lab', 'serve', '--json', ...options], { home })
  const served = JSON.parse(await lab.line('{')) as Served
  return {
    served,
    env: { CBC_PROFILE: '', CBC_URL: served.url, CBC_ORG_KEY: served.org_key, CBC_TOKEN: served.token },
    stop: () => lab.kill('SIGTERM'),
  }
}

it('the lab serves this program and curl over HTTP, and ends cleanly', async () => {
  const user = analyst()
  const { env, served, stop } = await serve(user.home)
  const over = (...args: string[]) => user.with({ env }, ...args)
  expect((await over('lr', 'mkdir', 'WIN-FIN-01', 'C:\\served')).code).toBe(0)
  expect((await over('lr', 'exec', 'WIN-FIN-01', 'cmd.exe /c echo over the wire')).stdout).toBe('over the wire\r\n')
  const { stdout } = await curl('curl', [
    '-s',
    '-H',
    `X-Auth-Token: ${served.token}`,
    '-d',
    '{"device_id": 11412673}',
    '-H',
    'Content-Type: application/json',
    `${served.url}/appservices/v6/orgs/${served.org_key}/liveresponse/sessions`,
  ])
  expect(JSON.parse(stdout)).toMatchObject({ device_id: 11412673 })
  expect((await over('lr', 'ls', 'LNX-LAB-01')).code).toBe(4)
  const wrong = await user.with({ env: { ...env, CBC_TOKEN: 'wrong/token' } }, 'lr', 'ls', 'WIN-FIN-01')
  expect({ code: wrong.code, first: wrong.stderr.split('\n')[0] }).toMatchObject({
    code: 3,
    first: expect.stringContaining('not accepted') as string,
  })
  expect(await stop()).toMatchObject({ code: 0 })
  // The state is that of the profile `lab`.
  expect((await user.cbc('lr', 'stat', 'WIN-FIN-01', 'C:\\served')).code).toBe(0)
})

it('lab serve offers this machine as an endpoint only with --this-machine', async () => {
  const user = analyst()
  const { env, stop } = await serve(user.home, '--this-machine')
  expect((await user.with({ env }, 'lr', 'exec', 'LNX-LAB-01', 'echo', 'here')).stdout).toBe('here\n')
  await stop()
})

it('a client joins an open session, and closes only what it started', async () => {
  const user = analyst()
  const { env, served, stop } = await serve(user.home)
  const sessions = async () => {
    const { stdout } = await curl('curl', [
      '-s',
      '-H',
      `X-Auth-Token: ${served.token}`,
      `${served.url}/appservices/v6/orgs/${served.org_key}/liveresponse/sessions`,
    ])
    return stdout === '' ? [] : (JSON.parse(stdout) as { id: string }[])
  }
  await user.with({ env }, 'lr', 'ls', 'WIN-FIN-01')
  expect(await sessions()).toEqual([])
  await user.with({ env }, 'lr', 'ls', 'WIN-FIN-01', '--keep-session')
  const [kept] = await sessions()
  expect(kept).toBeDefined()
  const info = (await user.with({ env }, 'lr', 'info', 'WIN-FIN-01', '--json')).json<{ session: { id: string } }>()
  expect(info.session.id).toBe(kept?.id)
  expect(await sessions()).toHaveLength(1)
  await stop()
})

it('an offline endpoint is reported within the given time, and no session is left behind', async () => {
  const user = analyst()
  const { code, stderr } = await user.cbc('lr', 'ls', 'WIN-SALES-LT3', '--timeout', '4s')
  expect(stderr).toMatch(/offline/)
  expect(code).toBe(6)
})

it('the lab accepts more keys with limited permissions, and the error names the missing one', async () => {
  const user = analyst()
  writeFileSync(
    join(user.home, 'keys.json'),
    JSON.stringify([{ token: 'READ/ONLY', permissions: ['org.liveresponse.session CREATE, READ, DELETE', 'device READ'] }]),
  )
  const { env, stop } = await serve(user.home, '--keys', join(user.home, 'keys.json'))
  const reader = { ...env, CBC_TOKEN: 'READ/ONLY' }
  expect((await user.with({ env: reader }, 'lr', 'drives', 'WIN-FIN-01')).code).toBe(0)
  const { code, stderr } = await user.with({ env: reader }, 'lr', 'mkdir', 'WIN-FIN-01', 'C:\\x')
  expect(code).toBe(3)
  expect(stderr).toContain('org.liveresponse.file CREATE')
  await stop()
})

it('no session is left behind when nobody reads the output of -v', async () => {
  const user = analyst()
  const { env, stop } = await serve(user.home)
  const command = `{ ${COMMAND_IN_SH} -v lr ls WIN-FIN-01 'C:\\Windows\\System32' 2>&1; echo "ended with $?" >&2; } | head -n 1`
  const { stdout, stderr } = await curl('sh', ['-c', command], { env: environment({ ...user.env, ...env }, user.home) })
  expect(stdout).toMatch(/^[A-Z]+ \/\S+ [^\n]*\n$/)
  expect(stderr).toBe('ended with 0\n')
  expect((await user.with({ env }, 'lr', 'session', 'list', '--json')).json()).toEqual([])
  await stop()
})
