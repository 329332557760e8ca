import { extname } from 'node:path'
import type { PagingOptions, SearchCriteria } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { isJson } from '../../core/format.ts'
import type { Column, IntoFile, Result, Row } from '../../core/result.ts'
import { flag, LONG_WORK_TIMEOUT_MS, optional } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { APPROVAL_ROW, APPROVAL_WHOLE, DEVICE_ROW, DEVICE_WHOLE } from './columns.ts'
import { exportByJob } from './export-job.ts'
import { Count } from '../shared/paging-options.ts'
import { APPROVAL_FILTERS, approvalsWanted, DEVICE_FILTERS, devicesWanted, SORT, sorted } from './filters.ts'

const FILE = optional('local-path', 'destination; default: -, standard output')
const OPTIONS = {
  job: flag('--job', 'have the service create the export, for more rows than a search returns'),
  force: flag('-f, --force', 'overwrite the local file'),
}
const DETAILS =
  "The format follows the file's extension (.csv, .json, .ndjson), else --output, else it is CSV. Rows are fetched page by page in constant memory, and a file appears once it is complete. " +
  'With --job, the service creates a CSV or JSON file, which is passed on unchanged: formulas in it are not defused.'

export const approvalExport = defineOrganizationVerb({
  name: 'approval export',
  summary: 'export approvals to a file',
  details: `${DETAILS} \`cbc usb approval import\` and \`apply\` accept it unchanged.`,
  examples: [
    { line: 'approval export approvals.csv', does: 'all approvals' },
    { line: 'approval export --vendor SanDisk --output json', does: 'the approvals for a vendor, to standard output' },
  ],
  effect: 'read',
  fields: APPROVAL_ROW,
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { file: FILE },
  options: { ...APPROVAL_FILTERS, ...OPTIONS },
  async run(input, context) {
    const wanted = approvalsWanted(input)
    return await exported('approvals', wanted, options => context.usb.allApprovals(wanted, options), input, APPROVAL_WHOLE, context)
  },
})

export const deviceExport = defineOrganizationVerb({
  name: 'device export',
  summary: 'export the USB devices that were seen to a file',
  details: DETAILS,
  examples: [
    { line: 'device export devices.csv --status unapproved', does: 'the devices that are not approved' },
    { line: 'device export audit.json --job', does: 'all devices, created by the service' },
  ],
  effect: 'read',
  fields: DEVICE_ROW,
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { file: FILE },
  options: { ...DEVICE_FILTERS, sort: SORT, ...OPTIONS },
  async run(input, context) {
    const wanted = { ...devicesWanted(input), ...sorted(input.sort) }
    return await exported('devices', wanted, options => context.usb.allDevices(wanted, options), input, DEVICE_WHOLE, context)
  },
})

interface ExportOptions {
  file: string | undefined
  job: boolean
  force: boolean
}

async function exported(
  what: 'approvals' | 'devices',
  wanted: SearchCriteria,
  search: (options: PagingOptions) => AsyncIterable<object>,
  { file, job, force }: ExportOptions,
  columns: Column[],
  context: OrganizationContext,
): Promise<Result> {
  const path = file === '-' ? undefined : file
  const format = formatOf(path, context.output)
  const into = path === undefined ? {} : { into: { path, name: `usb-${what}.${format}`, overwrite: force, format } }
  if (context.planning) await context.change({ name: `export ${what}`, ...wanted, format, path: path ?? '-' }, async () => undefined)
  if (job) {
    if (format === 'ndjson') throw usage('an export job creates csv or json', 'leave --job off, or choose another format')
    return { kind: 'bytes', bytes: exportByJob(what, wanted, format === 'csv' ? 'CSV' : 'JSON', context), ...into }
  }
  const count = new Count()
  return { kind: 'list', rows: withProgress(search, what, count, context), totals: () => count.totals, columns, format: 'csv', ...into }
}

/** Returns the format of the file's extension, else the requested one, else CSV. */
function formatOf(path: string | undefined, asked: OrganizationContext['output']): IntoFile['format'] {
  const named = { '.csv': 'csv', '.json': 'json', '.ndjson': 'ndjson', '.jsonl': 'ndjson' } as const
  const extension = path === undefined ? '' : extname(path).toLowerCase()
  if (extension in named) return named[extension as keyof typeof named]
  return isJson(asked) ? asked : 'csv'
}

/** Yields rows as they arrive and shows the progress. */
async function* withProgress(
  search: (options: PagingOptions) => AsyncIterable<object>,
  what: string,
  count: Count,
  { progress, signal }: OrganizationContext,
): AsyncGenerator<Row> {
  progress.step(`Exporting ${what}`, 100, 'percent')
  try {
    for await (const found of search({ signal, onPage: count.onPage })) {
      count.shown += 1
      yield { ...found }
      progress.at(Math.min(100, (count.shown / Math.max(1, count.totals.num_found)) * 100))
    }
  } finally {
    progress.end()
  }
}
