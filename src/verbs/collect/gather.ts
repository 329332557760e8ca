import type { Definition } from '../../artifacts/definition.ts'
import { wishesOf } from '../../artifacts/wishes.ts'
import type { LocalFolder } from '../../core/ports.ts'
import type { Context } from '../define.ts'
import { platformOf, variablesOf } from './endpoint.ts'
import { collectFiles, type FileLimits, type Home } from './fetch-files.ts'
import { Gathered } from './gathered.ts'
import { faultText, loadCatalog } from './load-catalog.ts'
import { collectKeys } from './read-registry.ts'
import { collectPrograms } from './run-programs.ts'
import { writeResults } from './write-results.ts'

/**
 * Collects artifacts on an endpoint: what changes soonest first, so that looking for files comes before fetching them, and programs are run last.
 * @param names of artifacts, groups and KAPE targets
 * @param paths where further definitions are
 * @param homes where files and results go; absent in a dry run
 * @throws CbcError not_found: there is no such artifact; usage: a group holds itself; network, timeout, interrupted
 */
export async function gather(
  names: readonly string[],
  paths: readonly string[],
  homes: { files: Home; results: (() => Promise<LocalFolder>) | undefined },
  limits: FileLimits,
  context: Context,
): Promise<Gathered> {
  const { catalog, faults } = await loadCatalog(paths, context.local)
  const [fault, ...others] = faults
  if (fault !== undefined)
    context.notice(`${faultText(fault)}${others.length > 0 ? `; and ${others.length} more definitions can't be read` : ''}`)
  const platform = await platformOf(context)
  if (limits.locked && context.session.planning)
    context.notice(
      'files that turn out to be in use are copied on the endpoint first: by reg.exe save, esentutl.exe /y /vss, or from a shadow copy that is removed again',
    )
  const artifacts = catalog.resolve(names, platform)
  const gathered = new Gathered(artifacts)
  if (artifacts.length === 0) {
    context.notice(`none of these artifacts is meant for ${platform}, which ${context.session.label} has`)
    return gathered
  }
  try {
    const variables = await variablesOf(context, platform, limits.locked || artifacts.some(asksForUsers))
    const wishes = wishesOf(artifacts, platform, variables)
    for (const { artifact, path, why } of wishes.unplanned) gathered.skipped(artifact, path, why)
    await collectKeys(wishes, gathered, context)
    await collectFiles(wishes, homes.files, limits, gathered, variables, context)
    await collectPrograms(wishes, gathered, context)
    if (homes.results !== undefined) await writeResults(gathered, homes.results, limits.force, context)
  } finally {
    context.progress.end()
  }
  return gathered
}

/** Whether a definition has a variable of users: `%%users.homedir%%`. */
function asksForUsers({ sources }: Definition): boolean {
  return /%%users\./i.test(JSON.stringify(sources))
}
