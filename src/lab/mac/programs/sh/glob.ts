import { fitsPattern } from '../../../linux/pattern.ts'
import { type Disk, nameOf } from '../../disk.ts'

/** Returns the paths that a pattern stands for, or the pattern itself where there are none. Names with a dot before them need one in it. */
export function glob(disk: Disk, pattern: string, directory: string): string[] {
  const parts = pattern.split('/')
  let paths = [parts[0] === '' ? '/' : '']
  for (const [at, part] of parts.entries()) {
    if (part === '') continue
    const last = at === parts.length - 1
    paths = paths.flatMap(path => {
      if (!/[*?]/.test(part)) {
        const found = disk.findIfThere(path + part, directory)
        return found === undefined ? [] : [`${path}${part}${last ? '' : '/'}`]
      }
      const place = disk.findIfThere(path === '' ? '.' : path, directory)
      if (place?.place.node.kind !== 'directory') return []
      return disk
        .children(place)
        .filter(child => last || ['directory', 'link'].includes(child.place.node.kind))
        .map(child => nameOf(child.place.node))
        .filter(name => (part.startsWith('.') || !name.startsWith('.')) && fitsPattern(part, name))
        .map(name => `${path}${name}${last ? '' : '/'}`)
    })
  }
  return paths.length > 0 ? paths : [pattern]
}
