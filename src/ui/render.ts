import { inMemory } from '../core/bounded.ts'
import { asCbcError, CbcError, EXIT_CODES } from '../core/errors.ts'
import { isJson, type Format } from '../core/format.ts'
import type { Output } from '../core/ports.ts'
import type { Column, Drawn, Result, Row, Totals } from '../core/result.ts'
import { cell } from './cells.ts'
import { title } from './column-text.ts'
import type { Look } from './forms.ts'
import { selectColumns, selectFields, type NameCheck } from './select-columns.ts'
import { csvCells, csvLine } from './csv.ts'
import { errorJson, errorLines } from './errors.ts'
import { escapeJson, escapeLine, escapeText } from './escape.ts'
import { bufferOutput, flushingFirst } from './buffered-output.ts'

export interface RenderOptions extends Look {
  /** Absent: a table on a terminal, tab-separated columns elsewhere, bytes as they are. */
  format?: Format
  /** Fields to show, in this order, instead of the result's own columns; with JSON, instead of the whole object. */
  columns?: string[]
  /** All possible fields, if `columns` was checked against them already: a field that a row lacks is empty. */
  known?: readonly string[]
  /** The result describes a change that was made: an unknown name in `columns` is only reported, where otherwise it is an error. */
  changed?: boolean
  /** Write a list as JSON row by row, in constant memory: a file can be read once it is complete. */
  streamed?: boolean
  /** Write nothing besides the result and errors: not even that a list is incomplete. */
  quiet?: boolean
  /** Make a table as wide as it needs to be, with all columns in full. */
  wide?: boolean
  /** Leave out the line with the headings. */
  headless?: boolean
  stdout: Output
  stderr: Output
}

type Kind<K extends Result['kind']> = Extract<Result, { kind: K }>

/** The options as they are passed through the renderer. */
interface Rendering extends RenderOptions, NameCheck {}

/**
 * Writes a result to the streams. Every command's result goes through here.
 * @returns exit code: 0, 7 if items failed, or that of a remote program
 * @throws CbcError usage: --columns names an unknown field
 */
export async function render(result: Result, options: RenderOptions): Promise<number> {
  const stdout = bufferOutput(options.stdout)
  const stderr = flushingFirst(stdout, options.stderr)
  const missing = new Set<string>()
  try {
    const code = await renderKind(result, { ...options, stdout, stderr, ...(options.changed ? { missing } : {}) })
    await stdout.flush()
    for (const name of missing) await stderr.write(`cbc: ${escapeLine(`--columns: there is no "${name}"`)}\n`)
    if (result.kind === 'list') {
      await writeTotals(result.totals?.(), { ...options, stderr })
      result.done?.()
    }
    return code
  } finally {
    await stdout.flush()
  }
}

/** Reports that a list is incomplete: as a line for people, or as an object if JSON was asked for. */
export async function writeTotals(
  totals: Totals | undefined,
  { format, quiet, stderr }: Pick<RenderOptions, 'format' | 'quiet' | 'stderr'>,
): Promise<void> {
  if (quiet || totals === undefined || totals.shown >= totals.num_found) return
  const { hint, ...counts } = totals
  const message = `${grouped(counts.shown)} of ${grouped(counts.num_found)}${hint === undefined ? '' : `; ${hint}`}`
  await stderr.write(isJson(format) ? json({ totals: { ...counts, message } }, false) : `cbc: ${escapeLine(message)}\n`)
}

/** Formats a number with its thousands separated: `1,234`. */
function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

async function renderKind(result: Result, options: Rendering): Promise<number> {
  switch (result.kind) {
    case 'bytes':
      return await renderBytes(result, options)
    case 'list':
      return await renderList(result, options)
    case 'object':
      return await renderObject(result, options)
  }
}

async function renderObject({ failed = [], ...whole }: Kind<'object'>, given: Rendering): Promise<number> {
  const format = given.format ?? whole.format
  const options = format === undefined ? given : { ...given, format }
  if (failed.length === 0) return await renderWhole(whole, options)
  const asJson = isJson(options.format)
  await renderWhole(asJson ? { ...whole, value: { ...whole.value, errors: failed } } : whole, options)
  if (!asJson) for (const { error } of failed) await options.stderr.write(errorLines(asCbcError(error), options.stderr.color))
  return EXIT_CODES.partial
}

