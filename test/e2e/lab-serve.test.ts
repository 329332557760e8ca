import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request, type ClientRequest } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { start, type Started } from '../support/program.ts'
import { analyst, failure } from './lab.ts'

const run = promisify(execFile)
const curlIsHere = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

interface Ready {
  url: string
  org_key: string
  token: string
  ca: string | null
  state: string | null
}

async function serve(
  home: string,
  ...options: string[]
): Promise<{ ready: Ready; program: Started; ask(method: string, path: string, body?: unknown): Promise<Response> }> {
  const program = start(['lab', 'serve', '--json', ...options], { home, cwd: home })
  const ready = JSON.parse(await program.line('{')) as Ready
  const ask = (method: string, path: string, body?: unknown) =>
    fetch(ready.url + path.replace('ORG', `/appservices/v6/orgs/${ready.org_key}`), {
      method,
      headers: { 'X-Auth-Token': ready.token, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { ready, program, ask }
}

const json = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, unknown>
const SESSIONS = 'ORG/liveresponse/sessions'

/** A session that is established, as a path. */
async function session(ask: (method: string, path: string, body?: unknown) => Promise<Response>, device: number): Promise<string> {
  const { id } = await json(ask('POST', SESSIONS, { device_id: device }))
  const path = `${SESSIONS}/${String(id)}`
  while (String((await json(ask('GET', path)))['status']).toUpperCase() !== 'ACTIVE') await new Promise(resolve => setTimeout(resolve, 10))
  return path
}

describe('cbc lab serve', () => {
  it.skipIf(!curlIsHere)('serves https to curl, as its output says, and keeps its certificate authority', async () => {
    const user = analyst()
    const options = [
      '--tls',
      '--org',
      'MYORG',
      '--token',
      'mysecret/myid',
      '--state',
      join(user.home, 'state'),
      '--devices',
      '300',
      '--seed',
      '9',
    ]
    const first = await serve(user.home, ...options)
    const { url, ca, org_key, token, state } = first.ready
    expect({ url, org_key, token, state }).toEqual({
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
      org_key: 'MYORG',
      token: 'mysecret/myid',
      state: join(user.home, 'state'),
    })
    const curl = (...args: string[]) => run('curl', ['-sS', '-H', `X-Auth-Token: ${token}`, ...args]).then(({ stdout }) => stdout)
    const search = [
      '-H',
      'Content-Type: application/json',
      '-d',
      '{"rows": 1}',
      `${url.replace('127.0.0.1', 'localhost')}/appservices/v6/orgs/MYORG/devices/_search`,
    ]
    expect(JSON.parse(await curl('--cacert', ca ?? '', ...search))).toMatchObject({ num_found: 300 })
    await expect(curl(...search)).rejects.toThrow(/certificate/)
    const authority = readFileSync(ca ?? '', 'utf8')
    expect(await first.program.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    const second = await serve(user.home, ...options)
    expect(readFileSync(second.ready.ca ?? '', 'utf8')).toBe(authority)
    // The program uses https, as the instructions say.
    const env = {
      CBC_PROFILE: '',
      CBC_URL: second.ready.url,
      CBC_ORG_KEY: 'MYORG',
      CBC_TOKEN: token,
      NODE_EXTRA_CA_CERTS: second.ready.ca ?? '',
    }
    // Node reads the variable for certificates when it starts.
    const drives = start(['lr', 'drives', 'WIN-FIN-01', '--json'], { home: user.home, env })
    expect(JSON.parse(await drives.line('['))).toContain('C:\\')
    expect(await drives.exit).toMatchObject({ code: 0 })
    await second.program.kill('SIGTERM')
  })

  it('prints how to use it, correctly quoted for names with spaces', async () => {
    const user = analyst()
    const program = start(['lab', 'serve', '--tls', '--state', 'my state'], { home: user.home, cwd: user.home })
    await program.line('Ctrl-C ends it')
    const text = program.stdout.join('\n')
    expect(text).toMatch(/^The lab is served at https:\/\/127\.0\.0\.1:\d+\. To use it:$/m)
    expect(text).toMatch(/^export CBC_URL=https:\/\/127\.0\.0\.1:\d+\nexport CBC_ORG_KEY=ABCD1234\nexport CBC_TOKEN=\S+$/m)
    expect(text).toMatch(/^export SSL_CERT_FILE='.*\/my state\/tls\/ca\.pem'$/m)
    expect(await program.kill('SIGINT')).toMatchObject({ code: 0 })
  })

  it('prints nothing on stderr, however many requests it holds at once', async () => {
    const user = analyst()
    const { program, ask } = await serve(user.home, '--state', 'none')
    const path = await session(ask, 11412673)
    await ask('POST', `${path}/commands`, { name: 'create process', path: 'ping -n 2 localhost', wait: true })
    const answers = await Promise.all(Array.from({ length: 40 }, () => json(ask('GET', `${path}/commands/0?wait=true`))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['COMPLETE']))
    await program.kill('SIGTERM')
    expect(program.stderr).toEqual([])
  })

  it('leaves nothing behind without a state', async () => {
    const user = analyst()
    const { ready, program, ask } = await serve(user.home, '--state', 'none', '--tls')
    expect(ready.state).toBeNull()
    expect(existsSync(ready.ca ?? '')).toBe(true)
    await program.kill('SIGTERM')
    expect(existsSync(ready.ca ?? '')).toBe(false)
    await expect(ask('GET', '/lab')).rejects.toThrow()
    expect(readdirSync(user.home)).toEqual([])
  })

  it('behaves and fails as its settings files say', async () => {
    const user = analyst()
    writeFileSync(
      join(user.home, 'settings.json'),
      JSON.stringify({ statusCase: 'lower', devices: { 'WIN-HR-01': { liveResponse: false } } }),
    )
    writeFileSync(join(user.home, 'faults.json'), JSON.stringify([{ method: 'POST', path: '**/commands', nth: 1, do: { drop: 'after' } }]))
    const { ready, program, ask } = await serve(
      user.home,
      '--settings',
      'settings.json',
      '--fault',
      'faults.json',
      '--latency',
      '5',
      '--jitter',
      '5',
    )
    const env = { CBC_PROFILE: '', CBC_URL: ready.url, CBC_ORG_KEY: ready.org_key, CBC_TOKEN: ready.token }
    expect(failure(await user.with({ env }, 'lr', 'ls', 'WIN-HR-01', '--json')).http_status).toBe(403)
    // The command was carried out, once, and its answer was lost.
    const path = await session(ask, 11412673)
    await expect(ask('POST', `${path}/commands`, { name: 'create directory', path: 'C:\\once' })).rejects.toThrow()
    expect(await json(ask('GET', `${path}/commands/0?wait=true`))).toMatchObject({ status: 'complete' })
    expect(await (await ask('GET', '/lab/executions?name=create%20directory')).json()).toMatchObject([
      { object: 'C:\\once', status: 'COMPLETE' },
    ])
    // This program finds out about such a change, and doesn't make it again. Where somebody else works in the session, an equal command may
    // be theirs.
    const lost = async (directory: string) => {
      await ask('POST', '/lab/faults', { method: 'POST', path: '**/commands', nth: 1, do: { drop: 'after' } })
      const result = await user.with({ env }, 'lr', 'mkdir', 'WIN-FIN-01', directory, '--json')
      expect(await json(ask('GET', `/lab/executions?name=create%20directory&object=${encodeURIComponent(directory)}`))).toHaveLength(1)
      return result
    }
    expect(failure(await lost('C:\\theirs'))).toMatchObject({ code: 'unknown_outcome', device_id: 11412673 })
    await ask('DELETE', path)
    const ours = await lost('C:\\twice')
    expect([ours.code, ours.stderr]).toEqual([0, ''])
    await program.kill('SIGTERM')
  })

  it.each([
    [['--port', '70000'], 2, /is not a port/],
    [['--shares', 'offline=some'], 2, /"offline=some" is not a share/],
    [['--shares', 'sleepy=5'], 2, /shares\.sleepy is unknown/],
    [['--settings', 'nothing.json'], 1, /nothing\.json: no such file/],
    [['--settings', 'broken.json'], 2, /broken\.json: not JSON/],
    [['--settings', 'wrong.json'], 2, /latenz is unknown/],
    [['--fault', 'wrong.json'], 2, /rule\.latenz is unknown/],
    [['--listen', '0.0.0.0', '--this-machine'], 8, /not served to others/],
    [['--listen', 'no.such.host.invalid'], 1, /can't listen at no\.such\.host\.invalid/],
    [['--devices', '0'], 2, /--devices/],
  ])('refuses %j with exit code %d', async (options, code, why) => {
    const user = analyst()
    writeFileSync(join(user.home, 'broken.json'), '{')
    writeFileSync(join(user.home, 'wrong.json'), '{"latenz": 1}')
    const result = await user.cbc('lab', 'serve', ...options)
    expect(result.stderr).toMatch(why)
    expect([result.code, result.stdout]).toEqual([code, ''])
  })

  it('reports a port that is in use', async () => {
    const user = analyst()
    const { ready, program } = await serve(user.home)
    const second = await user.cbc('lab', 'serve', '--port', new URL(ready.url).port)
    expect([second.code, second.stderr.split('\n')[0]]).toEqual([
      1,
      `cbc: can't listen at 127.0.0.1:${new URL(ready.url).port}: the port is in use`,
    ])
    await program.kill('SIGTERM')
  })

  it('answers control requests from other machines only when allowed to', async () => {
    const user = analyst()
    const statuses = []
    for (const options of [[], ['--control']]) {
      const { ready, program } = await serve(user.home, '--listen', '0.0.0.0', ...options)
      const answer = await fetch(`http://127.0.0.1:${new URL(ready.url).port}/lab`, { headers: { 'X-Auth-Token': ready.token } })
      statuses.push(answer.status)
      await answer.arrayBuffer()
      await program.kill('SIGTERM')
    }
    expect(statuses).toEqual([404, 200])
  })
})

describe('lab serve on SIGTERM', () => {
  it('answers held requests, finishes an upload, and loses nothing', async () => {
    const user = analyst()
    const { ready, program, ask } = await serve(user.home)
    const path = await session(ask, 11412673)
    await ask('POST', `${path}/commands`, { name: 'create process', path: 'ping.exe -n 600 10.0.0.1', wait: true })
    const held = json(ask('GET', `${path}/commands/0?wait=true`))
    const { outgoing, answer } = upload(ready, path)
    // Both requests have reached the lab.
    while (((await (await ask('GET', '/lab/log?duration=')).json()) as unknown[]).length < 2)
      await new Promise(resolve => setTimeout(resolve, 5))
    const exit = program.kill('SIGTERM')
    expect((await held)['status']).toMatch(/PENDING|IN_PROGRESS/)
    outgoing.end('half\r\n--b--\r\n')
    expect(JSON.parse(await answer)).toMatchObject({ size: 10 })
    expect(await exit).toEqual({ code: 0, signal: null })

    const again = await serve(user.home)
    expect(await json(again.ask('GET', `${path}/commands/0`))).toMatchObject({ status: 'ERROR' })
    const files = (await (await again.ask('GET', `${path}/files`)).json()) as { id: string }[]
    expect(await (await again.ask('GET', `${path}/files/${files[0]?.id ?? ''}/content`)).text()).toBe('first half')
    await again.program.kill('SIGTERM')
  })

  /** Starts an upload, of which the first half is sent. */
  function upload({ url, token, org_key }: Ready, path: string): { outgoing: ClientRequest; answer: Promise<string> } {
    const outgoing = request(`${url}${path.replace('ORG', `/appservices/v6/orgs/${org_key}`)}/files`, {
      method: 'POST',
      headers: { 'X-Auth-Token': token, 'Content-Type': 'multipart/form-data; boundary=b' },
    })
    const answer = new Promise<string>((resolve, reject) => {
      outgoing.on('error', reject).on('response', response => {
        let text = ''
        response
          .on('data', chunk => {
            text += String(chunk)
          })
          .on('end', () => resolve(text))
      })
    })
    outgoing.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nfirst ')
    return { outgoing, answer }
  }
})

describe('two programs with the same state', () => {
  it("see each other's sessions and files, and share one clock", async () => {
    const user = analyst()
    const [one, two] = await Promise.all([serve(user.home), serve(user.home)])
    const path = await session(one.ask, 11412673)
    await one.ask('POST', `${path}/commands`, { name: 'create directory', path: 'C:\\shared' })
    expect(await json(two.ask('GET', `${path}/commands/0?wait=true`))).toMatchObject({ status: 'COMPLETE' })
    await two.ask('POST', `${path}/commands`, { name: 'directory list', path: 'C:\\shared' })
    expect(await json(one.ask('GET', `${path}/commands/1?wait=true`))).toMatchObject({ status: 'COMPLETE' })
    await two.ask('POST', '/lab/clock', { advance: '16m' })
    expect((await one.ask('GET', path)).status).toBe(404)
    await Promise.all([one, two].map(({ program }) => program.kill('SIGTERM')))
  })
})

describe('cbc lab devices, status, reset', () => {
  it("print the lab's facts in the usual output formats", async () => {
    const user = analyst()
    const all = (await user.cbc('lab', 'devices', '--json')).json<{ id: number; name: string }[]>()
    expect([all.length, all[0]]).toEqual([14, expect.objectContaining({ id: 11412673, name: 'WIN-FIN-01' })])
    const [heading, first] = (await user.cbc('lab', 'devices')).stdout.split('\n')
    expect(heading).toBe('id\tname\tos\tpolicy\tlive response\tlast contact\tuser')
    expect(first).toMatch(/^11412673\tWIN-FIN-01\tWindows 10 x64\tStandard\tenabled\t/)
    expect((await user.cbc('lab', 'devices', '--columns', 'name', '-o', 'csv', '--devices', '2')).stdout).toBe(
      'name\r\nWIN-FIN-01\r\nWIN-FIN-02\r\n',
    )
    const large = (await user.cbc('lab', 'devices', '--devices', '5000', '-o', 'ndjson')).stdout
    expect(large.trim().split('\n')).toHaveLength(5000)

    await user.cbc('lr', 'ls', 'WIN-FIN-01', '--keep-session')
    const status = async () => (await user.cbc('lab', 'status', '--json')).json<Record<string, unknown>>()
    const { directory } = await status()
    expect(await status()).toMatchObject({
      org_key: 'ABCD1234',
      devices: 14,
      sessions: 1,
      speed: 1,
      time: expect.stringMatching(/Z$/) as string,
    })
    expect(existsSync(String(directory))).toBe(true)
    expect((await user.cbc('lab', 'reset', '--json')).json()).toEqual({ directory, reset: true })
    expect(await status()).toMatchObject({ sessions: 0 })
  })

  it('show another lab with --state', async () => {
    const user = analyst()
    expect((await user.cbc('lab', 'status', '--state', 'other', '--json')).json()).toMatchObject({
      directory: expect.stringMatching(/other$/) as string,
      sessions: 0,
    })
    expect((await user.cbc('lab', 'status', '--state', 'none', '--json')).json()).toMatchObject({ directory: null })
  })
})
