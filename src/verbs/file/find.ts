import { parseCount } from '../../core/quantity.ts'
import { fieldsOf, list as listResult, type Row } from '../../core/result.ts'
import { stat } from '../../remote/files.ts'
import { locateOne } from '../../remote/locate.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { walk } from '../../remote/walk.ts'
import { walkedEntries } from '../../remote/walk-entries.ts'
import { ENTRY_IDENTITY, ENTRY_LONG, ENTRY_PATH } from '../columns.ts'
import { defineVerb, required, value, type Context } from '../define.ts'
import { criterion, parseEntryType, parseSince, parseSizeTest, type Criteria } from './criteria.ts'

export const find = defineVerb({
  name: 'find',
  summary: 'find files and directories below a directory',
  details:
    "Results are shown as they are found. Links are shown but not followed. A directory that can't be read is reported, and the search continues.",
  examples: [
    { line: 'find C:\\Users\\Public', does: 'everything below' },
    { line: 'find C:\\Users --name *.exe --type f', does: 'files by name' },
    { line: 'find C:\\Users --size +1M --max-depth 3', does: 'files larger than 1 MiB, at most three levels deep' },
    { line: 'find C:\\Windows\\Temp --newer 2d', does: 'files written in the last two days' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  identity: ENTRY_IDENTITY,
  arguments: { path: required('remote-path', 'where to start') },
  options: {
    name: value('--name <glob>', 'names that match; * and ? are wildcards'),
    type: value('--type <type>', 'f: files, d: directories', { parse: parseEntryType, choices: ['f', 'd'] }),
    size: value('--size <size>', 'files larger than (+1M), smaller than (-10k) or exactly (100) this size', { parse: parseSizeTest }),
    newer: value('--newer <time>', 'written after: 2d (ago), 2024-05-01T12:00:00Z', { parse: parseSince }),
    maxDepth: value('--max-depth <n>', 'how deep to go; 1 means the directory itself only', {
      parse: text => parseCount(text, '--max-depth', 1),
    }),
  },
  async run({ path, maxDepth, ...criteria }, context) {
    return listResult(found(path, criteria, maxDepth, context), ENTRY_PATH, 'nothing found')
  },
})

async function* found(typed: string, criteria: Criteria, maxDepth: number | undefined, context: Context): AsyncGenerator<Row> {
  const { session, directory, signal, clock, progress } = context
  const place = await locateOne(session, directory, typed, context)
  const fits = criterion(criteria, session.paths.windows, clock.now())
  const start = session.paths.isRoot(session.paths.bare(place)) ? undefined : await stat(session, place, { signal })
  if (start !== undefined && !isDirectory(start)) {
    if (fits(start)) yield start
    return
  }
  progress.step(`Searching ${place} on ${session.label}`)
  try {
    for await (const met of walkedEntries(walk(session, place, maxDepth === undefined ? {} : { depth: maxDepth - 1 }, { signal }))) {
      if ('error' in met) yield { path: met.path, error: met.error }
      else if (met.entry.error !== undefined || fits(met.entry)) yield met.entry
    }
  } finally {
    progress.end()
  }
}
