import type { Host } from '../../core/host.ts'
import { formatDuration } from '../../core/quantity.ts'
import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { failureLine, failures, runRow, slowest, type RunView } from '../../runs/view.ts'
import { flag } from '../../verbs/define.ts'
import { RUN, RUN_COLUMNS, RUN_FIELDS } from './columns.ts'
import { withRun } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'
import { watchRun } from './watch.ts'

/** How many of the slowest devices are shown. */
const SLOWEST = 5

const COLUMNS: Column[] = [
  ...RUN_COLUMNS,
  { key: 'stopped' },
  { key: 'command', evidence: true },
  { key: 'folder' },
  { key: 'slowest', text: row => inLine(row['slowest'], slowLine), evidence: true },
  {
    key: 'failures',
    title: 'not done',
    text: row => inLine(row['failures'], failureLine),
    evidence: true,
  },
]

/** `cbc run show`. */
export const show = defineProgramVerb({
  summary: 'show a run: how far it is, the slowest devices, and the failed ones with their reasons',
  examples: [
    { line: 'cbc run show 20261130-0415-ps-x7k2', does: 'what it came to, or how far it is' },
    { line: 'cbc run show 20261130-0415-ps-x7k2 --watch', does: 'the same, drawn again until it ends' },
  ],
  example: line => line,
  fields: fieldsOf(COLUMNS, ...RUN_FIELDS),
  arguments: { run: RUN },
  options: {
    queue: QUEUE_OF_RUN,
    watch: flag('--watch', 'on a terminal, draw it again until the run ends; elsewhere, wait for that'),
  },
  async run({ run, watch, queue }, context) {
    return await withRun(run, queue, context, async ({ view }) => {
      if (watch) await watchRun(view, context.host)
      const value = whole(view, context.host)
      return object(
        value,
        COLUMNS.filter(({ key }) => value[key] != null && !(Array.isArray(value[key]) && value[key].length === 0)),
      )
    })
  },
})

function whole(view: RunView, { clock }: Host): Row {
  return {
    ...runRow(view),
    command: ['cbc', ...view.record.words].join(' '),
    folder: view.folder.path,
    slowest: slowest(view, SLOWEST, clock.now()),
    failures: failures(view),
  }
}

function slowLine({ device_name: name, device_id: id, duration_ms: ms }: Row): string {
  return `${String(name ?? id)} ${formatDuration(Number(ms))}`
}

/** Writes a list of devices in one cell, which wraps. */
function inLine(devices: unknown, say: (device: Row) => string): string {
  return (devices as Row[]).map(say).join('; ')
}
