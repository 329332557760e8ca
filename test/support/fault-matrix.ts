import { globSync } from 'node:fs'
import { EXIT_CODES } from '../../src/core/errors.ts'
import type { LocalFiles, Transport } from '../../src/core/ports.ts'
import { openLab, type Lab } from '../../src/lab/lab.ts'
import { main } from '../../src/main.ts'
import { random } from '../../src/host/clock.ts'
import { FakeClock } from './clock.ts'
import { DEVICE_CASES } from './fault-cases-devices.ts'
import { USB_CASES } from './fault-cases-usb.ts'
import { FakeLedger } from './ledger.ts'
import { MemoryFiles } from './memory-files.ts'
import { labService, memoryOutput, testHost } from './host.ts'

// Lazily loaded modules are loaded now, because loading takes real time, which the virtual clock does not see. The page of a report is
// for browsers.
for (const file of globSync('../../src/**/*.ts', { cwd: import.meta.dirname, exclude: ['../../src/report/page/**'] })) await import(file)

/** A device of the lab. */
export const DEVICE = 'WIN-FIN-01'
const DEVICE_ID = 11412673
const BASE = '/appservices/v6/orgs/ABCD1234'
const SESSION = `${BASE}/liveresponse/sessions`
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

const A_DAY = 86_400_000

/** The faults that a request can meet, by their name in the table. */
export const FAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  500: { status: 500 },
  '502, a web page': { status: 502, body: '<html>Bad Gateway</html>' },
  '502, carried out': { status: 502, body: '<html>Bad Gateway</html>', after: true },
  503: { status: 503, headers: { 'Retry-After': '2' } },
  429: { status: 429, headers: { 'Retry-After': '2' } },
  'delay of 5 s': { delay: '5s' },
  'delay of 3 min': { delay: '3m' },
  'drop before': { drop: 'before' },
  'drop after': { drop: 'after' },
  cut: { cut: 3 },
  stall: { stall: 3 },
  drip: { drip: { bytes: 1, every: '1s' } },
  'web page': { garbage: 'html' },
  'web page, carried out': { garbage: 'html', after: true },
  'half a JSON': { garbage: 'json' },
  'wrong length': { garbage: 'length' },
}

/** What the lab's log says about a fault after which a request was carried out, and about one after which it was not. */
const [CARRIED_OUT, REFUSED] = ['carried out', 'refused']

function nameOf(fault: Readonly<Record<string, unknown>>): string {
  const instead = fault['status'] !== undefined || fault['garbage'] === 'html'
  return fault['drop'] === 'before' || (instead && fault['after'] !== true) ? REFUSED : CARRIED_OUT
}

/** A call of the service, and a command line that makes it. */
export interface Case {
  /** The name of the call in the document, and its purpose. */
  call: string
  method: string
  path: string
  /** Fields of the JSON body that identify the request, if the command line makes several that match. */
  body?: Record<string, unknown>
  words: string[]
  /** Command lines that prepare the lab. */
  before?: string[][]
  /** Further preparation. */
  prepare?: ((bench: FaultBench) => Promise<void>) | undefined
  /** Returns how often the change was carried out; absent for a read. */
  made?: (bench: FaultBench) => Promise<number>
}

/** The outcome of one cell. */
export interface Outcome {
  /** `ok`, or the error's code. */
  code: string
  out: string
  err: string
  /** How often a change was carried out; undefined for a read. */
  made: number | undefined
  /** Duration in virtual milliseconds. */
  took: number
  /** What was left behind before and after `lr gc`: open sessions and entries of the ledger. */
  left: { before: string[]; after: string[] }
}

/** What a run that can be killed works with, and the promise of its death. */
export interface Killable {
  transport(send: Transport): Transport
  files(files: LocalFiles): LocalFiles
  readonly over: Promise<'killed'>
  /** Its Ctrl-C. */
  readonly interrupt?: AbortSignal
}

/** An in-process lab with virtual time, and the program that uses it. */
export class FaultBench {
  readonly clock = new FakeClock()
  readonly lab: Lab
  readonly local = new MemoryFiles({ 'note.txt': 'a note for the endpoint' })
  readonly ledger = new FakeLedger()
  #runs = 0

  constructor() {
    this.lab = openLab({ clock: this.clock, random, checkIn: 100, latency: 20, seed: 1 })
  }

