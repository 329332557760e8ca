import type { Cloud } from '../cloud.ts'
import { writeCsv } from '../csv.ts'
import { HttpError, json, readJson } from '../http.ts'
import type { JobOutput, Jobs } from '../jobs.ts'
import type { Call, Route } from '../router.ts'
import { objectOf, parseSearch, runSearch } from '../search/search.ts'
import { APPROVAL_COLUMNS, approvalDetails } from './approval.ts'
import { searchableApprovals } from './approval-search.ts'
import { devicesSeen } from './device-calls.ts'
import type { DeviceControl } from './device-control.ts'
import { SEARCHABLE_DEVICES } from './device-search.ts'
import { USB_DEVICE_COLUMNS } from './device-view.ts'

type Format = 'CSV' | 'JSON'

/** A kind of export. */
interface ExportKind<T> {
  /** The job's type. */
  type: string
  columns: readonly (keyof T)[]
  /** @param body the request, which is a search. @throws HttpError: the search is refused */
  find(body: unknown): Promise<T[]>
}

/** "Export jobs" of "Neighbouring APIs": the calls that export everything a search finds, whatever its `start` and `rows`. */
export function exportCalls(cloud: Cloud, control: DeviceControl, jobs: Jobs): Route[] {
  return [
    exportCall(jobs, 'approvals', {
      type: 'external_device_approvals_export',
      columns: APPROVAL_COLUMNS,
      find: async body =>
        runSearch(parseSearch(body, searchableApprovals(control.devices)), await control.approvals()).found.map(approvalDetails),
    }),
    exportCall(jobs, 'devices', {
      type: 'external_devices_export',
      columns: USB_DEVICE_COLUMNS,
      find: async body => runSearch(parseSearch(body, SEARCHABLE_DEVICES), await devicesSeen(cloud, control)).found.map(({ view }) => view),
    }),
  ]
}

function exportCall<T>(jobs: Jobs, what: string, exported: ExportKind<T>): Route {
  return {
    method: 'POST',
    path: `/device_control/v3/orgs/{org}/${what}/_export`,
    needs: ['external-device.manage READ'],
    handle: call => start(jobs, call, exported),
  }
}

/** Starts an export. An unknown format is refused at once; an invalid search makes the job fail. */
async function start<T>(jobs: Jobs, { request, caller }: Call, { type, columns, find }: ExportKind<T>): Promise<Response> {
  const body = objectOf(await readJson(request))
  const format = formatOf(body['format'])
  return json(200, { job_id: await jobs.start(type, caller.name, async () => outputOf(await find(body), columns, format)) })
}

/** @throws HttpError 400 */
function formatOf(given: unknown): Format {
  const format = typeof given === 'string' ? given.toUpperCase() : ''
  if (format !== 'CSV' && format !== 'JSON') throw new HttpError(400, 'format must be CSV or JSON')
  return format
}

function outputOf<T>(found: readonly T[], columns: readonly (keyof T)[], format: Format): JobOutput {
  if (format === 'JSON') return { total: found.length, content: JSON.stringify(found), mediaType: 'application/json' }
  const rows = found.map(item => columns.map(column => item[column]))
  return { total: found.length, content: writeCsv([columns, ...rows]), mediaType: 'text/csv' }
}
