import { within } from '../../core/abort.ts'
import { Bell } from '../../core/bell.ts'
import { CbcError, usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { fieldsOf, object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { lastLine } from '../../runs/counts.ts'
import { runRow, type RunView } from '../../runs/view.ts'
import { value } from '../../verbs/define.ts'
import { RUN, RUN_COLUMNS, RUN_FIELDS } from './columns.ts'
import { withRun } from './opened-run.ts'
import { QUEUE_OF_RUN } from './queue.ts'

/** How often it is looked at a run that nothing is heard of, milliseconds. */
const LOOK_EVERY_MS = 2000

/** What is waited for: the end of the run, or a share of its devices that are done. */
type Goal = 'end' | { percent: number }

/** `cbc run wait`. */
export const wait = defineProgramVerb({
  summary: 'wait until a run has ended, or a share of its devices is done',
  details: 'Exit code 6 when that is not reached: the time is over, or the run has ended without it. --timeout limits the time.',
  examples: [
    { line: 'cbc run wait 20261130-0415-ps-x7k2', does: 'until nothing more happens' },
    { line: 'cbc run wait 20261130-0415-ps-x7k2 --for done=95% --timeout 2h', does: 'until 95 of 100 devices are done' },
  ],
  example: line => line,
  fields: fieldsOf(RUN_COLUMNS, ...RUN_FIELDS),
  arguments: { run: RUN },
  options: {
    queue: QUEUE_OF_RUN,
    for: value('--for <goal>', 'done: the run has ended (default); done=95%: so many devices are done', { parse: parseGoal }),
  },
  async run({ run, for: goal = 'end', queue }, context) {
    const { host, globals } = context
    return await withRun(run, queue, context, async ({ view }) => {
      const what = `run wait ${view.record.run}`
      await within(host.clock, globals.timeout, what, host.interrupt, signal => reached(view, goal, host, signal))
      return object(runRow(view), RUN_COLUMNS)
    })
  },
})

/** @throws CbcError timeout: the goal can't be reached any more */
async function reached(view: RunView, goal: Goal, { clock }: Host, signal: AbortSignal): Promise<void> {
  const bell = new Bell()
  const stop = view.folder.watch(() => bell.ring())
  try {
    while (!isReached(view, goal)) {
      if (!view.isAlive) throw missed(view)
      await bell.heard(clock, LOOK_EVERY_MS, signal)
      await view.update()
    }
  } finally {
    stop()
  }
}

function isReached({ counts: { done, all }, isAlive, state }: RunView, goal: Goal): boolean {
  if (goal === 'end') return !isAlive && state !== 'left'
  return done * 100 >= all * goal.percent
}

function missed({ record: { run }, counts, state }: RunView): CbcError {
  return new CbcError('timeout', `run ${run}: ${state === 'left' ? 'nobody works on it' : 'has ended'}: ${lastLine(counts, undefined)}`, {
    hint: `\`cbc run retry ${run}\` goes on with it`,
  })
}

/** @throws CbcError usage */
function parseGoal(text: string): Goal {
  const [, percent] = /^done(?:=(\d{1,3})%)?$/.exec(text) ?? []
  if (text === 'done') return 'end'
  if (percent === undefined || Number(percent) > 100) throw usage(`--for: "${text}" can't be waited for`, 'write done, or done=95%')
  return { percent: Number(percent) }
}
