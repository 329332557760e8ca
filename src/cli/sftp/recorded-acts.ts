import { object } from '../../core/result.ts'
import type { CaseHome } from '../../core/case-record.ts'
import { recordInSession } from '../../engine/recording.ts'
import type { OpenRuntime, RemoteSession } from '../../engine/remote-job.ts'
import type { Act, Acting, MovedBytes } from '../../sftp/acts.ts'
import { localParts } from '../../verbs/file/local-parts.ts'

const EFFECT: Record<Act['verb'], 'read' | 'change' | 'destroy'> = {
  get: 'read',
  cat: 'read',
  put: 'change',
  mkdir: 'change',
  rm: 'destroy',
}

/** Returns what does things on the endpoint for clients, and records each in the case, where there is one, as the verb that does the same. */
export function recordedActs({ case: recorder }: Pick<OpenRuntime, 'case'>, session: RemoteSession): Acting {
  if (recorder === undefined)
    return async (_act, work) => {
      await work(session)
    }
  const { device } = session
  return async ({ verb, path }, work) => {
    const command = { verb, line: `${verb} ${path}`, arguments: { path, by: 'sftp' }, effect: EFFECT[verb], device }
    await recordInSession(recorder, session, command, async ({ session: recorded, home, moved }) => {
      const file = await work(recorded)
      if (file === undefined) return object({ path })
      const { size, sha256 } = file
      if (home === undefined) return object({ path, size, sha256 })
      const local_path = await keep(file, localParts(session.paths, path), home)
      moved({ path, local_path, size, sha256 })
      return object({ path, local_path, size, sha256 })
    })
  }
}

/** Keeps the bytes of a file in the case. @returns where @throws CbcError io */
async function keep({ modified, bytes }: MovedBytes, names: readonly string[], home: CaseHome): Promise<string> {
  const folder = await home.folder(names.slice(0, -1))
  const target = await folder.create(names.at(-1) ?? '', false)
  try {
    for await (const chunk of bytes()) await target.write(chunk)
    await target.commit(modified)
  } catch (error) {
    await target.discard()
    throw error
  }
  return target.path
}
