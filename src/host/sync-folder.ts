import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * What systems and file systems answer that can't synchronize folders, or don't let them be opened for it: Windows, network drives, a
 * folder that may be written to but not read.
 */
const UNSUPPORTED = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF', 'EPERM', 'EACCES']

/**
 * A name that was made or changed in a folder outlasts a power failure from here on; the bytes of the file are safe by themselves. Where
 * folders can't be synchronized nothing is done.
 * @throws Error of the system: the disk is full or broken
 */
export async function syncFolder(folder: string): Promise<void> {
  let handle
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    check(error, folder)
  } finally {
    await handle?.close()
  }
}

/** The same, before it returns. */
export function syncFolderNow(folder: string): void {
  let handle: number | undefined
  try {
    handle = openSync(folder, 'r')
    fsyncSync(handle)
  } catch (error) {
    check(error, folder)
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function check(error: unknown, folder: string): void {
  if (!UNSUPPORTED.includes((error as NodeJS.ErrnoException).code ?? '')) throw Object.assign(error as Error, { path: folder })
}
