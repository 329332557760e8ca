import type { LocalFiles } from '../../core/ports.ts'
import { nameOf } from '../../artifacts/catalog.ts'
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
 */
export async function completeArtifacts(
  typed: string,
  env: Readonly<Record<string, string | undefined>>,
  local: LocalFiles,
): Promise<ArtifactName[]> {
  const from = typed.lastIndexOf(',') + 1
  const [head, part] = [typed.slice(0, from), typed.slice(from).toLowerCase()]
  const given = new Set(head.toLowerCase().split(','))
  const paths = ARTIFACTS_OPTION.variable?.read(env['CBC_ARTIFACTS'] ?? '') as string[]
  const { catalog } = await loadCatalog(paths, local)
  return catalog.all
    .map(definition => ({ name: nameOf(definition), about: definition.doc.split('\n', 1)[0] ?? '' }))
    .filter(({ name }) => name.toLowerCase().startsWith(part) && !given.has(name.toLowerCase()) && /^[\w.:+-]+$/.test(name))
    .slice(0, MAX_NAMES)
    .map(({ name, about }) => ({ text: head + name, name, about }))
}
