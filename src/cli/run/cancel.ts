import { Bell } from '../../core/bell.ts'
import { within } from '../../core/abort.ts'
import type { Host } from '../../core/host.ts'
import { fieldsOf, object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { CANCEL, now, writeRecord } from '../../runs/record.ts'
import { runRow, RunView } from '../../runs/view.ts'
import { RUN, RUN_COLUMNS, RUN_FIELDS } from './columns.ts'

/** How often it is looked whether the run has ended, milliseconds. */
const LOOK_EVERY_MS = 500

/** `cbc run cancel`. */
export const cancel = defineProgramVerb({
  summary: 'end a run: nothing more begins, and what is PENDING is cancelled on the server',
  examples: [{ line: 'cbc run cancel 20261130-0415-ps-x7k2', does: 'ends it, wherever on this machine it runs' }],
  example: line => line,
  fields: fieldsOf(RUN_COLUMNS, ...RUN_FIELDS),
  arguments: { run: RUN },
  options: {},
  async run({ run }, { host, globals }) {
    const { clock, interrupt } = host
    const view = await RunView.open(await host.runFolders(), run)
    if (view.isAlive) {
      await view.folder.write(CANCEL, `${now(clock)}\n`)
      await within(clock, globals.timeout, `run cancel ${view.record.run}`, interrupt, signal => ended(view, host, signal))
    } else if (view.state === 'left') {
      await writeRecord(view.folder, { ...view.record, ended: now(clock), stopped: 'cancelled' })
      await view.update()
    }
    return object(runRow(view), RUN_COLUMNS)
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
