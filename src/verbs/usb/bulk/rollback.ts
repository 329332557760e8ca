import type { Approval } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { LocalFiles } from '../../../core/ports.ts'

/**
 * Saves the current approvals to a file with which `apply --prune` restores them. Only the owner can read it, and an existing file is never
 * overwritten.
 * @returns its absolute path
 * @throws CbcError io; refused: the file exists
 */
export async function writeRollback(path: string, approvals: readonly Approval[], local: LocalFiles): Promise<string> {
  const target = await local.create(path, '', false).catch((error: unknown) => {
    throw error instanceof CbcError && error.code === 'refused'
      ? error.with(error.message, { hint: 'name another file with --rollback' })
      : error
  })
  try {
    await target.write(Buffer.from(`[${approvals.map(approval => `\n${JSON.stringify(approval)}`).join(',')}\n]\n`))
    await target.commit()
  } catch (error) {
    await target.discard()
    throw error
  }
  return target.path
}

/** Returns a path next to the file, or in the working directory for standard input. @param now milliseconds since 1970 */
export function rollbackPath(file: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:.]/g, '')
  const base = file === '-' ? 'approvals' : file.replace(/\.rollback-\d{8}T\d{9}Z\.json$/, '')
  return `${base}.rollback-${time}.json`
}
