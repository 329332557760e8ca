import { collect, readBody, type Body } from '../fs/body.ts'
import { levelName, eventXml, type LogEvent } from '../events/event.ts'
import { InvalidQuery, parseEventQuery } from '../events/query.ts'
import { EVTX_HEAD } from '../seed/file-seed.ts'
import type { Program, Run } from '../processes/run.ts'
import { isWin32 } from '../win32.ts'
import { lines } from './format.ts'

/** A failure of wevtutil, with its exit code and message. */
class Failure extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const NO_LOG = () => new Failure(15007, 'Failed to read events.\nThe specified channel could not be found.')
const USAGE =
  'Windows Events Command Line Utility.\n\nUsage:\n\nwevtutil { el | enum-logs | gl | get-log | gli | get-log-info | qe | query-events | epl | export-log | cl | clear-log } [options]\n'
/** More than any log here has: an export stores its events so that they can be read again. */
const MAX_EXPORT_BYTES = 16 * 1024 * 1024

/** wevtutil: lists logs, queries, exports and clears them. Options are `/name:value` or `/name value` in short or long form. */
export const wevtutil: Program = async run => {
  const [verb = '', ...rest] = run.args
  const action = ACTIONS.get(verb.toLowerCase())
  if (action === undefined) {
    run.print(verb === '' || verb === '/?' ? USAGE : '')
    if (verb !== '' && verb !== '/?') run.complain(`Invalid command ${verb}.\n`)
    return verb === '' || verb === '/?' ? 0 : 87
  }
  try {
    run.print(await action(run, parse(rest)))
    return 0
  } catch (error) {
    if (error instanceof InvalidQuery) return say(run, new Failure(15001, 'Failed to read events.\nThe specified query is invalid.'))
    if (error instanceof Failure) return say(run, error)
    if (isWin32(error)) return say(run, new Failure(error.code & 0xffff, error.message))
    throw error
  }
}

function say(run: Run, { code, message }: Failure): number {
  run.complain(`${message}\n`)
  return code
}

interface Line {
  words: string[]
  options: Map<string, string>
}

const LONG: Record<string, string> = {
  count: 'c',
  reversedirection: 'rd',
  format: 'f',
  query: 'q',
  logfile: 'lf',
  structuredquery: 'sq',
  overwrite: 'ow',
  backup: 'bu',
  element: 'e',
  unicode: 'uni',
  username: 'u',
  password: 'p',
  remote: 'r',
}

function parse(args: readonly string[]): Line {
  const words: string[] = []
  const options = new Map<string, string>()
  for (const arg of args) {
    const [, name, value = 'true'] = /^[-/](\w+)(?::(.*))?$/s.exec(arg) ?? []
    if (name === undefined) words.push(arg)
    else options.set(LONG[name.toLowerCase()] ?? name.toLowerCase(), value)
  }
  return { words, options }
}

const isTrue = (value: string | undefined) => value?.toLowerCase() === 'true'

async function enumerate(run: Run): Promise<string> {
  return lines(...(await run.machine.look(({ events }) => events.names())))
}

async function describe(run: Run, line: Line): Promise<string> {
  const { log } = await read(run, line)
  return lines(
    `name: ${log}`,
    'enabled: true',
    `type: ${log.includes('/') ? 'Operational' : 'Admin'}`,
    'owningPublisher:',
    'isolation: Application',
    'channelAccess: O:BAG:SYD:(A;;0xf0007;;;SY)(A;;0x7;;;BA)',
    'logging:',
    `  logFileName: ${fileOf(log).replace('C:\\Windows', '%SystemRoot%')}`,
    '  retention: false',
    '  autoBackup: false',
    '  maxSize: 20971520',
    'publishing:',
    '  fileMax: 1',
  )
}

async function information(run: Run, line: Line): Promise<string> {
  const { log, events } = await read(run, line)
  const { size, written } = await run.machine.look(({ files }) => {
    const { node } = files.find(fileOf(log)).place
    return { size: node.body?.size ?? 0, written: node.written }
  })
  return lines(
    `lastWriteTime: ${new Date(written).toISOString()}`,
    `fileSize: ${size}`,
    'attributes: 32',
    `numberOfLogRecords: ${events.length}`,
    `oldestRecordNumber: ${events[0]?.record ?? 0}`,
  )
}

async function query(run: Run, line: Line): Promise<string> {
  const { options } = line
  const { events } = await read(run, line)
  const count = Number(options.get('c') ?? Infinity)
  if (!(count > 0)) throw new Failure(87, 'Invalid value for option c.')
  const ordered = isTrue(options.get('rd')) ? events.reverse() : events
  const format = options.get('f')?.toLowerCase() ?? 'xml'
  if (!['xml', 'text', 'renderedxml'].includes(format)) throw new Failure(87, `Invalid value for option f: ${format}.`)
  const shown = ordered
    .slice(0, count)
    .map((event, at) => (format === 'text' ? eventText(event, at) : `${eventXml(event)}\n`))
    .join('')
  const root = options.get('e')
  return root === undefined || format === 'text' ? shown : `<${root}>\n${shown}</${root}>\n`
}

