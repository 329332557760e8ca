import { parseCount } from '../../core/quantity.ts'
import { fieldsOf, type Row } from '../../core/result.ts'
import { locateOne } from '../../remote/locate.ts'
import { isDirectory, isLink, isReparsePoint, type Entry } from '../../remote/normalize.ts'
import { walk, type Visited } from '../../remote/walk.ts'
import { walkedEntries } from '../../remote/walk-entries.ts'
import type { RemotePaths } from '../../remote/paths.ts'
import { ENTRY_IDENTITY, ENTRY_LONG, ENTRY_PATH } from '../columns.ts'
import { defineVerb, flag, optional, value } from '../define.ts'

export const tree = defineVerb({
  name: 'tree',
  summary: 'draw a directory and all below it',
  details: "Links are shown but not followed. A directory that can't be read is reported, and the rest is still drawn.",
  examples: [
    { line: 'tree C:\\Users\\Public', does: 'everything below' },
    { line: 'tree C:\\Users --max-depth 2 --directories', does: 'directories, two levels deep' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  identity: ENTRY_IDENTITY,
  arguments: { path: optional('remote-path', 'where to start; default: the remote directory') },
  options: {
    maxDepth: value('--max-depth <n>', 'how deep to go; 1 means the directory itself only', {
      parse: text => parseCount(text, '--max-depth', 1),
    }),
    directories: flag('-d, --directories', 'directories only'),
  },
  async run({ path: typed, maxDepth, directories }, context) {
    const { session, directory, signal } = context
    const place = await locateOne(session, directory, typed ?? '.', context)
    const drawn = new WeakMap<Row, string>()
    const all = walk(session, place, maxDepth === undefined ? {} : { depth: maxDepth - 1 }, { signal })
    async function* rows(): AsyncGenerator<Row> {
      /** For each level above, whether its directory is the last one there. */
      let above: boolean[] = []
      for await (const met of walkedEntries(directories ? onlyDirectories(all) : all)) {
        if ('error' in met) {
          yield { path: met.path, error: met.error }
          continue
        }
        const { entry, depth, last } = met
        above = [...above.slice(0, depth - 1), last]
        const lead = above
          .slice(0, -1)
          .map(over => (over ? '    ' : '│   '))
          .join('')
        drawn.set(entry, `${lead}${last ? '└── ' : '├── '}${entry.filename}${mark(entry, session.paths)}`)
        yield entry
      }
    }
    return {
      kind: 'list',
      rows: rows(),
      columns: ENTRY_PATH,
      drawn: { heading: session.paths.bare(place), line: row => drawn.get(row) ?? '' },
    }
  },
})

/** Returns the mark after a name: a separator for directories, a word for links and for reparse points, which may be links. */
function mark(entry: Entry, { separator, windows }: RemotePaths): string {
  if (isLink(entry, windows)) return ' (link)'
  return (isDirectory(entry) ? separator : '') + (isReparsePoint(entry) ? ' (reparse point)' : '')
}

async function* onlyDirectories(walked: AsyncIterable<Visited>): AsyncGenerator<Visited> {
  for await (const visited of walked)
    yield { ...visited, entries: visited.entries.filter(entry => isDirectory(entry) || entry.error !== undefined) }
}
