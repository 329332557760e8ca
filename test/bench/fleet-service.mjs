// An organization with many devices for measurements, in a process of its own. Each answer takes as long as it is told, and as little
// processor time as possible, so that what is measured is the client.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Starts a service with `devices` devices, whose answers take `latency` milliseconds. @returns its `url`, and `stop` */
export async function startFleet(options) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const url of createInterface({ input: child.stdout })) return { url, stop: () => child.kill() }
  throw new Error('the service did not start')
}

async function serve({ devices, latency }) {
  const now = new Date().toISOString()
  const states = ['ACTIVE', 'LIVE_RESPONSE_ENABLED']
  const all = Array.from({ length: devices }, (_, id) => ({
    id: id + 1,
    name: `WIN-${id + 1}`,
    os: 'WINDOWS',
    status: 'REGISTERED',
    last_contact_time: now,
    sensor_states: states,
  }))
  const processes = Array.from({ length: 60 }, (_, n) => ({
    process_pid: n * 4,
    process_path: `c:\\windows\\system32\\program${n}.exe`,
    process_create_time: '2026-11-30T04:15:00Z',
    parent_pid: 4,
    process_username: 'NT AUTHORITY\\SYSTEM',
    sid: 's-1-5-18',
    process_cmdline: `C:\\Windows\\System32\\program${n}.exe -k service`,
  }))
  const listed = JSON.stringify(processes)
  const open = new Map()
  const session = id =>
    JSON.stringify({
      id,
      device_id: Number(id.split(':')[1]),
      status: 'ACTIVE',
      current_working_directory: 'C:\\Windows\\system32',
      drives: ['C:\\'],
      supported_commands: ['process list', 'kill'],
      session_timeout: 900,
      check_in_timeout: 900,
      current_command_index: 0,
    })
  const command = (id, status) => `{"id":0,"session_id":"${id}","name":"process list","status":"${status}","result_code":0`

  async function answer(method, url, body) {
    if (url.endsWith('/_search')) {
      const { start = 0, rows = 20 } = body
      return { results: all.slice(start, start + rows), num_found: devices }
    }
    if (/\/devices\/\d+$/.test(url)) return all[Number(/\d+$/.exec(url)[0]) - 1]
    const [, id, more] = /\/sessions(?:\/([^/?]+))?(\/commands.*)?$/.exec(url) ?? []
    if (id === undefined && method === 'GET') return `[${[...open.values()].join()}]`
    if (id === undefined) {
      const made = `1:${body.device_id}`
      open.set(made, session(made))
      return open.get(made)
    }
    if (more === undefined && method === 'DELETE') open.delete(id)
    if (more === undefined) return session(id)
    return method === 'POST' ? `${command(id, 'PENDING')}}` : `${command(id, 'COMPLETE')},"processes":${listed}}`
  }

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    await sleep(latency)
    const given = await answer(request.method, request.url, text === '' ? {} : JSON.parse(text))
    response.setHeader('content-type', 'application/json').end(typeof given === 'string' ? given : JSON.stringify(given))
  })
  server.keepAliveTimeout = 75_000
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(JSON.parse(process.argv[2]))
