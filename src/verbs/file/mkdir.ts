import { fieldsOf, list } from '../../core/result.ts'
import { reportingEarlierSteps } from '../../remote/cleanup.ts'
import { makeDirectory, stat, type Work } from '../../remote/files.ts'
import { ALREADY_EXISTS, FILE_EXISTS, FILE_NOT_FOUND, PATH_NOT_FOUND, resultCode } from '../../remote/hresult.ts'
import { locateNew } from '../../remote/locate.ts'
import { isDirectory } from '../../remote/normalize.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { PATH } from '../columns.ts'
import { defineVerb, flag, many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'

export const mkdir = defineVerb({
  name: 'mkdir',
  summary: 'create a directory',
  examples: [{ line: 'mkdir -p C:\\demo\\evidence', does: 'together with missing parent directories' }],
  effect: 'change',
  fields: fieldsOf([PATH]),
  needs: ['create directory'],
  arguments: { path: many('remote-path', 'directories to create') },
  options: { parents: flag('-p, --parents', 'also create missing parent directories; no error if it exists') },
  async plan({ path }, context) {
    const { session, directory } = context
    const places = await Promise.all(path.map(async typed => session.paths.bare(await locateNew(session, directory, typed, context))))
    return {
      targets: places,
      exact: { what: `create ${places.length === 1 ? 'this directory' : 'these directories'} on ${session.label}`, to: places },
    }
  },
  async run({ parents }, { session, signal }, places) {
    return list(
      forEachItem(
        places,
        place => ({ path: place }),
        async place => {
          if (parents) await makeAll(session, place, { signal })
          else await makeDirectory(session, place, { signal })
          return { path: place }
        },
      ),
      [PATH],
    )
  },
})

/**
 * Creates a directory and its missing parents. It is no error if the directory exists.
 * @returns the directories that were created, from the top down
 * @throws CbcError remote: something other than a directory is there
 */
export async function makeAll(session: RemoteSession, path: string, work: Work): Promise<string[]> {
  const made: string[] = []
  await reportingEarlierSteps(
    session,
    () => (made.length === 0 ? undefined : `${made.join(', ')} ${made.length === 1 ? 'was' : 'were'} created on ${session.label}`),
    () => makeBelow(session, path, work, made),
  )
  return made
}

async function makeBelow(session: RemoteSession, path: string, work: Work, made: string[]): Promise<void> {
  try {
    await makeDirectory(session, path, work)
  } catch (error) {
    const code = resultCode(error)
    if (code === ALREADY_EXISTS || code === FILE_EXISTS) {
      if (isDirectory(await stat(session, path, work))) return
      throw error
    }
    if ((code !== PATH_NOT_FOUND && code !== FILE_NOT_FOUND) || session.paths.isRoot(path)) throw error
    await makeBelow(session, session.paths.parent(path), work, made)
    await makeDirectory(session, path, work)
  }
  if (!session.planning) made.push(path)
}
