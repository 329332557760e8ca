import { type FileEntry, HRESULT } from '../endpoint.ts'
import { attributesOf, wholeSeconds } from '../linux/attributes.ts'
import { refuse } from '../linux/errors.ts'
import { fitsPattern } from '../linux/pattern.ts'
import { type Disk, type Found, nameOf } from './disk.ts'

/**
 * "directory list", as on Linux: `dir/` lists a directory with `.` and `..`, `dir/*.log` lists matching entries, `dir` returns the entry
 * itself. Links are shown as links.
 * @throws SensorError FILE_NOT_FOUND when there is no such entry or no match, PATH_NOT_FOUND
 */
export function listDirectory(disk: Disk, path: string): FileEntry[] {
  const cut = path.lastIndexOf('/') + 1
  const [above, last] = [path.slice(0, cut), path.slice(cut)]
  if (last === '' || last === '.' || last === '..') return members(disk, path === '' ? refuse(HRESULT.INVALID_PARAMETER, 'no path') : path)
  if (!/[*?]/.test(last)) return [entry(disk, undefined, disk.find(path, '/', false))]
  const found = members(disk, above || '/').filter(({ filename }) => fitsPattern(last, filename))
  return found.length > 0 ? found : refuse(HRESULT.FILE_NOT_FOUND, 'nothing fits the pattern')
}

function members(disk: Disk, path: string): FileEntry[] {
  const directory = disk.directory(path)
  const children = disk.children(directory).map(found => entry(disk, undefined, found))
  return [entry(disk, '.', directory), entry(disk, '..', disk.parent(directory)), ...children]
}

function entry(disk: Disk, shown: string | undefined, found: Found): FileEntry {
  const { node } = found.place
  const name = shown ?? (nameOf(node) || '.')
  return {
    size: node.kind === 'file' ? (node.body?.size ?? 0) : Buffer.byteLength(node.target ?? ''),
    attributes: attributesOf({ name, is: node.kind, mode: node.mode, leadsToDirectory: leadsToDirectory(disk, found) }),
    filename: name,
    alternate_name: '',
    create_time: wholeSeconds(new Date(node.created)),
    last_access_time: wholeSeconds(new Date(node.accessed)),
    last_write_time: wholeSeconds(new Date(node.written)),
  }
}

function leadsToDirectory(disk: Disk, { place: { node }, path }: Found): boolean {
  if (node.kind !== 'link') return false
  try {
    return disk.find(path).place.node.kind === 'directory'
  } catch {
    // The link is broken, or leads in a circle: it is shown as a link only.
    return false
  }
}
