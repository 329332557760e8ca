import { LAB, resolveProfile } from '../../config/profile.ts'
import type { Host } from '../../core/host.ts'
import type { RunFolders } from '../../core/run-folders.ts'
import type { Globals } from '../../engine/globals.ts'
import { profileSources } from '../profile-sources.ts'

/** Opens the folders of runs: those of the case that the options or the profile name, else the program's own. */
export async function runFoldersOf({ host, globals }: { host: Host; globals: Globals }): Promise<RunFolders> {
  return await host.runFolders(globals.case ?? (await caseOfProfile(host, globals)))
}

/** Runs can be looked at without a profile that works. */
async function caseOfProfile(host: Host, { profile: name }: Globals): Promise<string | undefined> {
  const profile = await resolveProfile(name, profileSources(host)).catch(() => undefined)
  return profile === undefined || profile === LAB ? undefined : profile.caseFolder
}
