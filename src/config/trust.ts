import { lstat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, sep } from 'node:path'

/**
 * Says why a credentials file in the working directory may be somebody else's: it, its folder or the directory has another owner, or others
 * can write to it.
 * @returns undefined where it is the user's own, or where the system can't tell (Windows)
 */
export async function reasonToDistrust(file: string): Promise<string | undefined> {
  if (sep === '\\') return undefined
  const { uid } = userInfo()
  for (const path of [file, dirname(file), dirname(dirname(file))]) {
    const found = await lstat(path)
    if (found.isSymbolicLink()) return `${path} is a link`
    if (found.uid !== uid) return `${path} belongs to another user`
    if ((found.mode & 0o022) !== 0) return `others can write to ${path}`
  }
  return undefined
}
