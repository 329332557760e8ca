import { longDate } from './members.ts'
import { HASHTABLE, object, PsObject, ScriptBlock, text, type Value } from './values.ts'
import { VIEWS, type Column, type View } from './views.ts'

/** How wide Windows PowerShell believes its output to be when nobody looks at it. */
const WIDTH = 120
/** As many properties as this are a table, more are a list. */
const TABLE_PROPERTIES = 4

/** What `Format-Table` and `Format-List` make: text that goes through the rest of the pipeline as it is. */
export const FORMATTED = 'Microsoft.PowerShell.Commands.Internal.Format.FormatData'

/** Values as PowerShell shows them at the end of a pipeline. */
export function formatAll(values: readonly Value[]): string {
  let said = ''
  for (let at = 0; at < values.length;) {
    const value = values[at]
    if (!(value instanceof PsObject) || (value.text !== undefined && VIEWS[value.type] === undefined)) {
      said += plain(value ?? null)
      at += 1
      continue
    }
    const end = endOfRun(values, at, value.type)
    said += formatObjects(values.slice(at, end) as PsObject[])
    at = end
  }
  return said
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

/** Files and directories stand in one table. */
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

/** A property as a column; numbers stand on the right. */
export function columnOf(name: string): Column {
  return { title: name, show: item => text(item.get(name)) }
}

/** @param titles whether its columns are named */
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

/** A property a line. @param names which; undefined: all that each has */
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
