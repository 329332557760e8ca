import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list as listResult, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { matching } from '../../remote/expand.ts'
import { list, stat } from '../../remote/files.ts'
import { locate } from '../../remote/locate.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { byName, walk, type WalkOptions } from '../../remote/walk.ts'
import { ENTRY, ENTRY_LONG, ENTRY_PATH } from '../columns.ts'
import { any, defineVerb, flag, value, type Context } from '../define.ts'
import { each } from '../items.ts'
import { bodyLine } from './bodyfile.ts'

const ORDERS = ['name', 'size', 'time'] as const
/** Of a directory with nothing in it. */
const NONE = 'nothing there'
type Order = (typeof ORDERS)[number]
type Compare = (a: Entry, b: Entry) => number

export const ls = defineVerb({
  name: 'ls',
  summary: 'list a directory, a file, or what a pattern matches',
  details:
    "Without a path it lists the remote directory. * and ? match in any part of a path. With -R links are not followed, and what can't be read is told of " +
    "and passed over; --bodyfile writes it in the format of the Sleuth Kit's body files (version 3), for mactime and other timelines.",
  examples: [
    { line: 'ls', does: 'the remote directory' },
    { line: 'ls C:\\Users', does: 'a directory' },
    { line: 'ls -lt C:\\Windows\\Temp', does: 'all columns, the newest first' },
    { line: 'ls C:\\Windows\\*.exe --sort size -r', does: 'what a pattern matches, the largest first' },
    { line: 'ls -l "C:\\Program Files"', does: 'all columns of a path with a blank in it' },
    { line: 'ls -R C:\\Users\\Public --sort time', does: 'a directory and all below it' },
    { line: 'ls -R --bodyfile C:\\Users\\Public', does: 'the same, for a timeline' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  arguments: { path: any('remote-path', 'directories, files or patterns') },
  options: {
    long: flag('-l, --long', 'all columns'),
    all: flag('-a, --all', 'with . and ..'),
    recursive: flag('-R, --recursive', 'with all below'),
    sort: value('--sort <order>', 'by name, size or time', { parse: parseOrder, choices: ORDERS }),
    byTime: flag('-t', 'the newest first'),
    bySize: flag('-S', 'the largest first'),
    reverse: flag('-r, --reverse', 'the other way round'),
    names: flag('-1, --names', 'names alone, one a line; with -R whole paths'),
    bodyfile: flag('--bodyfile', 'as a body file of the Sleuth Kit; with -R'),
  },
  clustered: { h: '--human' },
  // Hidden entries are listed anyway, as with /a; how numbers and columns look is for the table to say.
  cmdSwitches: {
    '/s': { recursive: true },
    '/b': { names: true },
    '/a': {},
    '/x': { long: true },
    '/tc': { long: true },
    '/ta': { long: true },
    '/w': {},
    '/d': {},
    '/n': {},
    '/c': {},
    '/-c': {},
    '/4': {},
    '/t': {},
    '/tw': {},
    '/o': { sort: 'name' },
    '/on': { sort: 'name' },
    '/og': { sort: 'name' },
    '/ogn': { sort: 'name' },
    '/os': { sort: 'size' },
    '/od': { sort: 'time' },
    '/o-n': { sort: 'name', reverse: true },
    '/o-s': { sort: 'size', reverse: true },
    '/o-d': { sort: 'time', reverse: true },
    '/ad': 'directories alone: find --type d',
    '/a-d': 'files alone: find --type f',
    '/p': 'page by page: ls --pager',
    '/l': 'names come as they are',
    '/q': 'owners are not listed',
    '/ah': 'ls shows attributes: what is hidden has HIDDEN there',
    '/r': 'streams are not listed; `cat FILE:STREAM` reads one',
  },
  check({ all, recursive, bodyfile, names, long, sort, byTime, bySize }) {
    if (bodyfile && !recursive) throw usage('ls: --bodyfile goes with -R')
    if (all && recursive) throw usage('ls: -a and -R exclude each other')
    if (names && (bodyfile || long)) throw usage(`ls: --names and ${bodyfile ? '--bodyfile' : '--long'} exclude each other`)
    if ([sort !== undefined, byTime, bySize].filter(Boolean).length > 1) throw usage('ls: --sort, -t and -S exclude each other')
  },
  async run({ path, long, all, recursive, sort: by, byTime, bySize, reverse: backwards, bodyfile, names }, context) {
    const { session, directory, signal } = context
    const sort = byTime ? 'time' : bySize ? 'size' : by
    // As in other systems these two begin with the newest and the largest.
    const reverse = byTime || bySize ? !backwards : backwards
    const places = await Promise.all((path.length > 0 ? path : ['.']).map(typed => locate(session, directory, typed, context)))
    const compare = order(sort ?? 'name', reverse)
    const several = places.length > 1 || recursive
    // A name alone doesn't say which of the directories that fit it is in.
    const across = places.some(place => session.paths.isPattern(session.paths.parent(place)))
    const columns = long ? ENTRY_LONG : several || across ? ENTRY_PATH : ENTRY
    if (recursive) {
      const result = listResult(below(places, compare, context), columns, NONE)
      if (names) return { ...result, drawn: { line: row => String(row['path']) } }
      return bodyfile ? { ...result, drawn: { line: row => bodyLine(row, session.paths.windows) } } : result
    }
    const rows = each(
      places,
      place => ({ path: place }),
      async place =>
        (session.paths.isPattern(place) ? await matching(session, place, { signal }) : await list(session, place, all, { signal })).sort(
          compare,
        ),
    )
    // The listing of a single place is known before a row is shown, so that its failure is all there is to see.
    const result = listResult(several ? rows : await collect(rows), columns, NONE)
    return names ? { ...result, drawn: { line: row => String(row[across ? 'path' : 'filename']) } } : result
  },
})

function parseOrder(text: string): Order {
  const found = ORDERS.find(name => name === text)
  if (found === undefined) throw usage(`--sort: "${text}" is no order`, `use ${ORDERS.join(', ')}`)
  return found
}

function order(by: Order, reverse: boolean): Compare {
  const key = (item: Entry) => (by === 'size' ? (item.size ?? -1) : (parseTime(item['last_write_time']) ?? 0))
  const compare: Compare = (a, b) => (by === 'name' ? 0 : key(a) - key(b)) || byName(a, b)
  return reverse ? (a, b) => compare(b, a) : compare
}

/**
 * Directory by directory; a file is itself, and of a pattern what it matches comes first. Of several places, one that fails doesn't stop
 * the others.
 */
async function* below(places: string[], compare: Compare, { session, signal }: Context): AsyncGenerator<Row> {
  for (const place of places) {
    try {
      if (session.paths.isPattern(place)) {
        const found = (await matching(session, place, { signal })).sort(compare)
        yield* found
        for (const entry of found)
          if (isDirectory(entry) && entry.error === undefined) yield* walked(entry.path, { compare, entry }, session, signal)
        continue
      }
      const isFile = !session.paths.isRoot(session.paths.bare(place)) && !isDirectory(await stat(session, place, { signal }))
      yield* isFile ? await list(session, place, false, { signal }) : walked(place, { compare }, session, signal)
    } catch (error) {
      if (places.length === 1 || !(error instanceof CbcError) || error.code === 'interrupted') throw error
      yield { path: place, error }
    }
  }
}

async function* walked(place: string, options: WalkOptions, session: Context['session'], signal: AbortSignal): AsyncGenerator<Row> {
  for await (const { path, entries, error } of walk(session, place, options, { signal })) {
    if (error !== undefined) yield { path, error }
    yield* entries
  }
}

async function collect(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}
