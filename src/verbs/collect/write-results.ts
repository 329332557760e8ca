import { createHash } from 'node:crypto'
import { CbcError } from '../../core/errors.ts'
import type { LocalFolder } from '../../core/ports.ts'
import { escapeJson } from '../../core/text/escape-json.ts'
import type { Context } from '../define.ts'
import { nameOf } from '../../artifacts/catalog.ts'
import type { Gathered } from './gathered.ts'

/** Writes what artifacts gave besides files, a JSON file for each, under the artifact's name. What an earlier collection found is evidence, and stays. */
export async function writeResults(gathered: Gathered, home: () => Promise<LocalFolder>, force: boolean, context: Context): Promise<void> {
  const all = gathered.withResults
  if (all.length === 0) return
  const { session, clock } = context
  const folder = await home()
  for (const { artifact, results } of all) {
    const name = nameOf(artifact).replace(':', '-')
    const collected = new Date(clock.now()).toISOString()
    // Somebody will look at it on a terminal.
    const bytes = Buffer.from(
      `${escapeJson(JSON.stringify({ artifact: nameOf(artifact), device_id: session.device.id, collected, ...results }, undefined, 2))}\n`,
    )
    const count = Object.values(results).reduce((sum, rows) => sum + rows.length, 0)
    try {
      const target = await folder.create(`${name}.json`, force)
      await target.write(bytes)
      await target.commit()
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const file = { path: nameOf(artifact), local_path: target.path, size: bytes.length, sha256 }
      context.moved?.(file)
      gathered.written(artifact, count, file)
    } catch (error) {
      if (!(error instanceof CbcError)) throw error
      gathered.failed(artifact, `${name}.json`, error)
    }
  }
}
