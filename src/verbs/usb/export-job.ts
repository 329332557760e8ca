import type { SearchCriteria } from '../../api/device-control.ts'
import { Attempts } from '../../core/attempts.ts'
import { withDeadline } from '../../core/abort.ts'
import { bounded, MAX_UNANNOUNCED_BYTES } from '../../core/bounded.ts'
import { CbcError } from '../../core/errors.ts'
import { Poll } from '../../remote/poll.ts'
import { cutShort, resumable, webPage } from '../../remote/resumable-stream.ts'
import type { OrganizationContext } from '../define-organization.ts'

/**
 * Has the service create an export ("Export jobs" of the neighbouring APIs), waits for it, and yields the content as it arrives. Nothing is
 * sent before the first byte is requested.
 * @throws CbcError remote: the job failed, with its message; timeout; network: the download is incomplete
 */
export async function* exportByJob(
  what: 'approvals' | 'devices',
  wanted: SearchCriteria,
  format: 'CSV' | 'JSON',
  context: OrganizationContext,
): AsyncGenerator<Uint8Array> {
  const { usb, progress, signal } = context
  const attempts = new Attempts(context.clock)
  const id = await usb.export(what, wanted, format, { signal })
  try {
    await finished(id, what, context)
    let got = 0
    for await (const chunk of resumable(() => open(id, format, context, attempts), { what: `download job ${id}`, signal, attempts })) {
      progress.at((got += chunk.length))
      yield chunk
    }
  } finally {
    progress.end()
  }
}

/** Opens the export of a job from the start. @throws CbcError network: a gateway answered with a web page */
async function open(
  id: string,
  format: 'CSV' | 'JSON',
  { jobs, progress, signal }: OrganizationContext,
  attempts: Attempts,
): Promise<AsyncIterable<Uint8Array>> {
  const what = `download job ${id}`
  const { bytes, size, type } = await jobs.download(id, { signal, attempts })
  if (type === 'text/html') {
    for await (const _ of bytes) break
    throw webPage(what)
  }
  progress.step('Downloading the export', size)
  return whole(bounded(bytes, what, size ?? MAX_UNANNOUNCED_BYTES), what, format, size)
}

/** Passes bytes on. @throws CbcError network: they end too early */
async function* whole(bytes: AsyncIterable<Uint8Array>, what: string, format: 'CSV' | 'JSON', size?: number): AsyncGenerator<Uint8Array> {
  let got = 0
  let end = ''
  for await (const chunk of bytes) {
    got += chunk.length
    end = Buffer.from(chunk).toString('latin1').trimEnd().at(-1) ?? end
    yield chunk
  }
  // A complete JSON document has a known end. For CSV, only the size can tell.
  if ((size !== undefined && got !== size) || (format === 'JSON' && !/[\]}]/.test(end))) throw cutShort(what)
}

async function finished(id: string, what: string, context: OrganizationContext): Promise<void> {
  const { jobs, clock, progress, timeoutMs } = context
  const { signal, clear } = withDeadline(
    clock,
    timeoutMs,
    `export ${what}: job ${id} did not finish in time; it continues in the service`,
    context.signal,
  )
  progress.step(`Waiting for the export of ${what}`, 100, 'percent')
  try {
    const { status } = await new Poll(clock).until(
      async () => {
        const job = await jobs.get(id, { signal })
        if (job.status === 'IN_PROGRESS') progress.at(percent(await jobs.progress(id, { signal })))
        return job
      },
      ({ status }) => status === 'COMPLETED' || status === 'FAILED',
      signal,
    )
    if (status === 'FAILED')
      throw new CbcError(
        'remote',
        `export ${what}: job ${id} failed: ${(await jobs.progress(id, { signal })).message || 'the service does not say why'}`,
      )
  } finally {
    clear()
  }
}

function percent({ num_completed: done = 0, num_total: total = 0 }: { num_completed?: number; num_total?: number }): number {
  return total > 0 ? (done / total) * 100 : 0
}
