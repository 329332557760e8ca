import type { Approval } from '../../../api/device-control.ts'
import type { Row } from '../../../core/result.ts'
import { flag, value } from '../../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { devicesInWords } from '../describe.ts'
import { broadOf, describeBroad, settleDoubts } from './broad.ts'
import { executePlan } from './execute-plan.ts'
import { readChecked, type CheckedFile } from './checked-file.ts'
import { DEFAULT_BATCH_ROWS, BATCH_SIZE, FILE, FORMATS } from './input.ts'
import { allOfOrganization } from './organization.ts'
import { rollbackPath, writeRollback } from './rollback.ts'
import { closing, done, planned, REPORT_ROW } from './report.ts'
import { changesOf, inWords, noCounts, plannedRow, plannedRows, stepsOf, type Counts, type Step } from './plan.ts'

/** How many rows of the plan are shown before it is carried out. */
const MAX_SHOWN_ROWS = 100

export const approvalApply = defineOrganizationVerb({
  name: 'approval apply',
  summary: "make the organization's approvals equal to a file",
  details:
    `${FORMATS}Approvals are compared by vendor id, product id and serial number: those in the file are created, or their names and notes are updated. Other approvals stay, unless --prune deletes them. ` +
    'The command shows the plan and asks first. Before anything is changed, all approvals are written to a rollback file; apply --prune with that file restores them. A second run changes nothing.',
  examples: [
    { line: 'approval apply sticks.csv --prune --dry-run', does: 'show the plan' },
    { line: 'approval apply sticks.csv --yes', does: 'without a question; approvals that are not in the file stay' },
    { line: 'approval apply before.json --prune --yes', does: 'restore the approvals from a rollback file' },
  ],
  effect: 'destroy',
  fields: REPORT_ROW,
  arguments: { file: FILE },
  options: {
    prune: flag('--prune', 'delete the approvals that are not in the file'),
    rollback: value('--rollback <file>', 'where to save the current approvals; default: <file>.rollback-<time>.json', {
      kind: 'local-path',
    }),
    batchSize: BATCH_SIZE,
  },
  async plan({ file: path, prune }, context) {
    const file = await readChecked(path, context)
    try {
      const changes = await changesFor(file, prune, context)
      const targets = { file, changes }
      if (context.planning || changes.count === 0) return { targets }
      const rows = await firstRows(changes)
      const shown = await showPlan(rows, changes, file, context)
      const broad = await describeBroad(await broadOf(changes.steps(), context), context)
      for (const line of broad) await context.show(`${file.name}: ${line}`)
      const what = `apply ${file.name}: ${changes.words}${broad.length === 0 ? '' : `; ${broad.length} of these would cover more than one USB device`}`
      return { targets, discard: () => file.close(), question: { what, to: [...broad, ...rows.map(inOneLine)], shown } }
    } catch (error) {
      await file.close()
      throw error
    }
  },
  async run({ file: path, rollback, batchSize = DEFAULT_BATCH_ROWS }, context, { file, changes }) {
    try {
      if (context.planning) return planned(closing(file, plannedRows(changes.steps())))
      if (changes.count > 0) {
        const saved = await writeRollback(rollback ?? rollbackPath(path, context.clock.now()), changes.before, context.local)
        await context.show(`the previous approvals are saved in ${saved}; to restore them, apply it with --prune`)
      }
      return done(
        file,
        executePlan({ name: file.name, steps: changes.steps(), total: changes.total, batch: batchSize }, context),
        context,
        changes.left,
      )
    } catch (error) {
      await file.close()
      throw error
    }
  },
})

/** The changes needed to apply a file. */
interface Changes {
  /** All current approvals of the organization. */
  before: readonly Approval[]
  /** The steps, in the order of the file and then the deletions. Can be read several times. */
  steps(): AsyncIterable<Step>
  total: number
  /** How many of the steps change something. */
  count: number
  /** A summary of the steps. */
  words: string
  /** A note on approvals that are not in the file and stay. */
  left: string
}

async function changesFor(file: CheckedFile, prune: boolean, context: OrganizationContext): Promise<Changes> {
  const before: Approval[] = []
  const there = new Map<string, Approval>()
  const others: Approval[] = []
  for await (const approval of allOfOrganization(context)) {
    before.push(approval)
    const devices = devicesOf(approval)
    // If the service has two approvals for the same devices, the file stands for only one.
    if (!file.has(devices) || there.has(devices)) others.push(approval)
    else there.set(devices, approval)
  }
  const steps = async function* (): AsyncGenerator<Step> {
    yield* stepsOf(file, there)
    if (prune) for (const approval of others) yield { action: 'delete', approval }
  }
  await settleDoubts(file, there, context)
  const counts = await countsOf(steps())
  const count = changesOf(counts)
  return {
    before,
    steps,
    count,
    total: count + counts.unchanged,
    words: inWords(counts, { create: 'create #', update: 'update #', delete: 'delete #', unchanged: '# unchanged' }),
    left:
      prune || others.length === 0
        ? ''
        : `; ${others.length} that ${others.length === 1 ? 'is not in it stays (--prune deletes it)' : 'are not in it stay (--prune deletes them)'}`,
  }
}

async function countsOf(steps: AsyncIterable<Step>): Promise<Counts> {
  const counts = noCounts()
  for await (const { action } of steps) counts[action] += 1
  return counts
}

async function firstRows({ steps }: Changes): Promise<Row[]> {
  const rows: Row[] = []
  for await (const step of steps()) {
    if (step.action !== 'unchanged') rows.push(plannedRow(step))
    if (rows.length === MAX_SHOWN_ROWS) break
  }
  return rows
}

/** Shows the plan. @returns whether a person has seen it */
async function showPlan(
  rows: readonly Row[],
  { count, words, left }: Changes,
  file: CheckedFile,
  { show }: OrganizationContext,
): Promise<boolean> {
  const seen = await show(planned(rows))
  await show(`${file.name}: ${words}${left}${count > MAX_SHOWN_ROWS ? `; the first ${MAX_SHOWN_ROWS} are shown, --dry-run shows all` : ''}`)
  return seen
}

/** Describes a step of the plan: `create SanDisk (0x0781) Ultra (0x5581) 4C53`. */
function inOneLine(row: Row): string {
  const { action, id } = row
  return [action, id, devicesInWords(row)].filter(part => part !== undefined).join(' ')
}
