import type { CaseFolder } from '../../core/case-folder.ts'
import type { Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { EVENT_WORDS } from '../event-words.ts'
import type { JournalLine } from '../journal-line.ts'
import { deviceName } from './device-name.ts'
import { fieldsOf } from './event-fields.ts'
import type { ExportOptions } from './options.ts'
import { observationsIn, type Seen, type Times } from './observations.ts'

/** What a time of a file says, in the words of plaso, which Timesketch's own analyzers look for. */
const FILE_TIMES: Record<keyof Times, string> = {
  create: 'Creation Time',
  write: 'Content Modification Time',
  access: 'Last Access Time',
  change: 'Metadata Modification Time',
}

interface TimedEvent {
  message: string
  time: unknown
  timestamp_desc: string
  data_type: string
  fields: Row
}

/**
 * Yields a case as a timeline for Timesketch: a line of JSON for each time. Splunk and jq take the same lines.
 */
export async function* timesketch(folder: CaseFolder, options: ExportOptions): AsyncGenerator<string> {
  for (const problem of options.problems) yield `{${eventFields(problemEvent(problem, options.now), undefined)}}\n`
  let common = ''
  for await (const { line, seen } of observationsIn(folder, options)) {
    if (seen === undefined) common = commonFields(line)
    const device = deviceName(line)
    for (const event of seen === undefined ? [commandEvent(line)] : seenEvents(seen)) {
      const own = eventFields(event, device)
      if (own !== undefined) yield `{${own}${common}}\n`
    }
  }
}

/** What all events of a line have, as JSON after a comma: a listing has many of them. */
function commonFields(line: JournalLine): string {
  const { device, organization, who, sequence, verb } = line
  const about = { hostname: deviceName(line), device_id: device?.id, organization, analyst: who?.user, journal_sequence: sequence, verb }
  const fields = JSON.stringify(fieldsOf(about)).slice(1, -1)
  return fields === '' ? '' : `,${fields}`
}

/** Returns the fields of an event as JSON; undefined where its time is unknown: systems write the beginning of their calendar for that. */
function eventFields({ message, time, timestamp_desc, data_type, fields }: TimedEvent, device: string | undefined): string | undefined {
  const ms = parseTime(time)
  if (ms === undefined || ms < 0) return undefined
  const own = fieldsOf({ ...fields, message: device === undefined ? message : `${device}: ${message}` })
  own['datetime'] = new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '+00:00')
  own['timestamp'] = Math.round(ms * 1000)
  own['timestamp_desc'] = timestamp_desc
  own['data_type'] = data_type
  return JSON.stringify(own).slice(1, -1)
}

/** Whoever reads the timeline has to know that what follows is not as it was recorded. */
function problemEvent(problem: string, now: number): TimedEvent {
  const message = `the case is not as it was recorded: ${problem}`
  return { message, time: now, timestamp_desc: 'Case Exported', data_type: 'cbc:problem', fields: {} }
}

/** What events tell that are no end of a command. */
const HOW = new Map<string, (line: JournalLine) => string>([
  ['started', ({ change }) => `about to send ${change ?? 'a change'}`],
  ['kept', ({ file }) => `a file was kept as ${String(file)}`],
  ['undone', ({ outcome }) => `${outcome === 'done' ? 'put back' : 'putting back'}: ${outcome ?? 'not finished'}`],
])

function commandEvent(line: JournalLine): TimedEvent {
  const { event, verb, line: typed, outcome, error } = line
  const words = EVENT_WORDS.get(event)
  const how = event === 'finished' ? (outcome ?? 'finished') : (HOW.get(event)?.(line) ?? words ?? event)
  return {
    message: [typed ?? verb, how, error?.message].filter(part => part !== undefined).join(': '),
    time: line.time,
    timestamp_desc: words === undefined ? `Command ${event}` : `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`,
    data_type: 'cbc:journal',
    fields: {
      event,
      command: typed,
      arguments: line.arguments,
      effect: line.effect,
      outcome,
      exit_code: line.exit_code,
      error: error?.message,
      duration_ms: line.duration_ms,
      operation: line.operation,
      session_id: line.session_id,
      run: line.run,
      profile: line.profile,
      key_id: line.who?.key_id,
      analyst_host: line.who?.host,
      service_time: line.service_time,
      clock_difference_ms: line.clock_difference_ms,
      result_sha256: line.result?.sha256,
    },
  }
}

function seenEvents(seen: Seen): TimedEvent[] {
  if (seen.kind === 'process') {
    const { process_pid: pid, process_path: path, process_cmdline: commandLine, process_username: user, parent_pid: parent } = seen.row
    // What belongs to the system itself has no command line.
    const message = `process ${String(pid)} started: ${String([commandLine, path].find(text => text != null && text !== '') ?? '')}`
    return [
      {
        message,
        time: seen.started,
        timestamp_desc: 'Start Time',
        data_type: 'cbc:process',
        fields: { pid, parent_pid: parent, process_path: path, command_line: commandLine, username: user, sha256: seen.row['sha256'] },
      },
    ]
  }
  if (seen.kind === 'finding') {
    const { severity, kind, reason, rules, pid, path, key, command_line, user, score } = seen.row
    const message = `${String(severity ?? 'finding')}: ${String(reason)}: ${String(command_line ?? path ?? key ?? '')}`
    const fields = { severity, score, finding_kind: kind, reason, rules, pid, path, key, command_line, username: user }
    return [{ message, time: seen.time, timestamp_desc: 'Time of Finding', data_type: 'cbc:finding', fields }]
  }
  return (Object.keys(FILE_TIMES) as (keyof Times)[]).map(name => ({
    message: seen.path,
    time: seen.times[name],
    timestamp_desc: FILE_TIMES[name],
    data_type: seen.kind === 'key' ? 'cbc:registry_key' : 'cbc:file',
    fields:
      seen.kind === 'key'
        ? { key_path: seen.path }
        : { path: seen.path, filename: seen.path.split(/[\\/]/).at(-1), size: seen.size, attributes: seen.attributes, sha256: seen.sha256 },
  }))
}