async function exportLog(run: Run, line: Line): Promise<string> {
  const [, target] = line.words
  if (target === undefined) throw new Failure(87, 'Too few arguments.')
  const { events } = await read(run, line)
  await backUp(run, events, target, isTrue(line.options.get('ow')))
  return ''
}

async function clear(run: Run, line: Line): Promise<string> {
  const { log, events } = await read(run, { words: line.words, options: new Map() })
  const target = line.options.get('bu')
  if (target !== undefined) await backUp(run, events, target, false)
  await run.machine.change(({ files, events: logs }) => {
    logs.clear(log)
    files.rewrite(fileOf(log), { kind: 'headed', head: EVTX_HEAD.toString('base64'), seed: 1, size: 69_632 })
  })
  return ''
}

/** Returns the events of a log, or of an exported file (`/lf:true`), that match the query. */
async function read(run: Run, { words, options }: Line): Promise<{ log: string; events: LogEvent[] }> {
  const [named = ''] = words
  if (named === '') throw new Failure(87, 'Too few arguments.')
  const test = parseEventQuery(options.get('q') ?? '*', run.machine.clock.now())
  if (isTrue(options.get('lf'))) return { log: named, events: (await exported(run, named)).filter(test) }
  return run.machine.look(({ events }) => {
    const log = events.find(named)
    if (log === undefined) throw NO_LOG()
    return { log, events: events.list(log).filter(test) }
  })
}

/** Reads an exported file, which lists only its records: their text is still in the log. */
async function exported(run: Run, path: string): Promise<LogEvent[]> {
  const body = await run.machine.look(({ files }) => files.read(path, run.directory))
  const text = body.size > MAX_EXPORT_BYTES ? '' : (await collect(readBody(run.machine.blobs, body))).toString('utf16le', EVTX_HEAD.length)
  const held = new Set(
    [...text.matchAll(/<EventRecordID>(\d+)<\/EventRecordID>.*?<Channel>(.*?)<\/Channel>/g)].map(([, record, log]) => `${log}:${record}`),
  )
  if (held.size === 0) throw new Failure(1500, 'Failed to read events.\nThe event log file is corrupted.')
  return run.machine.look(({ events }) =>
    events
      .names()
      .flatMap(log => events.list(log, true))
      .filter(({ log, record }) => held.has(`${log}:${record}`)),
  )
}

async function backUp(run: Run, events: readonly LogEvent[], target: string, overwrite: boolean): Promise<void> {
  const { machine, directory } = run
  const bytes = Buffer.concat([EVTX_HEAD, Buffer.from(events.map(eventXml).join('\n'), 'utf16le')])
  const body: Body = await machine.blobs.write(one(bytes))
  await machine.change(({ files }) => {
    if (!overwrite && files.tryFind(target, directory) !== undefined) throw new Failure(80, `Failed to export log.\nThe file exists.`)
    files.write(target, body, directory)
  })
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function fileOf(log: string): string {
  return `C:\\Windows\\System32\\winevt\\Logs\\${log.replace('/', '%4')}.evtx`
}

function eventText(event: LogEvent, at: number): string {
  const { log, provider, time, id, task, computer, level, message, data } = event
  return `${lines(
    `Event[${at}]:`,
    `  Log Name: ${log}`,
    `  Source: ${provider}`,
    `  Date: ${new Date(time).toISOString().slice(0, 23)}`,
    `  Event ID: ${id}`,
    `  Task: ${task}`,
    `  Level: ${levelName(event)}`,
    '  Opcode: Info',
    `  Keyword: ${level === 0 ? (id === 4625 ? 'Audit Failure' : 'Audit Success') : 'N/A'}`,
    '  User: N/A',
    '  User Name: N/A',
    `  Computer: ${computer}`,
    '  Description: ',
    message,
  )}${data
    .filter(([name]) => name !== '')
    .map(([name, value]) => `\t${name}:\t${value}\n`)
    .join('')}\n`
}

const ACTIONS: ReadonlyMap<string, (run: Run, line: Line) => Promise<string>> = new Map(
  Object.entries({
    el: enumerate,
    'enum-logs': enumerate,
    gl: describe,
    'get-log': describe,
    gli: information,
    'get-log-info': information,
    qe: query,
    'query-events': query,
    epl: exportLog,
    'export-log': exportLog,
    cl: clear,
    'clear-log': clear,
  }),
)
