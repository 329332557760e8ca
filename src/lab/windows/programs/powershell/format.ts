import { longDate } from './members.ts'
import { HASHTABLE, object, PsObject, ScriptBlock, text, type Value } from './values.ts'
import { VIEWS, type Column, type View } from './views.ts'

/** The width of Windows PowerShell's output when it has no console. */
const WIDTH = 120
/** Objects with up to this many properties are shown as a table, others as a list. */
const TABLE_PROPERTIES = 4

/** The type of the output of `Format-Table` and `Format-List`: text that passes through the rest of the pipeline unchanged. */
export const FORMATTED = 'Microsoft.PowerShell.Commands.Internal.Format.FormatData'

/** Formats values as PowerShell does at the end of a pipeline. */
export function formatAll(values: readonly Value[]): string {
  let result = ''
  for (let at = 0; at < values.length;) {
    const value = values[at]
    if (!(value instanceof PsObject) || (value.text !== undefined && VIEWS[value.type] === undefined)) {
      result += plain(value ?? null)
      at += 1
      continue
    }
    const end = endOfRun(values, at, value.type)
    result += formatObjects(values.slice(at, end) as PsObject[])
    at = end
  }
  return result
}

function plain(value: Value): string {
  if (value === null) return ''
  if (value instanceof PsObject && value.type === FORMATTED) return value.text ?? ''
  if (value instanceof Date) return `\n${longDate(value)}\n\n`
  if (value instanceof ScriptBlock) return '\n'
  if (Array.isArray(value)) return formatAll(value)
  if (value instanceof Uint8Array) return [...value].map(byte => `${byte}\n`).join('')
  return `${text(value)}\n`
}

function endOfRun(values: readonly Value[], from: number, type: string): number {
  let end = from + 1
  for (; end < values.length; end++) {
    const next = values[end]
    if (!(next instanceof PsObject) || kindOf(next.type) !== kindOf(type)) break
  }
  return end
}

/** Files and directories share one table. */
const kindOf = (type: string) => type.replace(/^System\.IO\.\w+$/, 'System.IO')

function formatObjects(items: readonly PsObject[]): string {
  const [first] = items
  if (first === undefined) return ''
  if (first.type === HASHTABLE)
    return table(
      items.flatMap(one => one.names.map(name => object(HASHTABLE, { Name: name, Value: one.get(name) ?? null }))),
      VIEWS[HASHTABLE] ?? { columns: [] },
    )
  const view = VIEWS[first.type]
  if (view !== undefined) return table(items, view)
  return first.names.length <= TABLE_PROPERTIES ? table(items, { columns: first.names.map(columnOf) }) : list(items, undefined)
}

/** Makes a column from a property; numbers are aligned right. */
export function columnOf(name: string): Column {
  return { title: name, show: item => text(item.get(name)) }
}

/** Formats a table. @param titles whether it has column headings */
export function table(items: readonly PsObject[], { columns, group }: View, titles = true): string {
  if (items.length === 0) return ''
  const parts: { title: string | undefined; items: PsObject[] }[] = []
  for (const item of items) {
    const title = group?.(item)
    const last = parts[parts.length - 1]
    if (last !== undefined && last.title === title) last.items.push(item)
    else parts.push({ title, items: [item] })
  }
  return parts.map(part => `${part.title === undefined ? '' : `\n\n${part.title}\n\n`}${rows(part.items, columns, titles)}`).join('')
}

function rows(items: readonly PsObject[], columns: readonly Column[], titles: boolean): string {
  const cells = items.map(item => columns.map(({ show }) => show(item).replace(/\r?\n/g, ' ')))
  const numeric = columns.map(({ right, title }) => right === true || items.every(item => typeof item.get(title) === 'number'))
  const widths = columns.map(({ title }, at) => cells.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), title.length))
  const line = (row: readonly string[]) =>
    `${cut(row.map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join(' ')).trimEnd()}\n`
  const head = titles ? `\n${line(columns.map(({ title }) => title))}${line(columns.map(({ title }) => '-'.repeat(title.length)))}` : '\n'
  return `${head}${cells.map(line).join('')}\n`
}

function cut(line: string): string {
  const bare = line.trimEnd()
  return bare.length <= WIDTH ? bare : `${bare.slice(0, WIDTH - 3)}...`
}

/** Formats a list, one property per line. @param names the properties; undefined: all of each object */
export function list(items: readonly PsObject[], names: readonly string[] | undefined): string {
  return `\n\n${items
    .map(item => {
      const shown = names ?? item.names
      const width = shown.reduce((widest, name) => Math.max(widest, name.length), 0)
      return shown
        .map(name => `${name.padEnd(width)} : ${inList(item.get(name))}\n`.replaceAll('\n', `\n${' '.repeat(width + 3)}`).trimEnd())
        .join('\n')
    })
    .join('\n\n')}\n\n\n`
}

function inList(value: Value | undefined): string {
  return Array.isArray(value) ? `{${value.map(text).join(', ')}}` : text(value)
}
