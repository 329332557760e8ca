import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * Errors of systems that can't synchronize folders, or can't open them for it: Windows, network drives, a folder that is writable but not
 * readable.
 */
const UNSUPPORTED = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF', 'EPERM', 'EACCES']

/**
 * Makes sure that a name that was created or changed in a folder survives a power failure; the file's bytes have to be synchronized
 * separately. Does nothing where folders can't be synchronized.
 * @throws the system's Error: the disk is full or broken
 */
export async function syncFolder(folder: string): Promise<void> {
  let handle
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    ignoreUnsupported(error, folder)
  } finally {
    await handle?.close()
  }
}

/** Does what `syncFolder` does, synchronously. */
export function syncFolderNow(folder: string): void {
  let handle: number | undefined
  try {
    handle = openSync(folder, 'r')
    fsyncSync(handle)
  } catch (error) {
    ignoreUnsupported(error, folder)
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function ignoreUnsupported(error: unknown, folder: string): void {
  if (!UNSUPPORTED.includes((error as NodeJS.ErrnoException).code ?? '')) throw Object.assign(error as Error, { path: folder })
}
