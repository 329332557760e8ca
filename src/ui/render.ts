import { inMemory } from '../core/bounded.ts'
import { asCbcError, CbcError, EXIT_CODES } from '../core/errors.ts'
import { isJson, type Format } from '../core/format.ts'
import type { Output } from '../core/ports.ts'
import type { Drawn, Result, Row, Totals } from '../core/result.ts'
import { bufferOutput, flushingFirst, writeEach } from './buffered-output.ts'
import { errorDocument, errorLines } from './errors.ts'
import { escapeLine, escapeText } from './escape.ts'
import { jsonLine } from './json.ts'
import { message } from './message.ts'
import { rendererFor } from './renderers/index.ts'
import { hasFailed } from './renderers/json-shape.ts'
import { type Batches, type Renderer, type Rendering, type RenderOptions, widthFor } from './renderers/renderer.ts'

type Kind<K extends Result['kind']> = Extract<Result, { kind: K }>

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
    for (const name of missing) await stderr.write(message(`cbc: --columns: there is no "${name}"`, stderr))
    if (result.kind === 'list') {
      await writeTotals(result.totals?.(), { ...options, stderr })
      result.done?.()
    }
    if (result.kind === 'object') await result.done?.()
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
  const text = `${grouped(counts.shown)} of ${grouped(counts.num_found)}${hint === undefined ? '' : `; ${hint}`}`
  await stderr.write(isJson(format) ? jsonLine({ totals: { ...counts, message: text } }) : message(`cbc: ${text}`, stderr))
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

async function renderObject({ failed = [], exitCode, ...whole }: Kind<'object'>, given: Rendering): Promise<number> {
  const options = withFormat(given, whole.format)
  const renderer = await rendererFor(options)
  if (failed.length === 0) {
    const code = await renderWhole(whole, renderer, options)
    return exitCode ?? code
  }
  await renderWhole(renderer.isJson ? { ...whole, value: { ...whole.value, errors: failed } } : whole, renderer, options)
  if (renderer.isJson) await reportPartial(`${failed.length} failed`, options)
  else for (const { error } of failed) await options.stderr.write(await errorLines(asCbcError(error), options.stderr))
  return EXIT_CODES.partial
}

/** With JSON the errors of items are in the result. stderr has that of the whole, as for every other failure. */
async function reportPartial(text: string | undefined, { partial, stderr }: Rendering): Promise<void> {
  if (text === undefined) return
  const error = new CbcError('partial', text, { hint: 'the result has the error of each' })
  if (partial === undefined) await stderr.write(errorDocument(error))
  else partial(error)
}

async function renderWhole({ value, rows, columns, drawn, text }: Kind<'object'>, renderer: Renderer, options: Rendering): Promise<number> {
  const { stdout } = options
  if (text !== undefined && options.format === undefined && options.columns === undefined)
    await stdout.write(stdout.isTerminal ? escapeText(text) : text)
  else if (drawn !== undefined && options.columns === undefined && renderer.drawings === 'all') await writeDrawn([[value]], drawn, options)
  else if (rows !== undefined && !renderer.isJson) return await renderList({ kind: 'list', rows, columns }, options)
  else await renderer.writeObject(value, columns, options)
  return 0
}

async function renderList(result: Kind<'list'>, given: Rendering): Promise<number> {
  const options = withFormat(given, result.format)
  const { stdout, stderr } = options
  const renderer = await rendererFor(options)
  const drawn = options.columns === undefined && showsDrawing(renderer, result.drawn) ? result.drawn : undefined
  const flat = renderer.isJson || drawn !== undefined ? undefined : result.flat
  const items = new CountedRows(flat === undefined ? result.rows : flattened(result.rows, flat), renderer.isJson ? undefined : stderr)
  if (drawn === undefined) await renderer.writeList(items, result, options)
  else await writeDrawn(items, drawn, options)
  if (items.isEmpty && result.none !== undefined && stdout.isTerminal && renderer.drawings !== 'none')
    await stderr.write(message(result.none, stderr))
  await items.sumUp()
  const failures = result.failures?.().length ?? 0
  if (renderer.isJson) await reportPartial(items.text ?? (failures > 0 ? `${failures} failed` : undefined), options)
  return result.exitCode?.() ?? (failures > 0 ? EXIT_CODES.partial : items.exitCode)
}

