import { CbcError } from './errors.ts'
import type { LocalFiles } from './ports.ts'

/**
 * Local files for work that may have none: every call is refused.
 * @param why in words: `a worker has no local files for runs`
 */
export function noFiles(why: string): LocalFiles {
  const refuse = async () => {
    throw new CbcError('refused', why)
  }
  const names = [
    'open',
    'place',
    'create',
    'replace',
    'folder',
    'append',
    'text',
    'names',
    'real',
    'directory',
    'entries',
    'scratch',
  ] satisfies (keyof LocalFiles)[]
  return Object.fromEntries(names.map(name => [name, refuse])) as unknown as LocalFiles
}
