import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list as listResult, type Row } from '../../core/result.ts'
import { parseTime } from '../../core/time.ts'
import { matching } from '../../remote/expand.ts'
import { list, stat } from '../../remote/files.ts'
import { locate } from '../../remote/locate.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { byName, walk, type WalkOptions } from '../../remote/walk.ts'
import { ENTRY, ENTRY_IDENTITY, ENTRY_LONG, ENTRY_PATH } from '../columns.ts'
import { any, defineVerb, flag, value, type Context } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { bodyLine } from './bodyfile.ts'

const ORDERS = ['name', 'size', 'time'] as const
/** Shown for an empty directory. */
const NONE = 'nothing there'
type Order = (typeof ORDERS)[number]
type Compare = (a: Entry, b: Entry) => number

export const ls = defineVerb({
  name: 'ls',
  summary: 'list a directory, a file, or what a pattern matches',
  details:
    "Without a path, ls lists the remote directory. * and ? match in any part of a path. With -R, links are not followed, and directories that can't be read are reported " +
    'and skipped. --bodyfile writes a Sleuth Kit body file (version 3), for mactime and other timeline tools.',
  examples: [
    { line: 'ls', does: 'the remote directory' },
    { line: 'ls C:\\Users', does: 'a directory' },
    { line: 'ls -lt C:\\Windows\\Temp', does: 'all columns, the newest first' },
    { line: 'ls C:\\Windows\\*.exe --sort size -r', does: 'the files that a pattern matches, the largest first' },
    { line: 'ls -l "C:\\Program Files"', does: 'all columns, for a path with a space' },
    { line: 'ls -R C:\\Users\\Public --sort time', does: 'a directory and everything below it' },
    { line: 'ls -R --bodyfile C:\\Users\\Public', does: 'the same, for a timeline' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  identity: ENTRY_IDENTITY,
  arguments: { path: any('remote-path', 'directories, files or patterns') },
  options: {
    long: flag('-l, --long', 'show all columns'),
    all: flag('-a, --all', 'include . and ..'),
    recursive: flag('-R, --recursive', 'include everything below'),
    sort: value('--sort <order>', 'sort by name, size or time', { parse: parseOrder, choices: ORDERS }),
    byTime: flag('-t', 'sort by time, the newest first'),
    bySize: flag('-S', 'sort by size, the largest first'),
    reverse: flag('-r, --reverse', 'reverse the order'),
    names: flag('-1, --names', 'names only, one per line; with -R full paths'),
    bodyfile: flag('--bodyfile', 'write a Sleuth Kit body file; needs -R'),
  },
  clustered: { h: '--human' },
  // Hidden entries are always listed, as with /a. Switches that only change the layout have no effect.
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
    '/ad': 'for directories only, use find --type d',
    '/a-d': 'for files only, use find --type f',
    '/p': 'to read page by page, use ls --pager',
    '/l': 'names are shown unchanged',
    '/q': 'owners are not listed',
    '/ah': 'ls shows attributes: hidden entries have HIDDEN',
    '/r': 'streams are not listed; `cat FILE:STREAM` reads one',
  },
  check({ all, recursive, bodyfile, names, long, sort, byTime, bySize }) {
    if (bodyfile && !recursive) throw usage('ls: --bodyfile needs -R')
    if (all && recursive) throw usage('ls: -a and -R exclude each other')
    if (names && (bodyfile || long)) throw usage(`ls: --names and ${bodyfile ? '--bodyfile' : '--long'} exclude each other`)
    if ([sort !== undefined, byTime, bySize].filter(Boolean).length > 1) throw usage('ls: --sort, -t and -S exclude each other')
  },
  async run({ path, long, all, recursive, sort: by, byTime, bySize, reverse: backwards, bodyfile, names }, context) {
    const { session, directory, signal } = context
    const sort = byTime ? 'time' : bySize ? 'size' : by
    // As with other programs called ls, these two start with the newest and the largest.
    const reverse = byTime || bySize ? !backwards : backwards
    const places = await Promise.all((path.length > 0 ? path : ['.']).map(typed => locate(session, directory, typed, context)))
    const compare = order(sort ?? 'name', reverse)
    const several = places.length > 1 || recursive
    // A name alone doesn't tell which of several matching directories an entry is in.
    const across = places.some(place => session.paths.isPattern(session.paths.parent(place)))
    const columns = long ? ENTRY_LONG : several || across ? ENTRY_PATH : ENTRY
    if (recursive) {
      const result = listResult(below(places, compare, context), columns, NONE)
      if (names) return { ...result, drawn: { line: row => String(row['path']) } }
      return bodyfile ? { ...result, drawn: { line: row => bodyLine(row, session.paths.windows) } } : result
    }
    const listed = async (place: string) =>
      (session.paths.isPattern(place) ? await matching(session, place, { signal }) : await list(session, place, all, { signal })).sort(
        compare,
      )
    // A single place is listed in full before any row is shown, so that a failure is the only output.
    const rows = several ? forEachItem(places, place => ({ path: place }), listed) : (await Promise.all(places.map(listed))).flat()
    const result = listResult(rows, columns, NONE)
    return names ? { ...result, drawn: { line: row => String(row[across ? 'path' : 'filename']) } } : result
  },
})

function parseOrder(text: string): Order {
  const found = ORDERS.find(name => name === text)
  if (found === undefined) throw usage(`--sort: "${text}" is not a sort order`, `use ${ORDERS.join(', ')}`)
  return found
}

function order(by: Order, reverse: boolean): Compare {
  const key = (item: Entry) => (by === 'size' ? (item.size ?? -1) : (parseTime(item['last_write_time']) ?? 0))
  const compare: Compare = (a, b) => (by === 'name' ? 0 : key(a) - key(b)) || byName(a, b)
  return reverse ? (a, b) => compare(b, a) : compare
}

/**
 * Yields entries directory by directory. A file yields itself, and a pattern first yields what it matches. When one of several places fails,
 * the others are still listed.
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
