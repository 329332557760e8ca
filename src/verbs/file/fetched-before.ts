import type { LocalFiles, LocalFolder, LocalSource } from '../../core/ports.ts'
import { sha256Of } from '../../core/sha256.ts'
import type { Listed } from '../../remote/download.ts'
import type { Transferred } from '../../remote/transfer.ts'

/** A file that an earlier run brought home. */
export interface Fetched extends Transferred {
  local_path: string
}

/**
 * Returns the file of an earlier run in a folder, if the endpoint's is still the same by its time and size: then it need not be fetched again.
 * @param listed what the endpoint lists; without a size, any will do
 * @throws CbcError io
 */
export async function fetchedBefore(folder: LocalFolder, name: string, { modified, size }: Listed): Promise<Fetched | undefined> {
  const there = modified === undefined ? undefined : await folder.fetched?.(name, modified, size)
  return there && (await fetchedAs(there))
}

/** The same for a file at a path. */
export async function isFetched(path: string, { modified, size }: Listed, local: LocalFiles): Promise<Fetched | undefined> {
  const there = await local.open(path)
  return Math.round(there.modified) === modified && there.size === size ? await fetchedAs(there) : undefined
}

async function fetchedAs({ path, size, bytes }: Pick<LocalSource, 'path' | 'size' | 'bytes'>): Promise<Fetched> {
  return { local_path: path, size, sha256: await sha256Of(bytes()) }
}