async function renderWhole({ value, rows, columns: own, drawn }: Kind<'object'>, options: Rendering): Promise<number> {
  const { format, columns: wanted, stdout } = options
  if (isJson(format)) {
    await stdout.write(
      json(wanted === undefined ? value : selectFields(wanted, own, value, options), format === 'json' && stdout.isTerminal),
    )
    return 0
  }
  if (drawn !== undefined && wanted === undefined && isTable(options)) {
    await writeDrawn([value], drawn, stdout)
    return 0
  }
  if (rows !== undefined) return await renderList({ kind: 'list', rows, columns: own }, options)
  const columns = selectColumns(wanted, own, [value], options)
  if (isTable(options)) {
    const [{ drawObject }, { theme }] = await Promise.all([import('./table.ts'), import('./theme.ts')])
    await stdout.write(drawObject(value, columns, { ...options, width: widthFor(options), theme: theme(stdout.color) }))
    return 0
  }
  const plain = columns.filter(isPlain)
  if (format === 'csv')
    await stdout.write(
      (options.headless ? '' : csvLine(plain.map(column => column.key))) + csvLine(csvCells(value, plain, stdout.isTerminal)),
    )
  else await stdout.write(plain.map(column => `${options.headless ? '' : `${title(column)}\t`}${cell(value, column, options)}\n`).join(''))
  return 0
}

async function renderList(result: Kind<'list'>, given: Rendering): Promise<number> {
  const format = given.format ?? result.format
  const options = format === undefined ? given : { ...given, format }
  const { stdout } = options
  const asJson = isJson(format)
  const drawn =
    asJson || format === 'csv' || options.columns !== undefined || (result.drawn?.terminal && !isTable(options)) ? undefined : result.drawn
  const flat = asJson || drawn !== undefined ? undefined : result.flat
  const items = new CountedRows(flat === undefined ? result.rows : flattened(result.rows, flat), asJson ? undefined : options.stderr)
  if (asJson) await writeJson(items, result, options)
  else if (drawn !== undefined) await writeDrawn(items, drawn, stdout)
  else if (isTable(options)) {
    const rows: Row[] = []
    for await (const row of items) rows.push(row)
    if (rows.length > 0) {
      const [{ drawTable }, { layOutColumns }, { theme }] = await Promise.all([
        import('./table.ts'),
        import('./column-layout.ts'),
        import('./theme.ts'),
      ])
      const columns = selectColumns(options.columns, result.columns, rows, options)
      const width = widthFor(options)
      const layout = layOutColumns(rows, columns, width, options)
      for (const piece of drawTable(rows, layout, { ...options, width, theme: theme(stdout.color) })) await stdout.write(piece)
      if (layout.leftOut.length > 0 && !options.quiet)
        await options.stderr.write(`not shown: ${layout.leftOut.map(title).join(', ')} (-w shows all)\n`)
    }
  } else await writeLines(items, result.columns, options)
  if (items.isEmpty && result.none !== undefined && stdout.isTerminal && !asJson && format !== 'csv')
    await options.stderr.write(`${escapeLine(result.none)}\n`)
  await items.sumUp()
  return items.exitCode
}

async function* flattened(rows: Kind<'list'>['rows'], flat: (row: Row) => Row[]): AsyncGenerator<Row> {
  for await (const row of rows) yield* hasFailed(row) ? [row] : flat(row)
}

/** Writes the lines of each row as soon as it is there. */
async function writeDrawn(items: Iterable<Row> | AsyncIterable<Row>, { heading, line }: Drawn, stdout: Output): Promise<void> {
  let above = heading === undefined ? '' : `${escapeLine(heading)}\n`
  for await (const row of items) {
    await stdout.write(
      above +
        [line(row)]
          .flat()
          .map(text => `${escapeLine(text)}\n`)
          .join(''),
    )
    above = ''
  }
  if (above !== '') await stdout.write(above)
}

/** Writes an array or, with ndjson, one line for each row as soon as it is there. */
async function writeJson(items: CountedRows, { json: own, columns }: Kind<'list'>, options: Rendering): Promise<void> {
  const { format, columns: wanted, streamed, stdout } = options
  const shape = (row: Row) => {
    if (wanted !== undefined && !hasFailed(row)) return selectFields(wanted, columns, row, options)
    return own === undefined ? row : own(row)
  }
  if (format === 'ndjson') {
    for await (const row of items) await stdout.write(json(shape(row), false))
    return
  }
  if (streamed) {
    let lead = '['
    for await (const row of items) {
      await stdout.write(lead + json(shape(row), false).trimEnd())
      lead = ',\n'
    }
    return await stdout.write(lead === '[' ? '[]\n' : ']\n')
  }
  const all: unknown[] = []
  for await (const row of items) all.push(shape(row))
  await stdout.write(json(all, stdout.isTerminal))
}