  /** Runs the program to its end, in virtual time. @param life may end it early like kill -9; the code is then `killed` */
  async cbc(words: readonly string[], life?: Killable): Promise<{ code: number | 'killed'; out: string; err: string }> {
    const run = `run ${++this.#runs}`
    const { lab, clock, local, ledger } = this
    const [stdout, stderr] = [memoryOutput(), memoryOutput()]
    const service = labService(lab)
    const send = life?.transport(service.send) ?? service.send
    const host = testHost({
      clock,
      stdout,
      stderr,
      random: { ...random, below: () => 0 },
      local: life?.files(local) ?? local,
      lab: async () => ({ ...service, send, close: async () => {} }),
      ledger: async () => ledger.of(run),
      ...(life?.interrupt && { interrupt: life.interrupt }),
    })
    const ended = main(['--json', ...words], host)
    const code = await clock.run<number | 'killed'>(life === undefined ? ended : Promise.race([ended, life.over]), A_DAY)
    ledger.dead.add(run)
    return { code, out: stdout.text(), err: stderr.text() }
  }

  /** Sends a request to the lab's control API or to its service. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const request = new Request(`http://lab.localhost${path}`, {
      method,
      headers: { 'x-auth-token': this.lab.token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const response = await this.clock.run(this.lab.handle(request))
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** Returns how often endpoints carried out a command. */
  async executions(name: string, object?: string | number): Promise<number> {
    const all = await this.ask<{ object: unknown }[]>('GET', `/lab/executions?name=${encodeURIComponent(name)}`)
    return all.filter(entry => object === undefined || entry.object === object).length
  }

  /** Returns how often the service carried out a request whose path matches `end`; for faulty answers, as the fault says. */
  async carriedOut(method: string, end: RegExp): Promise<number> {
    const all = await this.ask<{ path: string; status: number | null; fault?: string }[]>('GET', `/lab/log?method=${method}`)
    return all.filter(({ path, status, fault }) => end.test(path) && (fault === undefined ? (status ?? 0) < 300 : fault === CARRIED_OUT))
      .length
  }

  /** Returns the id of the device's open session. */
  async session(): Promise<string> {
    const [session] = (await this.ask<{ id: string }[] | undefined>('GET', SESSION)) ?? []
    if (session === undefined) throw new Error('there is no session')
    return session.id
  }

  async left(): Promise<string[]> {
    const sessions = (await this.ask<unknown[] | undefined>('GET', SESSION)) ?? []
    return [...sessions.map(() => 'session'), ...this.ledger.traces.map(trace => `noted ${trace.kind}`)]
  }

  async close(): Promise<void> {
    await this.clock.run(this.lab.close())
  }
}

const START = [['lr', 'session', 'start', DEVICE]]
const NEW = 'C:\\Users\\Public\\made'
const FRESH = 'C:\\Users\\Public\\note.txt'
const ran = (name: string, object?: string | number) => (bench: FaultBench) => bench.executions(name, object)
const issue = (call: string, name: string, words: string[], made?: Case['made'], before?: string[][]): Case => ({
  call: `Issue Command: ${call}`,
  method: 'POST',
  path: '**/commands',
  body: { name },
  words: ['lr', ...words],
  ...(made && { made }),
  ...(before && { before }),
})

