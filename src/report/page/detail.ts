import { formatDuration, formatSize } from '../../core/quantity.ts'
import type { Entry, EntryFile } from '../entry.ts'
import { data, el, facts, type Child } from './dom.ts'
import { utc, type CaseFileRow, type Item } from './model.ts'
import { showResult } from './result.ts'

/** The most files that a command shows itself; the section of files has all. */
const MOST_FILES = 100

/** All that the journal says about a command. */
export function itemDetail({ entry, started, putBack }: Item): HTMLElement {
  const changes = started.filter(({ change }) => change !== undefined).map(sent => changeText(sent, entry))
  return el(
    'div',
    { class: 'inner' },
    facts([
      ['Command', entry.line],
      ['Ended', entry.event === 'finished' ? `${utc(entry.at)} UTC` : undefined],
      ['Took', entry.duration_ms === undefined ? undefined : formatDuration(entry.duration_ms)],
      ['Error', entry.error],
      ['Exit code', entry.exit_code?.toString()],
      ['Device', deviceText(entry)],
      ['Analyst', entry.who],
      ['Key', entry.key_id],
      ['Profile', entry.profile],
      ['Organization', entry.organization],
      ['Run', entry.run],
      ['Session', entry.session_id],
      ['Commands of the API', entry.commands?.join(', ')],
      ['Changes sent', list(changes)],
      ['Put back', putBack === undefined ? undefined : `${utc(putBack)} UTC`],
      ["Service's clock", clockText(entry)],
      ...(entry.more ?? []),
      ['Line of the journal', [...started, ...(started.includes(entry) ? [] : [entry])].map(({ n }) => String(n)).join(', ')],
    ]),
    filesTable(entry),
    entry.result === undefined ? undefined : showResult(entry.result),
  )
}

function changeText({ change = '', at, undo, step }: Entry, { failed_steps: failed = [] }: Entry): string {
  const what = `${utc(at)} ${change}`
  if (step !== undefined && failed.includes(step)) return `${what}; failed`
  return undo === undefined ? what : `${what}; ${undoText(undo)}`
}

/** Says whether the state before a change was kept. */
function undoText({ possible, text }: NonNullable<Entry['undo']>): string {
  return possible ? `can be put back: ${text}` : `can't be put back: ${text}`
}

/** All that is known about a file. */
export function fileDetail(file: CaseFileRow): HTMLElement {
  return el(
    'div',
    { class: 'inner' },
    facts([
      ['Path', file.path],
      ['Device', deviceText(file.item.entry)],
      ['In the case', file.file],
      ['On this machine', file.local_path],
      ['Size', file.size === undefined ? undefined : `${formatSize(file.size)} (${file.size.toLocaleString('en-GB')} bytes)`],
      ['SHA-256', file.sha256],
      ...(file.facts ?? []),
      ['Command', `${utc(file.item.at)} ${file.item.title}`],
      ['Analyst', file.item.who],
    ]),
  )
}

function deviceText({ device, device_id: id, os }: Entry): string | undefined {
  return device === undefined
    ? undefined
    : [device, id === undefined || String(id) === device ? undefined : `id ${id}`, os].filter(part => part !== undefined).join(', ')
}

function clockText({ service_time: time, clock_difference_ms: difference }: Entry): string | undefined {
  const told = time === undefined ? [] : [`${utc(time)} UTC`]
  if (difference === 0) told.push('as here')
  else if (difference !== undefined)
    told.push(`${formatDuration(Math.abs(difference))} ${difference > 0 ? 'ahead of' : 'behind'} the analyst's`)
  return told.length === 0 ? undefined : told.join(', ')
}

function list(texts: readonly string[]): Child {
  return texts.length === 0 ? undefined : el('ul', {}, ...texts.map(text => el('li', {}, data(text))))
}

function filesTable({ files, files_in_all: all }: Entry): Child {
  if (files === undefined) return undefined
  const rows = files.slice(0, MOST_FILES).map(fileRow)
  const left = (all ?? files.length) - rows.length
  const head = el('tr', {}, ...['Path', 'Size', 'SHA-256', 'In the case'].map(title => el('th', { scope: 'col' }, title)))
  const table = el('table', {}, el('caption', {}, 'Files'), el('thead', {}, head), el('tbody', {}, ...rows))
  const note = left > 0 ? el('p', { class: 'note cut' }, `${left.toLocaleString('en-GB')} further files`) : undefined
  return el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Files of the command' }, table, note)
}

function fileRow({ path, size, sha256, file, local_path: local }: EntryFile): HTMLElement {
  return el(
    'tr',
    {},
    el('td', {}, data(path)),
    el('td', {}, size === undefined ? '' : formatSize(size)),
    el('td', { class: 'hash' }, sha256 ?? ''),
    el('td', {}, data(file ?? local ?? '')),
  )
}
