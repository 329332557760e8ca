import type { FileSystem } from '../../fs/file-system.ts'
import { contents, listPath, type Listed } from '../../fs/listing.ts'
import { isDirectory } from '../../fs/node.ts'
import { parsePath } from '../../fs/path.ts'
import type { Found } from '../../fs/walk.ts'

/** Returns the files (no directories) that a word with or without wildcards names; a directory stands for everything in it. */
export function filesOf(files: FileSystem, word: string, from: string): Found[] {
  return named(files, word, from)
    .map(({ found }) => found)
    .filter(({ place }) => !isDirectory(place.node))
}

/** Returns the entries that a word names; a directory stands for everything in it. @throws SensorError FILE_NOT_FOUND, PATH_NOT_FOUND */
function named(files: FileSystem, word: string, from: string): Listed[] {
  const listed = listPath(files, parsePath(word, from, true))
  const [only] = listed
  const directory = listed.length === 1 && only !== undefined && isDirectory(only.found.place.node) && !/[*?]/.test(word)
  return directory ? contents(files, files.find(word, from)) : listed
}
