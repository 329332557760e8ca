import { parseCount } from '../../core/quantity.ts'
import { fieldsOf, list as listResult, type Row } from '../../core/result.ts'
import { stat } from '../../remote/files.ts'
import { locateOne } from '../../remote/locate.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { walk } from '../../remote/walk.ts'
import { meet } from '../../remote/walk-entries.ts'
import { ENTRY_LONG, ENTRY_PATH } from '../columns.ts'
import { defineVerb, required, value, type Context } from '../define.ts'
import { criterion, parseEntryType, parseSince, parseSizeTest, type Criteria } from './criteria.ts'

export const find = defineVerb({
  name: 'find',
  summary: 'find files and directories below a directory',
  details:
    "What it finds is shown as it comes. Links are shown and not followed; what can't be read is told of, and the rest is still searched.",
  examples: [
    { line: 'find C:\\Users\\Public', does: 'everything below' },
    { line: 'find C:\\Users --name *.exe --type f', does: 'files by their name' },
    { line: 'find C:\\Users --size +1M --max-depth 3', does: 'files of more than 1 MiB, no deeper than three levels' },
    { line: 'find C:\\Windows\\Temp --newer 2d', does: 'what was written in the last two days' },
  ],
  effect: 'read',
  fields: fieldsOf(ENTRY_LONG),
  needs: ['directory list'],
  arguments: { path: required('remote-path', 'where to begin') },
  options: {
    name: value('--name <glob>', 'names that fit, * and ? match'),
    type: value('--type <type>', 'f: files, d: directories', { parse: parseEntryType, choices: ['f', 'd'] }),
    size: value('--size <size>', 'files larger (+1M), smaller (-10k) or of exactly (100) so many bytes', { parse: parseSizeTest }),
    newer: value('--newer <time>', 'written after: 2d (ago), 2024-05-01T12:00:00Z', { parse: parseSince }),
    maxDepth: value('--max-depth <n>', 'no deeper; 1: what is in the directory itself', {
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
    for await (const met of meet(walk(session, place, maxDepth === undefined ? {} : { depth: maxDepth - 1 }, { signal }))) {
      if ('error' in met) yield { path: met.path, error: met.error }
      else if (met.entry.error !== undefined || fits(met.entry)) yield met.entry
    }
  } finally {
    progress.end()
  }
}
