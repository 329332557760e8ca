import type { FileStore } from '../core/file-store.ts'
import type { Host } from '../core/host.ts'
import { fileStore } from './stored-files.ts'

/**
 * Opens where files go: a folder that is there, of a network share for example.
 * @throws CbcError io: there is no such folder
 */
export async function openStore(where: string, host: Pick<Host, 'objectFolder'>): Promise<FileStore> {
  return fileStore(await host.objectFolder(where))
}