/** Every Live Response call that the program makes, and the calls of other APIs that it needs for them. */
const LIVE_RESPONSE_CASES: readonly Case[] = [
  { call: 'Search Devices', method: 'POST', path: '**/devices/_search', words: ['lr', 'stat', DEVICE, 'C:\\Windows'] },
  { call: 'Get Device', method: 'GET', path: '/appservices/v6/orgs/*/devices/*', words: ['lr', 'info', DEVICE] },
  { call: 'Get All Sessions', method: 'GET', path: SESSION, words: ['lr', 'mkdir', DEVICE, NEW], made: ran('create directory') },
  { call: 'Start Session', method: 'POST', path: SESSION, words: ['lr', 'mkdir', DEVICE, NEW], made: ran('create directory') },
  { call: 'Get Session by ID', method: 'GET', path: `${SESSION}/*`, words: ['lr', 'mkdir', DEVICE, NEW], made: ran('create directory') },
  {
    call: 'Close Session, at the end',
    method: 'DELETE',
    path: `${SESSION}/*`,
    words: ['lr', 'mkdir', DEVICE, NEW],
    made: ran('create directory'),
  },
  {
    call: 'Close Session, asked for',
    method: 'DELETE',
    path: `${SESSION}/*`,
    words: ['lr', 'session', 'close', DEVICE],
    before: START,
    made: async bench => ((await bench.left()).includes('session') ? 0 : 1),
  },
  issue('directory list', 'directory list', ['ls', DEVICE, 'C:\\Users']),
  issue('process list', 'process list', ['ps', DEVICE, '--filter', 'lsass.exe']),
  issue('reg query value', 'reg query value', [
    'reg',
    'query',
    DEVICE,
    'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion',
    '-v',
    'ProductName',
  ]),
  issue('get file', 'get file', ['get', DEVICE, HOSTS, 'hosts']),
  issue('create directory', 'create directory', ['mkdir', DEVICE, NEW], ran('create directory')),
  issue("create directory, in another caller's session", 'create directory', ['mkdir', DEVICE, NEW], ran('create directory'), START),
  issue('delete file', 'delete file', ['rm', DEVICE, NEW], ran('delete file', NEW), [['lr', 'mkdir', DEVICE, NEW]]),
  issue('kill', 'kill', ['kill', DEVICE, 'chrome.exe', '--yes'], async bench =>
    Math.max(
      0,
      ...Object.values(count((await bench.ask<{ object: number }[]>('GET', '/lab/executions?name=kill')).map(({ object }) => object))),
    ),
  ),
  issue('create process', 'create process', ['exec', DEVICE, 'whoami.exe'], ran('create process')),
  issue('create process, not waited for', 'create process', ['exec', DEVICE, '--no-wait', 'whoami.exe'], ran('create process')),
  issue('put file', 'put file', ['put', DEVICE, 'note.txt', FRESH], ran('put file')),
  issue("put file, in another caller's session", 'put file', ['put', DEVICE, 'note.txt', FRESH], ran('put file'), START),
  issue('reg create key', 'reg create key', ['reg', 'add', DEVICE, 'HKLM\\SOFTWARE\\Made'], ran('reg create key')),
  issue(
    'reg set value',
    'reg set value',
    ['reg', 'add', DEVICE, 'HKLM\\SOFTWARE\\Made', '-v', 'Level', '-t', 'REG_DWORD', '-d', '1'],
    ran('reg set value'),
  ),
  issue(
    'reg delete value',
    'reg delete value',
    ['reg', 'delete', DEVICE, 'HKLM\\SOFTWARE\\Made', '-v', 'Level', '--yes'],
    ran('reg delete value'),
    [['lr', 'reg', 'add', DEVICE, 'HKLM\\SOFTWARE\\Made', '-v', 'Level', '-t', 'REG_DWORD', '-d', '1']],
  ),
  issue('reg delete key', 'reg delete key', ['reg', 'delete', DEVICE, 'HKLM\\SOFTWARE\\Made', '--yes'], ran('reg delete key'), [
    ['lr', 'reg', 'add', DEVICE, 'HKLM\\SOFTWARE\\Made'],
  ]),
  issue('memdump', 'memdump', ['memdump', DEVICE, 'C:\\Windows\\Temp\\m.dmp', '--no-space-check'], ran('memdump')),
  { call: 'Retrieve Command Status, of a read', method: 'GET', path: '**/commands/*', words: ['lr', 'ls', DEVICE, 'C:\\Users'] },
  {
    call: 'Retrieve Command Status, of a change',
    method: 'GET',
    path: '**/commands/*',
    words: ['lr', 'mkdir', DEVICE, NEW],
    made: ran('create directory'),
  },
  { call: 'Get Commands List', method: 'GET', path: '**/commands', words: ['lr', 'command', 'list', DEVICE], before: START },
  {
    call: 'Cancel Command',
    method: 'DELETE',
    path: '**/commands/*',
    words: ['lr', 'command', 'cancel', DEVICE, '0'],
    before: START,
    async prepare(bench) {
      await bench.ask('PATCH', '/lab/settings', { latency: '10h' })
      await bench.ask('POST', `${SESSION}/${await bench.session()}/commands`, { name: 'create directory', path: NEW })
    },
    made: async bench =>
      (await bench.ask<{ status: string }>('GET', `${SESSION}/${await bench.session()}/commands/0`)).status === 'CANCELLED' ? 1 : 0,
  },
  {
    call: 'Upload File, for a put',
    method: 'POST',
    path: '**/files',
    words: ['lr', 'put', DEVICE, 'note.txt', FRESH],
    made: ran('put file'),
  },
  {
    call: 'Upload File, asked for',
    method: 'POST',
    path: '**/files',
    words: ['lr', 'file', 'upload', DEVICE, 'note.txt'],
    before: START,
    made: async bench => (await bench.ask<unknown[]>('GET', `${SESSION}/${await bench.session()}/files`)).length,
  },
  { call: 'Get All Files Metadata', method: 'GET', path: '**/files', words: ['lr', 'file', 'list', DEVICE], before: START },
  { call: 'Get File Content, to a file', method: 'GET', path: '**/content', words: ['lr', 'get', DEVICE, HOSTS, 'hosts'] },
  { call: 'Get File Content, shown', method: 'GET', path: '**/content', words: ['lr', 'cat', DEVICE, HOSTS] },
  {
    call: "Get File Content, of a program's output",
    method: 'GET',
    path: '**/content',
    words: ['lr', 'exec', DEVICE, 'whoami.exe'],
    made: ran('create process'),
  },
  { call: 'Delete File', method: 'DELETE', path: '**/files/*', words: ['lr', 'get', DEVICE, HOSTS, 'hosts'] },
  {
    call: 'Disable Live Response',
    method: 'POST',
    path: '**/liveresponse/kill',
    words: ['lr', 'disable', DEVICE, '--confirm', DEVICE],
    made: async bench =>
      (await bench.ask<{ sensor_states: string[] }>('GET', `${BASE}/devices/${DEVICE_ID}`)).sensor_states.includes('LIVE_RESPONSE_KILLED')
        ? 1
        : 0,
  },
]

