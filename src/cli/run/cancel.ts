import { Bell } from '../../core/bell.ts'
import { within } from '../../core/abort.ts'
import type { Host } from '../../core/host.ts'
import { fieldsOf, object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { CANCEL, CANCELLED, now, writeRecord } from '../../runs/record.ts'
import { runRow, type RunView } from '../../runs/view.ts'
import { RUN, RUN_COLUMNS, RUN_FIELDS } from './columns.ts'
import { withRun } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'

/** How often it is looked whether the run has ended, milliseconds. */
const LOOK_EVERY_MS = 500

/** `cbc run cancel`. */
export const cancel = defineProgramVerb({
  summary: 'end a run: nothing more begins, and what is PENDING is cancelled on the server',
  examples: [{ line: 'cbc run cancel 20261130-0415-ps-x7k2', does: 'ends it, whoever works on it' }],
  example: line => line,
  fields: fieldsOf(RUN_COLUMNS, ...RUN_FIELDS),
  arguments: { run: RUN },
  options: { queue: QUEUE_OF_RUN },
  async run({ run, queue }, context) {
    const { host, globals } = context
    const { clock, interrupt } = host
    return await withRun(run, queue, context, async ({ view, remote }) => {
      if (view.isAlive) {
        if (remote === undefined) await view.folder.write(CANCEL, `${now(clock)}\n`)
        else await remote.store.stop(view.record.run, CANCELLED)
        await within(clock, globals.timeout, `run cancel ${view.record.run}`, interrupt, signal => ended(view, host, signal))
      } else if (view.state === 'left') {
        await writeRecord(view.folder, { ...view.record, ended: now(clock), stopped: CANCELLED })
        await view.update()
      }
      return object(runRow(view), RUN_COLUMNS)
    })
  },
})

async function ended(view: RunView, { clock }: Host, signal: AbortSignal): Promise<void> {
  const bell = new Bell()
  const stop = view.folder.watch(() => bell.ring())
  try {
    for (; view.isAlive; await view.update()) await bell.heard(clock, LOOK_EVERY_MS, signal)
  } finally {
    stop()
  }
}
