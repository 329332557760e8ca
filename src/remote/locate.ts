import { usage } from '../core/errors.ts'
import { withVariables, type PathWork } from './environment.ts'
import { matching } from './expand.ts'
import type { RemoteSession } from './session.ts'

/** So many of what a pattern fits are named. */
const MAX_NAMED_MATCHES = 5

/**
 * The absolute path that a user means, with the endpoint's variables in their place; it may be a pattern.
 * @param directory the remote directory, absolute
 * @param typed     keeps a trailing separator, which asks for a directory's content
 * @throws CbcError not_found: a variable isn't known
 */
export async function locate(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  return session.paths.resolve(directory, await withVariables(session, typed, work))
}

/** The same for what takes one place: a pattern has to fit one. @throws CbcError not_found: none; usage: several */
export async function locateOne(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  const path = await locate(session, directory, typed, work)
  if (!session.paths.isPattern(path)) return path
  const [only, ...others] = await matching(session, path, work)
  if (only?.error !== undefined) throw only.error
  if (only !== undefined && others.length === 0) return only.path
  throw usage(
    `${path}: fits ${others.length + 1}, and one is wanted: ${[only, ...others]
      .slice(0, MAX_NAMED_MATCHES)
      .map(entry => entry?.path)
      .join(', ')}${others.length < MAX_NAMED_MATCHES ? '' : ', …'}`,
  )
}

/** The same for what is to be made: a pattern names nothing. @throws CbcError usage */
export async function locateNew(session: RemoteSession, directory: string, typed: string, work: PathWork): Promise<string> {
  const path = await locate(session, directory, typed, work)
  if (session.paths.isPattern(path)) throw usage(`${path}: is a pattern, and something is to be made there: name the place itself`)
  return path
}
