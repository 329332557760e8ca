import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { CbcError } from './errors.ts'
import type { LocalFiles, LocalFolder, LocalTarget } from './ports.ts'
import { sha256Of } from './sha256.ts'
import { uniqueNames } from './unique-names.ts'

/** How many files of one name are kept beside each other. */
const MAX_SAME = 10_000

/** Is told of a file before it has its name; where that fails, the file does not appear. */
type Announce = (file: { local_path: string; size: number; sha256: string }) => Promise<void>

/** Returns a folder in which nothing is overwritten: the same bytes are kept once, others under another name. */
export function evidenceFolder(folder: LocalFolder, local: LocalFiles, announce?: Announce): LocalFolder {
  return {
    ...folder,
    async create(name, _overwrite, resume) {
      const others: string[] = []
      for (const place of uniqueNames().places(name)) {
        if (others.length === MAX_SAME) break
        try {
          return keptOnce(await folder.create(place, false, resume), others, local, announce)
        } catch (error) {
          const taken = error instanceof CbcError ? error.facts.taken : undefined
          if (taken === undefined) throw error
          others.push(taken)
        }
      }
      throw new CbcError('refused', `${join(folder.path, name)}: too many files have this name`)
    },
    folder: async name => evidenceFolder(await folder.folder(name), local, announce),
  }
}

/**
 * Returns a target that is announced before it has its name. It turns out to be one of the files of its name that are there already, if that
 * has the same bytes.
 */
function keptOnce(target: LocalTarget, others: readonly string[], local: LocalFiles, announce: Announce | undefined): LocalTarget {
  let hash = createHash('sha256')
  let size = 0
  let unread = target.held
  let [same, earlier]: (string | undefined)[] = []
  const add = (chunk: Uint8Array) => {
    hash.update(chunk)
    size += chunk.length
  }
  /** What an earlier run left is part of the file. */
  const addHeld = async () => {
    const held = unread
    unread = undefined
    if (held !== undefined) for await (const chunk of held.bytes()) add(chunk)
  }
  const { drop } = target
  return {
    ...target,
    get path() {
      return same ?? target.path
    },
    get earlier() {
      return earlier
    },
    async write(chunk) {
      await addHeld()
      add(chunk)
      await target.write(chunk)
    },
    async commit(modified) {
      await addHeld()
      const sha256 = hash.digest('hex')
      same = await sameAs(others, size, sha256, local)
      if (same !== undefined) return await target.discard()
      await announce?.({ local_path: target.path, size, sha256 })
      await target.commit(modified)
      earlier = others[0]
    },
    ...(drop === undefined
      ? {}
      : {
          async drop() {
            hash = createHash('sha256')
            size = 0
            unread = undefined
            await drop()
          },
        }),
  }
}

async function sameAs(others: readonly string[], size: number, sha256: string, local: LocalFiles): Promise<string | undefined> {
  for (const other of others) {
    const file = await local.open(other).catch(() => undefined)
    if (file?.size === size && (await sha256Of(file.bytes())) === sha256) return other
  }
  return undefined
}
