import { CbcError } from '../../core/errors.ts'
import { list as listResult } from '../../core/result.ts'
import { list, remove } from '../../remote/files.ts'
import { PATH } from '../columns.ts'
import { defineVerb, many } from '../define.ts'
import { each } from '../items.ts'

export const rm = defineVerb({
  name: 'rm',
  summary: 'delete files and empty directories',
  details: 'A pattern shows what it matches and asks first; without a terminal it needs --yes.',
  examples: [{ line: 'rm C:\\Users\\Public\\old.txt', does: 'one file' }],
  effect: 'destroy',
  needs: ['delete file'],
  arguments: { path: many('remote-path', 'files, empty directories or patterns') },
  options: {},
  async unexact({ path }, { session, directory, signal }) {
    const patterns = path.map(typed => session.paths.resolve(directory, typed)).filter(place => session.paths.isPattern(place))
    if (patterns.length === 0) return undefined
    const found = await expand(session, patterns, { signal })
    return `delete ${found.length} on ${session.label}:\n${found.map(place => `  ${place}`).join('\n')}`
  },
  async run({ path }, { session, directory, signal }) {
    const places = await expand(session, path.map(typed => session.paths.resolve(directory, typed)), { signal })
    return listResult(each(places, place => ({ path: place }), async place => {
      await remove(session, session.paths.bare(place), { signal })
      return { path: session.paths.bare(place) }
    }), [PATH])
  },
})

/** Paths as they are, patterns as what they match now. */
async function expand(session: Parameters<typeof list>[0], places: string[], work: { signal: AbortSignal }): Promise<string[]> {
  const found: string[] = []
  for (const place of places) {
    if (!session.paths.isPattern(place)) found.push(place)
    else {
      const matches = await list(session, place, false, work)
      if (matches.length === 0) throw new CbcError('not_found', `${place}: nothing matches`, { device_id: session.device.id })
      found.push(...matches.map(item => item.path))
    }
  }
  return found
}
