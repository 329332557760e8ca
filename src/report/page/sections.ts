import { formatSize } from '../../core/quantity.ts'
import { hasChanged } from '../has-changed.ts'
import { DataTable, type TableColumn } from './data-table.ts'
import { fileDetail, itemDetail } from './detail.ts'
import { byId, data, el, type Child } from './dom.ts'
import type { Filters } from './filter.ts'
import { filesOf, utc, type CaseFileRow, type Item } from './model.ts'

const TIME: TableColumn<Item> = { title: 'Time (UTC)', name: 'time', cell: ({ at }) => utc(at), key: ({ at }) => at ?? 0 }
const DEVICE: TableColumn<Item> = { title: 'Device', name: 'device', cell: ({ device }) => data(device), key: ({ device }) => device }
const WHO: TableColumn<Item> = { title: 'Analyst', name: 'who', cell: ({ who }) => data(who), key: ({ who }) => who }
const TITLE: TableColumn<Item> = { title: 'What was done', name: 'title', cell: ({ title }) => data(title), key: ({ title }) => title }
const OUTCOME: TableColumn<Item> = { title: 'Outcome', name: 'outcome', cell: outcome, key: ({ outcome }) => outcome }

/** Commands, and all else that the journal tells of. */
export function commandsSection(filters: Filters): void {
  const table = new DataTable<Item>({
    name: 'table-commands',
    label: 'Commands',
    columns: [TIME, DEVICE, WHO, TITLE, OUTCOME],
    detail: { column: 'title', show: itemDetail },
    none: 'No event fits the filter.',
  })
  byId('commands').append(table.element)
  filters.onChange(shown => table.show(shown))
}

/** What was changed, and what was put back. */
export function changesSection(filters: Filters): void {
  const kept: TableColumn<Item> = { title: 'State before', name: 'kept', cell: item => data(keptText(item)), key: keptText }
  const table = new DataTable<Item>({
    name: 'table-changes',
    label: 'Changes',
    columns: [TIME, DEVICE, WHO, TITLE, OUTCOME, kept],
    detail: { column: 'title', show: itemDetail },
    none: 'Nothing was changed.',
  })
  byId('changes').append(table.element)
  filters.onChange(shown =>
    table.show(shown.filter(({ kinds, entry }) => kinds.has('change') || kinds.has('destroy') || entry.event === 'undone')),
  )
}

/** Says in a few words whether the state before is there; what exactly, the row says when it is open. */
function keptText({ entry, started, outcome, putBack }: Item): string {
  if (putBack !== undefined) return `put back on ${utc(putBack)}`
  if (entry.event === 'undone') return outcome === 'done' ? 'put back' : 'not put back as a whole'
  if (outcome === 'failed' && started.length === 0) return 'nothing was sent'
  const failed = new Set(entry.failed_steps)
  const made = started.filter(({ step }) => step === undefined || !failed.has(step))
  if (started.length > 0 && made.length === 0) return 'nothing was changed'
  const undos = made.map(({ undo }) => undo).filter(undo => undo !== undefined)
  const possible = undos.filter(undo => undo.possible).length
  if (undos.length === 0) return 'not saved'
  if (possible === undos.length) return 'can be put back'
  return possible === 0 ? "can't be put back" : `${possible} of ${undos.length} can be put back`
}

/** All files, with their hashes. */
export function filesSection(filters: Filters): void {
  const table = new DataTable<CaseFileRow>({
    name: 'table-files',
    label: 'Files',
    columns: [
      { title: 'Path on the device', name: 'path', cell: ({ path }) => data(path), key: ({ path }) => path },
      { title: 'Device', name: 'device', cell: ({ item }) => data(item.device), key: ({ item }) => item.device },
      { title: 'Size', name: 'size', cell: ({ size }) => (size === undefined ? '' : formatSize(size)), key: ({ size }) => size ?? -1 },
      { title: 'SHA-256', name: 'hash', cell: ({ sha256 }) => sha256, key: ({ sha256 }) => sha256 ?? '' },
      { title: 'Time (UTC)', name: 'time', cell: ({ item }) => utc(item.at), key: ({ item }) => item.at ?? 0 },
    ],
    detail: { column: 'path', show: fileDetail },
    none: 'No file fits the filter.',
  })
  byId('files').append(table.element)
  filters.onChange(shown => table.show(filesOf(shown)))
}

interface DeviceRow {
  device: string
  id: string
  os: string
  first: number
  last: number
  commands: number
  changes: number
  trouble: number
  files: number
  bytes: number
}

/** The devices of the case. */
export function devicesSection(items: readonly Item[]): void {
  const rows = devicesOf(items)
  const hasSystems = rows.some(({ os }) => os !== '')
  const number = (title: string, name: 'commands' | 'changes' | 'trouble' | 'files'): TableColumn<DeviceRow> => ({
    title,
    name: 'count',
    cell: row => row[name].toLocaleString('en-GB'),
    key: row => row[name],
  })
  const table = new DataTable<DeviceRow>({
    name: `table-devices${hasSystems ? '' : ' without-systems'}`,
    label: 'Devices',
    columns: [
      { title: 'Device', name: 'device', cell: ({ device }) => data(device), key: ({ device }) => device },
      { title: 'Id', name: 'id', cell: ({ id }) => id, key: ({ id }) => Number(id) },
      ...(hasSystems ? [{ title: 'System', name: 'os', cell: ({ os }: DeviceRow) => data(os), key: ({ os }: DeviceRow) => os }] : []),
      {
        title: 'First (UTC)',
        name: 'time',
        cell: ({ first }) => utc(Number.isFinite(first) ? first : undefined),
        key: ({ first }) => first,
      },
      { title: 'Last (UTC)', name: 'time', cell: ({ last }) => utc(Number.isFinite(last) ? last : undefined), key: ({ last }) => last },
      number('Commands', 'commands'),
      number('Changes', 'changes'),
      number('Failed', 'trouble'),
      number('Files', 'files'),
      { title: 'Bytes', name: 'size', cell: ({ bytes }) => formatSize(bytes), key: ({ bytes }) => bytes },
    ],
    none: 'No device was worked on.',
  })
  byId('devices').append(table.element)
  table.show(rows)
}

function devicesOf(items: readonly Item[]): DeviceRow[] {
  const rows = new Map<string, DeviceRow>()
  for (const { entry, started, device, at, kinds } of items) {
    if (device === '') continue
    const id = String(entry.device_id ?? '')
    const row = rows.get(`${id} ${device}`) ?? {
      device,
      id,
      os: '',
      first: Infinity,
      last: -Infinity,
      commands: 0,
      changes: 0,
      trouble: 0,
      files: 0,
      bytes: 0,
    }
    rows.set(`${id} ${device}`, row)
    row.os = entry.os ?? row.os
    row.first = Math.min(row.first, at ?? Infinity)
    row.last = Math.max(row.last, at ?? -Infinity)
    if (!kinds.has('case')) row.commands += 1
    if (hasChanged(entry, started.length)) row.changes += 1
    if (kinds.has('trouble')) row.trouble += 1
    row.files += entry.files_in_all ?? entry.files?.length ?? 0
    for (const { size } of entry.files ?? []) row.bytes += size ?? 0
  }
  return [...rows.values()].sort((one, other) => (one.device < other.device ? -1 : 1))
}

function outcome({ outcome: text, kinds }: Item): Child {
  if (text === '') return undefined
  return el('span', { class: kinds.has('trouble') ? 'trouble' : 'good' }, `${kinds.has('trouble') ? '✗' : '✓'} ${text}`)
}
