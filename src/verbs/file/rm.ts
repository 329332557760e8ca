import { CbcError } from '../../core/errors.ts'
import { formatSize } from '../../core/quantity.ts'
import { fieldsOf, list as listResult, type Row } from '../../core/result.ts'
import { matching } from '../../remote/expand.ts'
import { statForOpening, remove, stat } from '../../remote/files.ts'
import { locate } from '../../remote/locate.ts'
import { isDirectory, isLink } from '../../remote/normalize.ts'
import { walk } from '../../remote/walk.ts'
import { walkedEntries } from '../../remote/walk-entries.ts'
import { PATH } from '../columns.ts'
import { defineVerb, flag, many, type Context } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'

/** What one `rm` deletes. */
interface Targets {
  /** In the order of deletion: the contents of a directory come before the directory. */
  paths: string[]
  /** What can't be deleted. */
  failed: Row[]
}

export const rm = defineVerb({
  name: 'rm',
  summary: 'delete files and directories',
  details:
    'With a pattern or -r, rm shows what it would delete and asks first; without a terminal it needs --yes. -r deletes links, never what they point to. ' +
    "What can't be deleted is reported, and the rest is still deleted.",
  examples: [
    { line: 'rm C:\\Users\\Public\\old.txt', does: 'one file' },
    { line: 'rm -r C:\\Users\\Public\\old --yes', does: 'a directory and everything below it, without a question' },
  ],
  effect: 'destroy',
  fields: fieldsOf([PATH]),
  needs: ['delete file'],
  arguments: { path: many('remote-path', 'files, empty directories or patterns') },
  options: { recursive: flag('-r, --recursive', 'delete directories and everything below') },
  // /f and /q do not skip the question.
  cmdSwitches: { '/f': {}, '/q': {}, '/s': 'for rd /s, use rm -r; for del /s, list the files with find --name' },
  async plan(input, context) {
    const { session, directory } = context
    const places = await Promise.all(input.path.map(typed => locate(session, directory, typed, context)))
    const targets = await expand(places, input.recursive, context)
    const { paths } = targets
    const exact = !input.recursive && !places.some(place => session.paths.isPattern(place))
    const what = `delete ${paths.length} on ${session.label}`
    return exact
      ? { targets, exact: async () => ({ what, to: await described(paths, context) }) }
      : { targets, question: { what, to: paths } }
  },
  async run({ recursive }, { session, signal }, { paths, failed }) {
    const gone = forEachItem(
      paths,
      path => ({ path }),
      async path => {
        await remove(session, path, { signal }).catch((error: unknown) =>
          recursive ? Promise.reject(error as Error) : explained(error, path, session, signal),
        )
        return { path }
      },
    )
    return listResult(failed.length === 0 ? gone : after(failed, gone), [PATH])
  },
})

/** Says of each path what is there: a person who is asked knows nothing but this. */
async function described(places: readonly string[], { session, signal }: Context): Promise<string[]> {
  const { windows } = session.paths
  return await Promise.all(
    places.map(async path => {
      try {
        const entry = await stat(session, path, { signal })
        const kind = isLink(entry, windows) ? 'link' : isDirectory(entry) ? 'directory' : 'file'
        const size = kind === 'file' && entry.size !== null ? `, ${formatSize(entry.size)}` : ''
        const written = typeof entry['last_write_time'] === 'string' ? `, last written ${entry['last_write_time']}` : ''
        return `${path} (${kind}${size}${written})`
      } catch (error) {
        if (!(error instanceof CbcError) || (error.code !== 'not_found' && error.code !== 'remote')) throw error
        return `${path} (${error.code === 'not_found' ? 'not there now' : 'what is there could not be read'})`
      }
    }),
  )
}

/** Adds the hint that a directory needs -r. @throws the error in any case */
async function explained(error: unknown, path: string, session: Context['session'], signal: AbortSignal): Promise<never> {
  if (!(error instanceof CbcError) || error.code !== 'remote') throw error
  const found = await statForOpening(session, path, { signal })
  throw found !== undefined && isDirectory(found)
    ? error.with(error.message, { hint: 'it is a directory: rm -r deletes it and everything below it' })
    : error
}

async function* after(rows: Row[], more: AsyncIterable<Row>): AsyncGenerator<Row> {
  yield* rows
  yield* more
}

async function expand(places: readonly string[], recursive: boolean, context: Context): Promise<Targets> {
  const { session } = context
  const { paths } = session
  const targets = new Set<string>()
  const failed: Row[] = []
  for (const place of places) {
    if (paths.isRoot(paths.bare(place)))
      throw new CbcError('refused', `${place}: is a whole drive and is never deleted`, { device_id: session.device.id })
    for (const { path: one, error } of paths.isPattern(place)
      ? await matching(session, place, context)
      : [{ path: paths.bare(place), error: undefined }]) {
      if (error !== undefined) failed.push({ path: one, error })
      else if (!recursive) targets.add(one)
      else for (const target of await below(one, failed, context)) targets.add(target)
    }
  }
  return { paths: [...targets], failed }
}

/**
 * Returns everything below a path, deepest first, and the path itself. A directory that can't be read is included: deleting it then fails
 * with the endpoint's reason.
 * @param failed receives what can't be deleted
 */
async function below(path: string, failed: Row[], { session, signal }: Context): Promise<string[]> {
  const start = await stat(session, path, { signal })
  if (!isDirectory(start) || isLink(start, session.paths.windows)) return [path]
  const found = [path]
  for await (const met of walkedEntries(walk(session, path, { entry: start }, { signal }))) {
    if ('error' in met) continue
    if (met.entry.error === undefined) found.push(met.entry.path)
    else failed.push(met.entry)
  }
  return found.reverse()
}
