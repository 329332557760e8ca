import { CbcError } from '../../core/errors.ts'
import { list as listResult } from '../../core/result.ts'
import { list, remove, stat } from '../../remote/files.ts'
import { isDirectory } from '../../remote/normalize.ts'
import { isLink, meet, walk } from '../../remote/walk.ts'
import { PATH } from '../columns.ts'
import { defineVerb, flag, many, type Context } from '../define.ts'
import { each } from '../items.ts'

interface Input {
  path: string[]
  recursive: boolean
}

export const rm = defineVerb({
  name: 'rm',
  summary: 'delete files and directories',
  details: 'A pattern, and -r, shows what it would delete and asks first; without a terminal it needs --yes. With -r links are deleted, never what they lead to; '
    + 'what can\'t be deleted is told of, and the rest still is.',
  examples: [
    { line: 'rm C:\\Users\\Public\\old.txt', does: 'one file' },
    { line: 'rm -r C:\\Users\\Public\\old --yes', does: 'a directory with all below it, unasked' },
  ],
  effect: 'destroy',
  needs: ['delete file'],
  arguments: { path: many('remote-path', 'files, empty directories or patterns') },
  options: { recursive: flag('-r, --recursive', 'directories with all below them') },
  async plan(input, context) {
    const { session, directory } = context
    const victims = await expand(input, context)
    const exact = !input.recursive && !input.path.some(typed => session.paths.isPattern(session.paths.resolve(directory, typed)))
    return { targets: victims, question: exact ? undefined : { what: `delete ${victims.length} on ${session.label}`, to: victims } }
  },
  async run(_input, { session, signal }, victims) {
    return listResult(each(victims, path => ({ path }), async path => {
      await remove(session, path, { signal })
      return { path }
    }), [PATH])
  },
})

/** What is to be deleted, in the order in which it can be: what is in a directory before the directory. */
async function expand({ path, recursive }: Input, context: Context): Promise<string[]> {
  const { session, directory, signal } = context
  const { paths } = session
  const victims: string[] = []
  for (const place of path.map(typed => paths.resolve(directory, typed))) {
    if (paths.isRoot(paths.bare(place))) throw new CbcError('refused', `${place}: is a whole drive, and is never deleted`, { device_id: session.device.id })
    if (!paths.isPattern(place)) {
      victims.push(...recursive ? await below(paths.bare(place), context) : [paths.bare(place)])
      continue
    }
    const matches = await list(session, place, false, { signal })
    if (matches.length === 0) throw new CbcError('not_found', `${place}: nothing matches`, { device_id: session.device.id })
    // A name is one part of a path; one that is more could lead anywhere.
    if (!matches.every(({ filename }) => paths.isName(filename))) throw new CbcError('remote', `${place}: the endpoint lists names that are none`, { device_id: session.device.id })
    for (const match of matches) victims.push(...recursive ? await below(match.path, context) : [match.path])
  }
  return [...new Set(victims)]
}

/** All below a path, deepest first, and itself. A directory that can't be read is tried all the same: the endpoint says why not. */
async function below(path: string, { session, signal }: Context): Promise<string[]> {
  const start = await stat(session, path, { signal })
  if (!isDirectory(start) || isLink(start)) return [path]
  const found = [path]
  try {
    for await (const met of meet(walk(session, path, {}, { signal }))) if (!('error' in met)) found.push(met.entry.path)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'remote') throw error
  }
  return found.reverse()
}