/** Writes CSV or tab-separated cells: one line for each row as soon as it is there. The heading is written even without rows. */
async function writeLines(items: CountedRows, own: Column[], options: Rendering): Promise<void> {
  const { format, columns: wanted, stdout } = options
  const plain = own.filter(isPlain)
  const heading = (columns: Column[]) =>
    options.headless ? '' : format === 'csv' ? csvLine(columns.map(column => column.key)) : `${columns.map(title).join('\t')}\n`
  const line = (row: Row, columns: Column[]) =>
    format === 'csv'
      ? csvLine(csvCells(row, columns, stdout.isTerminal))
      : `${columns.map(column => cell(row, column, options)).join('\t')}\n`
  let columns: Column[] | undefined
  for await (const row of items) {
    if (columns === undefined) {
      columns = selectColumns(wanted, plain, [row], options)
      await stdout.write(heading(columns))
    }
    await stdout.write(line(row, columns))
  }
  if (columns === undefined) await stdout.write(heading(selectColumns(wanted, plain, [])))
}

async function renderBytes(result: Kind<'bytes'>, options: Rendering): Promise<number> {
  const { format, columns: wanted, stdout } = options
  if (result.object !== undefined && isJson(format)) {
    const value = await result.object(await inMemory(result.bytes))
    await stdout.write(
      json(wanted === undefined ? value : selectFields(wanted, [], value, options), format === 'json' && stdout.isTerminal),
    )
    return 0
  }
  if (result.text !== undefined) for await (const text of result.text(result.bytes)) await stdout.write(escapeText(text))
  else if (stdout.isTerminal)
    await showText((result.decode ?? (await import('../core/text/program-output.ts')).decodeOutput)(result.bytes), stdout)
  else for await (const part of result.bytes) await stdout.write(part)
  return result.exitCode ?? 0
}

/** Writes text for a person: escaped, and ended with a line end. */
async function showText(texts: AsyncIterable<string>, stdout: Output): Promise<void> {
  let last = '\n'
  // CRLF can be split across two chunks: the CR waits for the next chunk.
  let held = ''
  const show = async (text: string) => {
    held = text.endsWith('\r') ? '\r' : ''
    const shown = escapeText(held === '' ? text : text.slice(0, -1))
    if (shown === '') return
    last = shown
    await stdout.write(shown)
  }
  for await (const text of texts) await show(held + text)
  if (held !== '') await stdout.write(escapeText((last = held)))
  if (!last.endsWith('\n')) await stdout.write('\n')
}

function isTable({ format, stdout }: Rendering): boolean {
  return format === 'table' || (format === undefined && stdout.isTerminal)
}

/** Returns how wide a table may be, characters. */
function widthFor({ stdout, wide }: Rendering): number {
  return stdout.isTerminal && !wide ? stdout.columns() : Infinity
}

/** Whether a column is shown everywhere, also in lines of cells. */
function isPlain({ only }: Column): boolean {
  return only === undefined
}

function json(value: unknown, indent: boolean): string {
  return `${escapeJson(JSON.stringify(value, (_key, item: unknown) => (item instanceof Error ? errorJson(asCbcError(item)) : item), indent ? 2 : undefined))}\n`
}

function hasFailed(row: Row): row is Row & { error: Error } {
  return row['error'] instanceof Error
}

/** The rows of a list. Failed items are counted; if `stderr` is given, their errors are written there and they are left out. */
class CountedRows implements AsyncIterable<Row> {
  readonly #rows: Iterable<Row> | AsyncIterable<Row>
  readonly #stderr: Output | undefined
  #all = 0
  #failed = 0

  constructor(rows: Iterable<Row> | AsyncIterable<Row>, stderr?: Output) {
    this.#rows = rows
    this.#stderr = stderr
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row> {
    for await (const row of this.#rows) {
      this.#all += 1
      if (!hasFailed(row)) {
        yield row
        continue
      }
      this.#failed += 1
      if (this.#stderr === undefined) yield row
      else await this.#stderr.write(errorLines(asCbcError(row.error), this.#stderr.color))
    }
  }

  /** Reports how many failed, once all have been read. */
  async sumUp(): Promise<void> {
    if (this.#failed === 0 || this.#all === 1) return
    await this.#stderr?.write(errorLines(new CbcError('partial', `${this.#failed} of ${this.#all} failed`), this.#stderr.color))
  }

  /** Whether there were no items, not even failed ones, once all have been read. */
  get isEmpty(): boolean {
    return this.#all === 0
  }

  /** The exit code, once all have been read. */
  get exitCode(): number {
    return this.#failed > 0 ? EXIT_CODES.partial : 0
  }
}
