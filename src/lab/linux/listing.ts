import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { append } from '../../core/lists.ts'
import { type FileEntry, HRESULT } from '../endpoint.ts'
import { attributesOf, wholeSeconds, type Kind } from './attributes.ts'
import { errno, refuse } from './errors.ts'
import type { Folder, Jail } from './jail.ts'
import { nameOf } from './names.ts'
import { fitsPattern } from './pattern.ts'

/** How many entries are examined in parallel. */
const CONCURRENT_STATS = 64

/**
 * "directory list": `dir/` lists a directory with `.` and `..`, `dir/*.log` lists matching entries, `dir` returns the entry itself.
 * Links are shown as links; to list the directory that a link leads to, end the path with a separator.
 * @throws SensorError FILE_NOT_FOUND when there is no such entry or no match, PATH_NOT_FOUND, ACCESS_DENIED.
 */
export async function list(jail: Jail, path: string | undefined): Promise<FileEntry[]> {
  const cut = (path?.lastIndexOf('/') ?? -1) + 1
  const [above, last] = [path?.slice(0, cut), path?.slice(cut)]
  if (last === '' || last === '.' || last === '..') return members(jail, path, () => true)
  if (last === undefined || !/[*?]/.test(last)) return [await single(jail, path)]
  const found = await members(jail, above === '' ? '/' : above, name => fitsPattern(last, name))
  return found.length > 0 ? found : refuse(HRESULT.FILE_NOT_FOUND, 'nothing fits the pattern')
}

/** Returns the entry that a path names. */
function single(jail: Jail, path: string | undefined): Promise<FileEntry> {
  return jail.visit(path, false, async ({ name, stat }) => {
    if (stat === undefined) refuse(HRESULT.FILE_NOT_FOUND, 'no such file')
    return entry(name ?? '.', stat, await leadsToDirectory(jail, path ?? '', stat))
  })
}

function members(jail: Jail, path: string | undefined, matches: (name: string) => boolean): Promise<FileEntry[]> {
  return jail.within(path, async folder => {
    const names = (await readdir(folder.at('.'), { encoding: 'buffer' })).map(nameOf).filter(matches).sort()
    const entries: FileEntry[] = []
    if (matches('.')) entries.push(entry('.', await folder.handle.stat(), false))
    if (matches('..'))
      entries.push(await jail.visit(`${path}/..`, true, async ({ folder: above }) => entry('..', await above.handle.stat(), false)))
    for (let at = 0; at < names.length; at += CONCURRENT_STATS) {
      const some = await Promise.all(names.slice(at, at + CONCURRENT_STATS).map(name => member(jail, path ?? '', folder, name)))
      append(
        entries,
        some.filter(one => one !== undefined),
      )
    }
    return entries
  })
}

/** Returns one entry of a directory; undefined when it was removed since its name was read. */
async function member(jail: Jail, path: string, folder: Folder, name: string): Promise<FileEntry | undefined> {
  try {
    const stat = await lstat(folder.at(name))
    return entry(name, stat, await leadsToDirectory(jail, `${path}/${name}`, stat))
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  }
}

async function leadsToDirectory(jail: Jail, path: string, stat: Stats): Promise<boolean> {
  if (!stat.isSymbolicLink()) return false
  try {
    return await jail.visit(path, true, async place => place.stat?.isDirectory() === true)
  } catch {
    // The link is broken or leads out of the jail: show it as a link only.
    return false
  }
}

function entry(filename: string, stat: Stats, linksDirectory: boolean): FileEntry {
  return {
    size: stat.isFile() || stat.isSymbolicLink() ? stat.size : 0,
    attributes: attributesOf({ name: filename, is: kindOf(stat), leadsToDirectory: linksDirectory, mode: stat.mode }),
    filename,
    alternate_name: '',
    create_time: wholeSeconds(stat.birthtime),
    last_access_time: wholeSeconds(stat.atime),
    last_write_time: wholeSeconds(stat.mtime),
  }
}

function kindOf(stat: Stats): Kind['is'] {
  if (stat.isSymbolicLink()) return 'link'
  if (stat.isDirectory()) return 'directory'
  return stat.isFile() ? 'file' : 'other'
}
