// A Live Response service for measurements, in a process of its own: it does as little as possible, so that it is faster than any client.
// Its endpoint is Windows. C:\big is a file of the size that was asked for; C:\<number> is a directory of that many entries; C:\tree holds
// directories of a thousand entries each.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const BLOCK = Buffer.alloc(4 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog.\r\n')
const TIME = '2024-05-01T12:00:00Z'
/** Entries of each directory below C:\tree. */
const PER_DIRECTORY = 1000

/**
 * Starts a service.
 * @param options.size    bytes of C:\big
 * @param options.tree    directories below C:\tree
 * @param options.latency milliseconds until an endpoint's answer is there
 * @returns its `url`; `content` is the URL of the bytes of C:\big, `upload` takes any; `listed` returns when the last listing had been handed to the system, milliseconds since 1970
 */
export async function startService(options = {}) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const url of createInterface({ input: child.stdout }))
    return {
      url,
      content: `${url}/content`,
      upload: `${url}/upload`,
      listed: async () => Number(await (await fetch(`${url}/listed`)).text()),
      stop: () => child.kill(),
    }
  throw new Error('the service did not start')
}

const file = (filename, size) => ({
  filename,
  size,
  attributes: ['ARCHIVE'],
  alternate_name: '',
  create_time: TIME,
  last_write_time: TIME,
  last_access_time: TIME,
})
const directory = filename => ({ ...file(filename, 0), attributes: ['DIRECTORY'] })
const files = (count, size = n => n * 7) => Array.from({ length: count }, (_, n) => file(`file${String(n).padStart(7, '0')}.txt`, size(n)))

async function serve({ size = 0, tree = 0, latency = 0 }) {
  const commands = []
  const listings = new Map()
  let uploaded = 0
  let listedAt = 0

  /** What a directory, or one path, is listed as. Each large listing is written once. */
  function listed(path) {
    const known = listings.get(path)
    if (known !== undefined) return known
    const name = path.split('\\').filter(Boolean).at(-1)
    const found = !path.endsWith('\\')
      ? [
          /^(tree|d?\d+)$/.test(name)
            ? directory(name)
            : file(name, name === 'big' ? size : name.startsWith('put') ? uploaded : SMALL.length),
        ]
      : name === 'tree'
        ? Array.from({ length: tree }, (_, n) => directory(`d${n}`))
        : files(/^d\d+$/.test(name) ? PER_DIRECTORY : Number(name), () => SMALL.length)
    const text = JSON.stringify(found)
    if (found.length > 1) listings.set(path, text)
    return text
  }
  const SMALL = Buffer.from('a small file\r\n')

  const answer = (response, text) => response.setHeader('content-type', 'application/json').end(text)
  const content = (response, length) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length })
    const more = () => {
      while (length > 0) {
        const block = BLOCK.subarray(0, length)
        length -= block.length
        if (!response.write(block)) return response.once('drain', more)
      }
      response.end()
    }
    more()
  }
  const drained = async request => {
    let bytes = 0
    request.on('data', chunk => (bytes += chunk.length))
    await new Promise(done => request.once('end', done))
    return bytes
  }
  const session = {
    id: '1:1',
    device_id: 1,
    status: 'ACTIVE',
    current_working_directory: 'C:\\Windows\\system32',
    drives: ['C:\\'],
    supported_commands: [
      'directory list',
      'get file',
      'put file',
      'delete file',
      'create directory',
      'create process',
      'process list',
      'kill',
      'memdump',
      'reg enum key',
      'reg query value',
      'reg create key',
      'reg delete key',
      'reg delete value',
      'reg set value',
    ],
    session_timeout: 900,
    check_in_timeout: 900,
  }
  const device = {
    id: 1,
    name: 'BENCH',
    os: 'WINDOWS',
    status: 'REGISTERED',
    last_contact_time: new Date().toISOString(),
    sensor_states: ['ACTIVE', 'LIVE_RESPONSE_ENABLED'],
  }

  async function issue(request) {
    let text = ''
    for await (const part of request) text += part
    const asked = JSON.parse(text)
    const id = commands.push(asked)
    return { id, asked, ready: sleep(latency) }
  }

  const server = createServer(async (request, response) => {
    const { method, url } = request
    if (url === '/content') return content(response, size)
    if (url === '/listed') return answer(response, String(listedAt))
    if (url === '/upload') return answer(response, String(await drained(request)))
    if (url.endsWith('/_search')) return answer(response, JSON.stringify({ results: [device], num_found: 1 }))
    if (/\/devices\/\d+$/.test(url)) return answer(response, JSON.stringify(device))
    if (method === 'DELETE') return response.writeHead(204).end()
    if (/\/sessions(\/[^/]+)?$/.test(url))
      return answer(response, method === 'GET' && url.endsWith('/sessions') ? '[]' : JSON.stringify(session))
    if (url.endsWith('/content')) {
      const asked = commands[Number(/file-(\d+)/.exec(url)[1]) - 1]
      if (!asked.path.endsWith('\\big')) return response.end(SMALL)
      return content(response, asked.get_count ?? size - (asked.offset ?? 0))
    }
    if (url.endsWith('/files')) {
      const length = Number(request.headers['content-length'])
      const head = await new Promise(done => request.once('data', done))
      await drained(request)
      // The frame around the file: its head, up to the first blank line, and its tail.
      const start = head.indexOf('\r\n\r\n') + 4
      uploaded = length - start - (head.indexOf('\r\n') + 6)
      return answer(response, JSON.stringify({ id: 'up-1', size: uploaded, file_name: 'up' }))
    }
    if (url.includes('/files/')) return answer(response, JSON.stringify({ id: /files\/([^/]+)/.exec(url)[1], size, file_name: 'f' }))
    if (url.endsWith('/commands')) {
      const { id, asked, ready } = await issue(request)
      asked.ready = ready
      return answer(response, JSON.stringify({ id, session_id: '1:1', name: asked.name, status: 'PENDING', result_code: 0 }))
    }
    const id = Number(/commands\/(\d+)/.exec(url)[1])
    const asked = commands[id - 1]
    await asked.ready
    const head = JSON.stringify({
      id,
      session_id: '1:1',
      name: asked.name,
      status: 'COMPLETE',
      result_code: 0,
      result_type: 'WinHresult',
    }).slice(0, -1)
    if (asked.name === 'directory list')
      return answer(response, `${head},"files":${listed(asked.path)}}`).on('finish', () => (listedAt = Date.now()))
    if (asked.name === 'get file') return answer(response, `${head},"file_details":{"offset":0,"count":0,"file_id":"file-${id}"}}`)
    return answer(response, `${head}}`)
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(JSON.parse(process.argv[2]))
