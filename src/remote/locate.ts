import { usage } from '../core/errors.ts'
import { withVariables, type PathWork } from './environment.ts'
import { matching } from './expand.ts'
import type { RemoteSession } from './session.ts'

/** How many of the matches of a pattern a message names. */
const MAX_NAMED_MATCHES = 5

/**
 * Returns the absolute path that a user means, with the endpoint's variables expanded; it may be a pattern.
 * @param directory the remote directory, absolute
 * @param typed     a trailing separator is kept, because it asks for a directory's content
 * @throws CbcError not_found: an unknown variable
 */
export async function locate(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  return session.paths.resolve(directory, await withVariables(session, typed, work))
}

/** Does what `locate` does for one place: a pattern has to match exactly one. @throws CbcError not_found: none; usage: several */
export async function locateOne(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  const path = await locate(session, directory, typed, work)
  if (!session.paths.isPattern(path)) return path
  const [only, ...others] = await matching(session, path, work)
  if (only?.error !== undefined) throw only.error
  if (only !== undefined && others.length === 0) return only.path
  throw usage(
    `${path}: matches ${others.length + 1} places, but only one can be used here: ${[only, ...others]
      .slice(0, MAX_NAMED_MATCHES)
      .map(entry => entry?.path)
      .join(', ')}${others.length < MAX_NAMED_MATCHES ? '' : ', …'}`,
  )
}

/** Does what `locate` does for a place that is to be created: it can't be a pattern. @throws CbcError usage */
export async function locateNew(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  const path = await locate(session, directory, typed, work)
  if (session.paths.isPattern(path)) throw usage(`${path}: is a pattern, which can't name something new: name the place itself`)
  return path
}
