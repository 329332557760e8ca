import { CbcError } from '../core/errors.ts'
import { entry, isDirectory, type Entry } from './normalize.ts'
import { NOT_A_DIRECTORY, PATH_NOT_FOUND, resultCode } from './hresult.ts'
import type { RemoteSession } from './session.ts'

/** What one operation is given besides its subject. */
export interface Work {
  signal: AbortSignal
}

/**
 * What is in a directory, what a pattern matches, or the one entry of a file ("directory list").
 * @param path absolute; a directory needs no trailing separator
 * @param dots with `.` and `..`
 * @throws CbcError not_found, remote
 */
export async function list(session: RemoteSession, path: string, dots: boolean, work: Work): Promise<Entry[]> {
  const { paths } = session
  if (paths.isPatternPart(paths.base(path))) return withoutDots(await listRaw(session, path, paths.parent(path), work), dots)
  try {
    return withoutDots(await listRaw(session, paths.listing(path), paths.bare(path), work), dots)
  } catch (error) {
    // A file, listed as if it were a directory: PATH_NOT_FOUND from some sensors, "not a directory" from others.
    const code = resultCode(error)
    if (path.endsWith(paths.separator) || paths.isRoot(path) || (code !== PATH_NOT_FOUND && code !== NOT_A_DIRECTORY)) throw error
    const file = await stat(session, path, work)
    if (isDirectory(file)) throw error
    return [file]
  }
}

/**
 * What is in a directory, without `.` and `..`: whatever its name, it is no pattern ("directory list").
 * @param directory absolute
 * @returns `self` is the directory's own entry, `.`, which a root has not
 * @throws CbcError not_found, remote
 */
export async function contents(
  session: RemoteSession,
  directory: string,
  work: Work,
): Promise<{ self: Entry | undefined; entries: Entry[] }> {
  const { paths } = session
  const found = await listRaw(session, paths.listing(directory), paths.bare(directory), work)
  return { self: found.find(item => item.filename === '.'), entries: withoutDots(found, false) }
}

/**
 * The entry of one file or directory: without a trailing separator "directory list" gives the entry itself.
 * @throws CbcError not_found, remote
 */
export async function stat(session: RemoteSession, path: string, work: Work): Promise<Entry> {
  const { paths } = session
  const bare = paths.bare(path)
  if (paths.isRoot(bare)) return await statRoot(session, bare, work)
  const found = await listRaw(session, bare, paths.parent(bare), work)
  const name = paths.base(bare)
  // Of one entry some systems give another form of its name, or of a short name the long one alone; of a pattern what it matches is not
  // what it names.
  const only = found.length === 1 && !isDot(found[0]) && !(paths.windows && paths.isPattern(bare)) ? found[0] : undefined
  const item =
    found.find(one => isNamed(one, name, paths.windows)) ?? (only === undefined ? self(found, bare, name) : { ...only, path: bare })
  if (item === undefined) throw new CbcError('not_found', `${bare}: no such file or directory`, { device_id: session.device.id })
  return item
}

/**
 * The entry of a file that is to be opened. A stream of a file, a device, and a file in a directory that can't be listed have none, and can
 * be opened all the same.
 * @returns undefined where there is none, or it can't be had
 */
export async function look(session: RemoteSession, path: string, work: Work): Promise<Entry | undefined> {
  try {
    return await stat(session, path, work)
  } catch (error) {
    if (error instanceof CbcError && (error.code === 'not_found' || error.code === 'remote')) return undefined
    throw error
  }
}

/** Whether an entry is that of a name. */
export function isNamed({ filename, alternate_name: short }: Entry, name: string, windows: boolean): boolean {
  return windows ? [filename, String(short)].some(own => own.toLowerCase() === name.toLowerCase()) : filename === name
}

/** @returns the entry, or undefined where there is none */
export async function statIfThere(session: RemoteSession, path: string, work: Work): Promise<Entry | undefined> {
  try {
    return await stat(session, path, work)
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
}

/** "delete file": a file, or an empty directory. */
export async function remove(session: RemoteSession, path: string, work: Work): Promise<void> {
  await session.issue({ name: 'delete file', path }, { ...work, what: path })
}

/** "create directory"; its parent must be there. */
export async function makeDirectory(session: RemoteSession, path: string, work: Work): Promise<void> {
  await session.issue({ name: 'create directory', path: session.paths.bare(path) }, { ...work, what: path })
}

async function listRaw(session: RemoteSession, path: string, directory: string, work: Work): Promise<Entry[]> {
  const command = await session.issue({ name: 'directory list', path }, { ...work, what: session.paths.bare(path) })
  const { paths, device } = session
  return (command.files ?? []).map(raw => {
    const name = String(raw.filename ?? '')
    if (name === '.') return entry(raw, directory)
    if (name === '..') return entry(raw, paths.parent(directory))
    if (paths.isName(name)) return entry(raw, paths.join(directory, name))
    // A name is one part of a path; one that is more could lead anywhere.
    return {
      ...entry(raw, directory),
      error: new CbcError('remote', `${directory}: lists "${name}", which can't be the name of a file there`, { device_id: device.id }),
    }
  })
}

function withoutDots(entries: Entry[], dots: boolean): Entry[] {
  return dots ? entries : entries.filter(item => !isDot(item))
}

function isDot(item: Entry | undefined): boolean {
  return item?.filename === '.' || item?.filename === '..'
}

/** A sensor that lists the directory anyway: its `.` is the entry. */
function self(found: Entry[], path: string, name: string): Entry | undefined {
  const dot = found.find(item => item.filename === '.')
  return dot === undefined ? undefined : { ...dot, filename: name, path }
}

/** A root has no entry of its own; that it can be listed shows that it is there. */
async function statRoot(session: RemoteSession, root: string, work: Work): Promise<Entry> {
  const path = session.paths.listing(root)
  const found = await listRaw(session, path, path, work)
  return self(found, path, path) ?? { ...entry({ filename: path, attributes: ['DIRECTORY'] }, path) }
}