/** The format that was asked for, else that of the result. */
function withFormat(options: Rendering, format: Format | undefined): Rendering {
  return options.format === undefined && format !== undefined ? { ...options, format } : options
}

function showsDrawing({ drawings }: Renderer, drawn: Drawn | undefined): boolean {
  return drawings === 'all' || (drawings === 'plain' && drawn?.terminal !== true)
}

async function* flattened(rows: Kind<'list'>['rows'], flat: (row: Row) => Row[]): AsyncGenerator<Row> {
  for await (const row of rows) yield* hasFailed(row) ? [row] : flat(row)
}

/** Writes the lines of each row as soon as it is there. */
async function writeDrawn(
  batches: Iterable<readonly Row[]> | Batches,
  { heading, line, mark, beneath }: Drawn,
  options: Rendering,
): Promise<void> {
  const { stdout } = options
  const signOf = mark === undefined ? () => '' : await paintedSigns(mark, stdout)
  const drawPart = beneath === undefined ? undefined : (await import('./part.ts')).drawPart
  const width = widthFor(options)
  let above = heading === undefined ? '' : `${escapeLine(heading)}\n`
  const drawing = (row: Row) => {
    const lines = [line(row, width)].flat().map(text => `${escapeLine(text)}\n`)
    const part = beneath?.(row)
    const below = part === undefined ? '' : (drawPart?.(part, width, options) ?? '')
    const text = above + signOf(row) + lines.join('') + below
    above = ''
    return text
  }
  for await (const rows of batches) await writeEach(stdout, rows, drawing)
  if (above !== '') await stdout.write(above)
}

/** Returns the sign in front of a row's lines, in its colour where there are colours. */
async function paintedSigns(mark: NonNullable<Drawn['mark']>, { color }: Output): Promise<(row: Row) => string> {
  const [{ theme }, { SIGNS }] = await Promise.all([import('./theme.ts'), import('./signs.ts')])
  const paint = theme(color)
  return row => `${paint[mark(row)](SIGNS[mark(row)])} `
}

async function renderBytes(result: Kind<'bytes'>, options: Rendering): Promise<number> {
  const { format, stdout } = options
  if (result.object !== undefined && isJson(format)) {
    const value = await result.object(await inMemory(result.bytes))
    await (await rendererFor(options)).writeObject(value, [], options)
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

/** The rows of a list, in batches. Failed items are counted; if `stderr` is given, their errors are written there and they are left out. */
class CountedRows implements Batches {
  readonly #rows: Iterable<Row> | AsyncIterable<Row>
  readonly #stderr: Output | undefined
  #all = 0
  #failed = 0

  constructor(rows: Iterable<Row> | AsyncIterable<Row>, stderr?: Output) {
    this.#rows = rows
    this.#stderr = stderr
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Row[]> {
    if (Array.isArray(this.#rows) && !this.#rows.some(hasFailed)) {
      this.#all = this.#rows.length
      if (this.#all > 0) yield this.#rows
      return
    }
    for await (const row of this.#rows) {
      this.#all += 1
      if (!hasFailed(row)) {
        yield [row]
        continue
      }
      this.#failed += 1
      if (this.#stderr === undefined) yield [row]
      else await this.#stderr.write(await errorLines(asCbcError(row.error), this.#stderr))
    }
  }

  /** Reports how many failed, once all have been read. */
  async sumUp(): Promise<void> {
    const told = this.text
    if (told !== undefined && this.#all > 1) await this.#stderr?.write(await errorLines(new CbcError('partial', told), this.#stderr))
  }

  /** How many failed, once all have been read; undefined: none. */
  get text(): string | undefined {
    return this.#failed === 0 ? undefined : `${this.#failed} of ${this.#all} failed`
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
