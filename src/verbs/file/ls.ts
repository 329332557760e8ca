import { usage } from '../../core/errors.ts'
import { list as listResult, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { list } from '../../remote/files.ts'
import type { Entry } from '../../remote/normalize.ts'
import { ENTRY, ENTRY_LONG, PATH } from '../columns.ts'
import { any, defineVerb, flag, value } from '../define.ts'
import { each } from '../items.ts'

const ORDERS = ['name', 'size', 'time'] as const
type Order = (typeof ORDERS)[number]

export const ls = defineVerb({
  name: 'ls',
  summary: 'list a directory, a file, or what a pattern matches',
  details: 'Without a path it lists the remote directory. * and ? match in the last part of a path.',
  examples: [
    { line: 'ls', does: 'the remote directory' },
    { line: 'ls C:\\Users', does: 'a directory' },
    { line: 'ls C:\\Windows\\*.exe --sort size -r', does: 'what a pattern matches, the largest last' },
    { line: 'ls -l "C:\\Program Files"', does: 'all columns of a path with a blank in it' },
  ],
  effect: 'read',
  needs: ['directory list'],
  arguments: { path: any('remote-path', 'directories, files or patterns') },
  options: {
    long: flag('-l, --long', 'all columns'),
    all: flag('-a, --all', 'with . and ..'),
    sort: value('--sort <order>', 'by name, size or time', { parse: parseOrder }),
    reverse: flag('-r, --reverse', 'the other way round'),
  },
  async run({ path, long, all, sort, reverse }, { session, directory, signal }) {
    const places = (path.length > 0 ? path : ['.']).map(typed => session.paths.resolve(directory, typed))
    const rows = each(places, place => ({ path: place }), async place => order(await list(session, place, all, { signal }), sort ?? 'name', reverse))
    // The listing of a single place is known before a row is shown, so that its failure is all there is to see.
    const ready = places.length > 1 ? rows : await collect(rows)
    return listResult(ready, long ? ENTRY_LONG : places.length > 1 ? [...ENTRY.slice(0, -1), PATH] : ENTRY)
  },
})

function parseOrder(text: string): Order {
  const order = ORDERS.find(name => name === text)
  if (order === undefined) throw usage(`--sort: "${text}" is no order`, `use ${ORDERS.join(', ')}`)
  return order
}

function order(entries: Entry[], by: Order, reverse: boolean): Row[] {
  const key = (item: Entry) => (by === 'size' ? item.size : parseTime(item['last_write_time']) ?? 0)
  const sorted = [...entries].sort((a, b) => (by === 'name' ? 0 : key(a) - key(b)) || a.filename.toLowerCase().localeCompare(b.filename.toLowerCase(), 'en'))
  return reverse ? sorted.reverse() : sorted
}

async function collect(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}
