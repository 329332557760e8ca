import type { ErrorCode } from '../core/errors.ts'
import { EXIT_CODES } from '../core/errors.ts'
import type { Target } from '../engine/remote-job.ts'
import type { DeviceRecord } from './journal.ts'

/** A device of a run and where it has got to. */
export interface DeviceReport {
  device: Target
  record: DeviceRecord
}

const JOBLOG_HEADING = ['Seq', 'Host', 'Starttime', 'JobRuntime', 'Send', 'Receive', 'Exitval', 'Signal', 'Command']

/** The exit value of a device that ended without a known failure of its own. */
const OTHER_FAILURE = 1

/**
 * `failed.txt`: the devices that failed or were offline, readable as `@failed.txt`. One whose change may have been made is a comment only:
 * a list must not repeat it by itself.
 */
export function failedList(reports: Iterable<DeviceReport>): string {
  let text = ''
  for (const { device, record } of reports) {
    const { state, error } = record
    if (state !== 'failed' && state !== 'offline' && state !== 'unknown') continue
    const { name = '' } = device
    const named = error?.message.includes(name) === true ? [] : [name]
    const comment = oneLine([state, ...named, error?.message ?? ''].filter(part => part !== '').join(': '))
    text += state === 'unknown' ? `# ${device.id} ${comment}\n` : `${device.id} # ${comment}\n`
  }
  return text
}

/** `joblog.tsv`: the columns of GNU parallel, a line for each device that was worked on to an end. */
export function joblog(reports: Iterable<DeviceReport>, words: readonly string[]): string {
  const command = oneLine(['cbc', ...words].join(' '))
  let text = `${JOBLOG_HEADING.join('\t')}\n`
  let seq = 0
  for (const { device, record } of reports) {
    seq += 1
    const { state, begun, duration_ms: duration, bytes = 0 } = record
    if (begun === undefined || duration === undefined || state === 'running' || state === 'not begun') continue
    const cells = [
      seq,
      oneLine(device.name ?? String(device.id)),
      (Date.parse(begun) / 1000).toFixed(3),
      (duration / 1000).toFixed(3).padStart(10),
      0,
      bytes,
      exitValue(record),
      0,
      command,
    ]
    text += `${cells.join('\t')}\n`
  }
  return text
}

function exitValue({ state, return_code, error }: DeviceRecord): number {
  if (state === 'done') return return_code ?? 0
  return EXIT_CODES[error?.code as ErrorCode] ?? OTHER_FAILURE
}

/** Makes a cell or comment of a text from elsewhere, which must not begin a line or a column of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
}
