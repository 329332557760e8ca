/** Real SQLite databases of minimal size, in which browsers and systems keep what happened: one page for the schema, and one for each table. */

const PAGE = 4096
/** Chrome counts microseconds since 1601. */
const CHROME_EPOCH_MS = 11_644_473_600_000

type Value = string | number | null

/** A table: its columns as in SQL, and its rows, which must fit on one page. A column that is the row's number is null in them. */
export interface Table {
  name: string
  columns: string
  rows: readonly (readonly Value[])[]
}

/** Makes a database with some tables. */
export function database(tables: readonly Table[]): Uint8Array {
  const schema = tables.map(({ name, columns }, at) => cell(at + 1, ['table', name, name, at + 2, `CREATE TABLE ${name}(${columns})`]))
  const first = leaf(schema, HEADER_BYTES)
  header(tables.length + 1).copy(first)
  return Buffer.concat([
    first,
    ...tables.map(({ rows }) =>
      leaf(
        rows.map((row, at) => cell(at + 1, row)),
        0,
      ),
    ),
  ])
}

/** Makes Chrome's `History` with the table `urls`. @param visits must fit on one page; `at` is in epoch milliseconds */
export function historyDatabase(visits: readonly { url: string; title: string; at: number }[]): Uint8Array {
  const columns =
    'id INTEGER PRIMARY KEY,url LONGVARCHAR,title LONGVARCHAR,visit_count INTEGER,typed_count INTEGER,last_visit_time INTEGER,hidden INTEGER'
  const rows = visits.map(({ url, title, at }) => [null, url, title, 1, 0, (at + CHROME_EPOCH_MS) * 1000, 0])
  return database([{ name: 'urls', columns, rows }])
}

const HEADER_BYTES = 100

function header(pages: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.write('SQLite format 3\0', 'latin1')
  bytes.writeUInt16BE(PAGE, 16)
  bytes.set([1, 1, 0, 64, 32, 32], 18)
  bytes.writeUInt32BE(1, 24)
  bytes.writeUInt32BE(pages, 28)
  bytes.writeUInt32BE(1, 40)
  bytes.writeUInt32BE(4, 44)
  bytes.writeUInt32BE(1, 56)
  bytes.writeUInt32BE(1, 92)
  bytes.writeUInt32BE(3_046_000, 96)
  return bytes
}

/** Makes a leaf page of a table, with its header at `offset`. */
function leaf(cells: Buffer[], offset: number): Buffer {
  const page = Buffer.alloc(PAGE)
  let top = PAGE
  cells.forEach((bytes, at) => {
    top -= bytes.length
    bytes.copy(page, top)
    page.writeUInt16BE(top, offset + 8 + at * 2)
  })
  page[offset] = 13
  page.writeUInt16BE(cells.length, offset + 3)
  page.writeUInt16BE(top, offset + 5)
  return page
}

function cell(row: number, values: readonly Value[]): Buffer {
  const columns = values.map(column)
  const types = Buffer.concat(columns.map(({ type }) => varint(type)))
  const record = Buffer.concat([varint(types.length + 1), types, ...columns.map(({ bytes }) => bytes)])
  return Buffer.concat([varint(record.length), varint(row), record])
}

function column(value: Value): { type: number; bytes: Buffer } {
  if (value === null) return { type: 0, bytes: Buffer.alloc(0) }
  if (typeof value === 'string') return { type: 13 + 2 * Buffer.byteLength(value), bytes: Buffer.from(value) }
  const bytes = Buffer.alloc(8)
  if (Number.isInteger(value)) bytes.writeBigInt64BE(BigInt(value))
  else bytes.writeDoubleBE(value)
  return { type: Number.isInteger(value) ? 6 : 7, bytes }
}

function varint(value: number): Buffer {
  const bytes = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return Buffer.from(bytes)
}
