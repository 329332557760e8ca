import type { Wanted } from '../../api/device-control.ts'
import { withDeadline } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import { Pace } from '../../remote/pace.ts'
import type { OrganizationContext } from '../organization/define.ts'

/**
 * Has the service make an export ("Export jobs" of the neighbouring APIs), waits for it, and gives what it made as it comes. Nothing is sent before the first byte is asked for.
 * @throws CbcError remote: the job failed, with what it says of it; timeout
 */
export async function* exportByJob(what: 'approvals' | 'devices', wanted: Wanted, format: 'CSV' | 'JSON', context: OrganizationContext): AsyncGenerator<Uint8Array> {
  const { usb, jobs, progress, signal } = context
  const id = await usb.export(what, wanted, format, { signal })
  try {
    await finished(id, what, context)
    const { bytes, size } = await jobs.download(id, { signal })
    progress.step(`Downloading the export of ${what}`, size)
    let got = 0
    for await (const chunk of bytes) {
      progress.at(got += chunk.length)
      yield chunk
    }
    if (size !== undefined && got !== size) throw new CbcError('network', `download job ${id}: got ${got} of ${size} bytes`, { hint: 'try again' })
  } finally {
    progress.end()
  }
}

async function finished(id: string, what: string, context: OrganizationContext): Promise<void> {
  const { jobs, clock, progress, patience } = context
  const { signal, clear } = withDeadline(clock, patience, `export ${what}: job ${id} has not ended in time; it goes on by itself`, context.signal)
  progress.step(`Waiting for the export of ${what}`, 100, 'percent')
  try {
    const { status } = await new Pace(clock).until(async () => {
      const job = await jobs.get(id, { signal })
      if (job.status === 'IN_PROGRESS') progress.at(percent(await jobs.progress(id, { signal })))
      return job
    }, ({ status }) => status === 'COMPLETED' || status === 'FAILED', signal)
    if (status === 'FAILED') throw new CbcError('remote', `export ${what}: job ${id} failed: ${(await jobs.progress(id, { signal })).message || 'the service does not say why'}`)
  } finally {
    clear()
  }
}

function percent({ num_completed: done = 0, num_total: total = 0 }: { num_completed?: number, num_total?: number }): number {
  return total > 0 ? done / total * 100 : 0
}
