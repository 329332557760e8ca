import { asCbcError } from '../../core/errors.ts'
import type { Output } from '../../core/ports.ts'
import type { Result, Row } from '../../core/result.ts'
import type { Settled } from '../../runs/engine.ts'
import { csvCells, csvLine } from '../../ui/csv.ts'
import { errorLines } from '../../ui/errors.ts'
import { escapeLine } from '../../ui/escape.ts'
import { JsonArrayText, jsonLine } from '../../ui/json.ts'
import { render } from '../../ui/render.ts'
import { jsonOf } from '../../ui/renderers/json-shape.ts'
import type { Rendering } from '../../ui/renderers/renderer.ts'
import { selectColumns } from '../../ui/select-columns.ts'
import type { AnyVerb, DeviceResult } from '../../verbs/define.ts'
import { NOWHERE } from './nowhere.ts'

/** Writes what came of each device, whole and as it comes. */
export interface DeviceLines {
  /** Returns a device's line: section 3 of the contract. */
  lineOf(settled: Settled): Promise<string>
  write(settled: Settled, line: string): Promise<void>
  /** Ends the output, once all devices were written. */
  end(): Promise<void>
}

/** Chooses the form in which devices are written. Without a format they are lines of JSON, on a terminal too, unless the verb has a form for people. */
export function deviceLines(options: Rendering, { across }: Pick<AnyVerb, 'across'>): DeviceLines {
  const lineOf = (settled: Settled) => jsonLineOf(settled, options)
  const isForPeople = options.format === 'table' || (options.format === undefined && options.stdout.isTerminal)
  if (typeof across === 'function' && isForPeople) return { lineOf, ...together(across, options) }
  const groups: DeviceLines = { lineOf, write: settled => writeGroup(settled, options), end: async () => {} }
  if (across === 'each' && isForPeople) return groups
  switch (options.format) {
    case 'json':
      return { lineOf, ...jsonArray(options.stdout) }
    case 'table':
      return groups
    case 'csv':
      return { lineOf, ...csvRows(options) }
    default:
      return { lineOf, write: (_, line) => options.stdout.write(line), end: async () => {} }
  }
}

/** A device's line. What can't be written as JSON is the device's failure, and nobody else's. */
async function jsonLineOf({ device, state, result, error, duration_ms }: Settled, options: Rendering): Promise<string> {
  const head = { device_id: device.id, device_name: device.name ?? null, ok: state === 'done' }
  try {
    const shown = result === undefined ? {} : { result: await jsonOf(result, { ...options, missing: new Set() }) }
    return jsonLine({ ...head, ...shown, ...(error === undefined ? {} : { error }), duration_ms })
  } catch (failure) {
    return jsonLine({ ...head, ok: false, error: asCbcError(failure), duration_ms })
  }
}

/** One array of all lines, in constant memory. */
function jsonArray(stdout: Output): Omit<DeviceLines, 'lineOf'> {
  const array = new JsonArrayText()
  return {
    write: (_, line) => stdout.write(array.item(line)),
    end: () => stdout.write(array.end()),
  }
}

/** A heading for the device, and below it what a table of its own would be. */
async function writeGroup({ device, result, error }: Settled, options: Rendering): Promise<void> {
  const { stdout } = options
  let text = `${escapeLine(`── ${device.name ?? 'device'} (${device.id})`)}\n`
  const collect: Output = {
    ...stdout,
    columns: () => stdout.columns(),
    async write(data) {
      text += typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
    },
  }
  if (result !== undefined) await render(result, { ...options, format: 'table', stdout: collect, stderr: collect })
  if (error !== undefined) text += await errorLines(error, stdout)
  await stdout.write(`${text}\n`)
}

/** What all devices come to, once all were heard. Failures go to stderr as they come. */
function together(across: Exclude<AnyVerb['across'], 'each' | undefined>, options: Rendering): Omit<DeviceLines, 'lineOf'> {
  const results: DeviceResult[] = []
  return {
    async write({ device, result, error }) {
      if (error !== undefined) await options.stderr.write(await errorLines(error, options.stderr))
      if (result !== undefined) results.push({ device, result })
    },
    end: async () => void (await render(across(results), options)),
  }
}

/** Rows of all devices below one heading. Failures go to stderr, as everywhere where there is no place for them. */
function csvRows(options: Rendering): Omit<DeviceLines, 'lineOf'> {
  const { stdout, stderr } = options
  let headed = options.headless === true
  return {
    async write({ device, result, error }) {
      if (error !== undefined) await stderr.write(await errorLines(error, stderr))
      if (result === undefined) return
      const rows = (await rowsOf(result)).map(row => ({ device_id: device.id, device_name: device.name ?? null, ...row }))
      const own = result.kind === 'bytes' ? Object.keys(rows[0] ?? {}).map(key => ({ key })) : result.columns
      const chosen = selectColumns(options.columns, own, rows, { ...options, missing: new Set() }).filter(
        ({ key, only }) => only === undefined && key !== 'device_id' && key !== 'device_name',
      )
      const columns = [{ key: 'device_id' }, { key: 'device_name' }, ...chosen]
      const heading = headed ? '' : csvLine(columns.map(({ key }) => key))
      headed = true
      await stdout.write(heading + rows.map(row => csvLine(csvCells(row, columns, stdout.isTerminal))).join(''))
    },
    end: async () => {},
  }
}

async function rowsOf(result: Result): Promise<Row[]> {
  if (result.kind === 'object') return [result.value]
  if (result.kind === 'bytes') return [(await jsonOf(result, { stdout: NOWHERE, stderr: NOWHERE })) as Row]
  const rows: Row[] = []
  for await (const row of result.rows)
    for (const flat of result.flat?.(row) ?? [row]) if (!(flat['error'] instanceof Error)) rows.push(flat)
  return rows
}