export const CASES: readonly Case[] = [...LIVE_RESPONSE_CASES, ...DEVICE_CASES, ...USB_CASES]

/** Runs a case. @param times how often the fault occurs; absent: always */
export async function outcomeOf(
  { words, before = [], prepare, made, method, path, body }: Case,
  fault?: Readonly<Record<string, unknown>>,
  times?: number,
): Promise<Outcome> {
  const bench = new FaultBench()
  try {
    for (const line of before) {
      const { code, err } = await bench.cbc(line)
      if (code !== 0) throw new Error(`${line.join(' ')}: ${err}`)
    }
    await prepare?.(bench)
    const there = (await bench.left()).filter(what => what === 'session').length
    const done = (await made?.(bench)) ?? 0
    const faults =
      fault === undefined
        ? []
        : [
            {
              method,
              path,
              do: fault,
              name: nameOf(fault),
              ...(times !== undefined && { times }),
              ...(body && { nth: await nth(body, words, before), times: times ?? 1_000_000 }),
            },
          ]
    await bench.ask('PUT', '/lab/faults', faults)
    const from = bench.clock.now()
    const { code, out, err } = await bench.cbc(words)
    const took = bench.clock.now() - from
    await bench.ask('DELETE', '/lab/faults')
    const count = made === undefined ? undefined : (await made(bench)) - done
    const leftBefore = (await bench.left()).slice(there)
    // If nothing was left there is nothing to collect.
    if (leftBefore.length > 0) await bench.cbc(['lr', 'gc'])
    const leftAfter = leftBefore.length > 0 ? (await bench.left()).slice(there) : []
    return { code: code === 0 ? 'ok' : codeOf(err, code), out, err, made: count, took, left: { before: leftBefore, after: leftAfter } }
  } finally {
    await bench.close()
  }
}

/** The position of a command among those that a command line issues, by body. A run without faults determines it. */
const knownPositions = new Map<string, number>()
async function nth(body: Record<string, unknown>, words: string[], before: string[][]): Promise<number> {
  const key = JSON.stringify([words, body])
  if (!knownPositions.has(key)) {
    const probe = new FaultBench()
    for (const line of before) await probe.cbc(line)
    await probe.ask('DELETE', '/lab/executions')
    await probe.cbc(words)
    const all = await probe.ask<{ name: string }[]>('GET', '/lab/executions')
    knownPositions.set(key, all.findIndex(({ name }) => name === body['name']) + 1)
    await probe.close()
  }
  return knownPositions.get(key) ?? 1
}

/** Returns the error's code; when only some items failed there is only the exit code. */
function codeOf(err: string, code: number | 'killed'): string {
  if (code === EXIT_CODES.partial) return 'partial'
  return (JSON.parse(err.trim().split('\n').at(-1) ?? '') as { error: { code: string } }).error.code
}

function count(items: readonly (string | number)[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const item of items) all[item] = (all[item] ?? 0) + 1
  return all
}
