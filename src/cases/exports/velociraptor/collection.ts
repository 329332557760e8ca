import type { CaseFolder } from '../../../core/case-folder.ts'
import { CbcError } from '../../../core/errors.ts'
import { parseTime } from '../../../core/time.ts'
import type { JournalLine } from '../../journal-line.ts'
import type { ZipEntry } from '../../zip/writer.ts'
import type { ExportOptions } from '../options.ts'
import { hasRows, resultRows } from '../result-rows.ts'
import { linesOf, type CaseDevice } from './devices.ts'
import { artifactOf, clientId, flowId } from './ids.ts'
import { Uploads } from './uploads.ts'

/** `ArtifactCollectorContext.State` */
const FINISHED = 2

/** Yields the files of the collection of one device, as Velociraptor imports it. */
export async function* collection(folder: CaseFolder, device: CaseDevice, options: ExportOptions): AsyncGenerator<ZipEntry> {
  const { moment, left } = options
  const modified = parseTime(device.last) ?? NaN
  const file = (name: string, bytes: ZipEntry['bytes']): ZipEntry => ({ name, modified, bytes })
  const client = clientId(device)
  yield file('client_info.json', json({ client_id: client, hostname: device.name, fqdn: device.name, system: device.os ?? '' }))
  const artifacts = await artifactsOf(folder, device)
  let rows = 0
  for (const [name, lines] of artifacts) {
    const counted = async function* () {
      for await (const row of rowsOf(folder, { ...device, lines }, left)) {
        rows += 1
        yield `${JSON.stringify(row)}\n`
      }
    }
    yield file(`results/${name}.json`, counted())
  }
  const uploads = new Uploads(folder, device, missing => left(`${missing}: is missing`))
  yield* uploads.entries()
  yield file('uploads.json', uploads.table())
  yield file('log.json', log(folder, device, options))
  const [first, last] = [micros(device.first), micros(device.last)]
  yield file(
    'collection_context.json',
    json({
      session_id: flowId(device, moment.head.sha256),
      client_id: client,
      request: { artifacts: [...artifacts.keys()], client_id: client },
      create_time: first,
      start_time: first,
      active_time: last,
      state: FINISHED,
      artifacts_with_results: [...artifacts.keys()],
      total_collected_rows: rows,
      total_uploaded_files: uploads.count,
      total_uploaded_bytes: uploads.bytes,
      total_expected_uploaded_bytes: uploads.bytes,
      total_logs: options.problems.length + device.lines.length,
    }),
  )
}

/** Returns the artifacts that a device has results of, each with where the lines of these results begin. */
async function artifactsOf(folder: CaseFolder, device: CaseDevice): Promise<Map<string, number[]>> {
  const artifacts = new Map<string, number[]>()
  for (const begin of device.lines) {
    for await (const { result, verb } of linesOf(folder, { ...device, lines: [begin] })) {
      if (!hasRows(result)) continue
      const name = artifactOf(verb)
      const lines = artifacts.get(name) ?? []
      lines.push(begin)
      artifacts.set(name, lines)
    }
  }
  return artifacts
}

/** Yields the rows of all results that some lines tell of, each with the command that it is from. */
async function* rowsOf(folder: CaseFolder, device: CaseDevice, left: ExportOptions['left']): AsyncGenerator<object> {
  for await (const line of linesOf(folder, device)) {
    const result = line.result?.file ?? ''
    try {
      for await (const row of resultRows(folder, result)) yield { ...row, _Command: line.line, _Time: line.time }
    } catch (error) {
      const isMissing = error instanceof CbcError && error.code === 'not_found'
      if (error instanceof CbcError && !isMissing) throw error
      left(`${result}: ${isMissing ? 'is missing' : 'is no result: it was changed, or cut off'}`)
    }
  }
}

async function* log(folder: CaseFolder, device: CaseDevice, { problems, now }: ExportOptions): AsyncGenerator<string> {
  for (const problem of problems) yield logLine(now, 'ERROR', `the case is not as it was recorded: ${problem}`)
  for await (const line of linesOf(folder, device)) {
    yield logLine(parseTime(line.time) ?? 0, line.error === undefined ? 'INFO' : 'ERROR', messageOf(line))
  }
}

/** @param ms since 1970 */
function logLine(ms: number, level: 'INFO' | 'ERROR', message: string): string {
  const time = Math.floor(ms / 1000)
  return `${JSON.stringify({ _ts: time, client_time: time, level, message })}\n`
}

function messageOf({ event, line, verb, outcome, error, who }: JournalLine): string {
  const ended = outcome === undefined ? '' : `: ${outcome}`
  const why = error === undefined ? '' : `: ${error.message}`
  return `${who?.user ?? 'somebody'}: ${event}: ${line ?? verb ?? ''}${ended}${why}`
}

/** Microseconds since 1970. */
export function micros(time: string): number {
  return (parseTime(time) ?? 0) * 1000
}

export async function* json(value: unknown): AsyncGenerator<string> {
  yield JSON.stringify(value, null, 1)
}
