import type { LocalFiles } from '../../core/ports.ts'
import { nameOf } from '../../artifacts/catalog.ts'
import { isFor } from '../../artifacts/definition.ts'
import { loadCatalog } from './load-catalog.ts'
import { ARTIFACTS_OPTION } from './options.ts'

/** A name that completes a list of artifacts. */
export interface ArtifactName {
  /** The whole list with it. */
  text: string
  name: string
  /** What it is, in a line. */
  about: string
}

/** The most names that are offered. */
const MAX_NAMES = 500

/**
 * Completes the last name of a list that is being typed.
 * @param env CBC_ARTIFACTS names further definitions
 * @param windows whether it is for a device with Windows; what is meant for other systems is then not offered. Absent where the device is not known
 */
export async function completeArtifacts(
  typed: string,
  env: Readonly<Record<string, string | undefined>>,
  local: LocalFiles,
  windows?: boolean,
): Promise<ArtifactName[]> {
  const from = typed.lastIndexOf(',') + 1
  const [head, part] = [typed.slice(0, from), typed.slice(from).toLowerCase()]
  const given = new Set(head.toLowerCase().split(','))
  const paths = ARTIFACTS_OPTION.variable?.read(env['CBC_ARTIFACTS'] ?? '') as string[]
  const { catalog } = await loadCatalog(paths, local)
  const isMeant = (platforms: readonly string[]) =>
    windows === undefined || (windows ? isFor(platforms, 'Windows') : isFor(platforms, 'Linux') || isFor(platforms, 'Darwin'))
  return catalog.all
    .filter(({ platforms }) => isMeant(platforms))
    .map(definition => ({ name: nameOf(definition), about: definition.doc.split('\n', 1)[0] ?? '' }))
    .filter(({ name }) => name.toLowerCase().startsWith(part) && !given.has(name.toLowerCase()) && /^[\w.:+-]+$/.test(name))
    .slice(0, MAX_NAMES)
    .map(({ name, about }) => ({ text: head + name, name, about }))
}
