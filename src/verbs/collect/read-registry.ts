import { isName } from '../../artifacts/pattern.ts'
import type { KeyWish, Wishes } from '../../artifacts/wishes.ts'
import type { Key } from '../../remote/registry.ts'
import type { Context } from '../define.ts'
import { findKeys } from './find-keys.ts'
import type { Gathered } from './gathered.ts'

/**
 * Reads the registry keys and values that artifacts ask for, each key once.
 * @throws CbcError network, timeout, interrupted
 */
export async function collectKeys({ keys: wishes }: Wishes, gathered: Gathered, context: Context): Promise<void> {
  const { session, signal, progress } = context
  if (wishes.length === 0) return
  progress.step(`Reading the registry of ${session.label}`)
  const found = await findKeys(
    session,
    wishes.map(({ parts }) => parts),
    { signal },
  )
  for (const { path, error, patterns } of found.unread)
    for (const artifact of new Set(patterns.flatMap(at => wishes[at]?.artifact ?? []))) gathered.failed(artifact, path, error)
  for (const { key, patterns } of found.keys) {
    if (session.planning) session.plan({ name: 'reg enum key', path: key.path })
    for (const [artifact, some] of byArtifact(patterns.flatMap(at => wishes[at] ?? []))) {
      const result = wantedOf(key, some)
      if (result === undefined) continue
      gathered.found(artifact)
      gathered.result(artifact, 'keys', result)
    }
  }
}

function byArtifact(wishes: readonly KeyWish[]): Map<KeyWish['artifact'], KeyWish[]> {
  const groups = new Map<KeyWish['artifact'], KeyWish[]>()
  for (const wish of wishes) groups.set(wish.artifact, [...(groups.get(wish.artifact) ?? []), wish])
  return groups
}

/** What an artifact wants of a key: all of it, or some of its values; undefined where the key has none of them. */
function wantedOf(key: Key, wishes: readonly KeyWish[]): Record<string, unknown> | undefined {
  if (wishes.some(({ value }) => value === undefined)) return { ...key }
  const values = key.values.filter(({ registry_name: name }) => wishes.some(({ value }) => value !== undefined && isName(value, name)))
  return values.length === 0 ? undefined : { path: key.path, values }
}
