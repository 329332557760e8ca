import { link, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { statOf } from './local-target.ts'

/** Errors of file systems that have no hard links, as those of some network shares. */
const NO_LINKS = ['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * Gives a partial file its final name, unless there is something of that name.
 * @param addName gives a file a second name, and fails where that is taken
 * @returns whether it has it now
 */
export async function nameOnce(part: string, final: string, addName = link): Promise<boolean> {
  try {
    await addName(part, final)
    await rm(part)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_LINKS.includes(code)) throw error
    return await renameOnce(part, final)
  }
}

/** Does the same by renaming, which would replace what is there: only who could make the file of the claim may look and then rename. */
async function renameOnce(part: string, final: string): Promise<boolean> {
  const claim = join(dirname(final), `.cbc-${basename(final)}.claim`)
  const held = await open(claim, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  if (held === undefined) return false
  try {
    await held.close()
    if ((await statOf(final, lstat)) !== undefined) return false
    await rename(part, final)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}
