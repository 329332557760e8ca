import type { FileEntry } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import { entry, isDirectory, type Entry } from './normalize.ts'
import { NOT_A_DIRECTORY, PATH_NOT_FOUND, resultCode } from './hresult.ts'
import type { RemotePaths } from './paths.ts'
import type { RemoteSession } from './session.ts'

/** What every operation needs besides its subject. */
export interface Work {
  signal: AbortSignal
}

/**
 * Lists a directory, what a pattern matches, or the one entry of a file ("directory list").
 * @param path absolute; a directory needs no trailing separator
 * @param dots whether to include `.` and `..`
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
 * Lists a directory without `.` and `..` ("directory list"). Its name is never taken for a pattern.
 * @param directory absolute
 * @returns `self` is the directory's own entry, `.`, which a root doesn't have
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
 * Returns the entry of one file or directory: without a trailing separator "directory list" gives the entry itself.
 * @throws CbcError not_found, remote
 */
export async function stat(session: RemoteSession, path: string, work: Work): Promise<Entry> {
  const { paths } = session
  const bare = paths.bare(path)
  if (paths.isRoot(bare)) return await statRoot(session, bare, work)
  const found = await listRaw(session, bare, paths.parent(bare), work)
  const name = paths.base(bare)
  // Asked for one entry, some systems return its name in another form, or only the long name for a short one. But what a pattern matches is
  // not an entry of that name.
  const only = found.length === 1 && !isDot(found[0]) && !(paths.windows && paths.isPattern(bare)) ? found[0] : undefined
  const item =
    found.find(one => isNamed(one, name, paths.windows)) ?? (only === undefined ? self(found, bare, name) : { ...only, path: bare })
  if (item === undefined) throw new CbcError('not_found', `${bare}: no such file or directory`, { device_id: session.device.id })
  return item
}

/**
 * Returns the entry of a file that is to be opened. An alternate stream, a device, and a file in a directory that can't be listed have no
 * entry, but can still be opened.
 * @returns undefined when there is no entry, or the endpoint doesn't give it
 */
export async function statForOpening(session: RemoteSession, path: string, work: Work): Promise<Entry | undefined> {
  try {
    return await stat(session, path, work)
  } catch (error) {
    if (error instanceof CbcError && (error.code === 'not_found' || error.code === 'remote')) return undefined
    throw error
  }
}

/** Whether an entry has this name, as its long or short name. */
export function isNamed({ filename, alternate_name: short }: Entry, name: string, windows: boolean): boolean {
  return windows ? [filename, String(short)].some(own => own.toLowerCase() === name.toLowerCase()) : filename === name
}

/** Returns the entry, or undefined when there is none. @throws CbcError remote */
export async function statIfThere(session: RemoteSession, path: string, work: Work): Promise<Entry | undefined> {
  try {
    return await stat(session, path, work)
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
}

/** Deletes a file or an empty directory ("delete file"). */
export async function remove(session: RemoteSession, path: string, work: Work): Promise<void> {
  await session.issue({ name: 'delete file', path }, { ...work, what: path })
}

/** Creates a directory ("create directory"); its parent must exist. */
export async function makeDirectory(session: RemoteSession, path: string, work: Work): Promise<void> {
  await session.issue({ name: 'create directory', path: session.paths.bare(path) }, { ...work, what: path })
}

async function listRaw(session: RemoteSession, path: string, directory: string, work: Work): Promise<Entry[]> {
  const { paths, device } = session
  const { files } = await session.issue(
    { name: 'directory list', path },
    {
      ...work,
      what: session.paths.bare(path),
      item: raw =>
        typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? listed(raw as FileEntry, directory, paths, device.id) : raw,
    },
  )
  return (files ?? []) as Entry[]
}

/** Returns an entry of a directory. @param directory absolute */
function listed(raw: FileEntry, directory: string, paths: RemotePaths, device: number): Entry {
  const name = String(raw.filename ?? '')
  if (name === '.') return entry(raw, directory)
  if (name === '..') return entry(raw, paths.parent(directory))
  if (paths.isName(name)) return entry(raw, paths.join(directory, name))
  // A name is one part of a path: anything else could lead anywhere.
  return {
    ...entry(raw, directory),
    error: new CbcError('remote', `${directory}: lists "${name}", which can't be the name of a file there`, { device_id: device }),
  }
}

function withoutDots(entries: Entry[], dots: boolean): Entry[] {
  return dots ? entries : entries.filter(item => !isDot(item))
}

function isDot(item: Entry | undefined): boolean {
  return item?.filename === '.' || item?.filename === '..'
}

/** Returns a directory's entry when the sensor lists its content anyway: it is the `.` in there. */
function self(found: Entry[], path: string, name: string): Entry | undefined {
  const dot = found.find(item => item.filename === '.')
  return dot === undefined ? undefined : { ...dot, filename: name, path }
}

/** Makes up an entry for a root, which has none of its own: that it can be listed shows that it exists. */
async function statRoot(session: RemoteSession, root: string, work: Work): Promise<Entry> {
  const path = session.paths.listing(root)
  const found = await listRaw(session, path, path, work)
  return self(found, path, path) ?? { ...entry({ filename: path, attributes: ['DIRECTORY'] }, path) }
}
