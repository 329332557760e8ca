import type { Approval } from '../../../api/device-control.ts'
import type { Result } from '../../../core/result.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../../define-organization.ts'
import { broadOf, describeBroad, settleDoubts } from './broad.ts'
import { executePlan } from './execute-plan.ts'
import { readChecked, type CheckedFile } from './checked-file.ts'
import { DEFAULT_BATCH_ROWS, BATCH_SIZE, FILE, FORMATS } from './input.ts'
import { approvalsOf } from './organization.ts'
import { closing, done, planned, REPORT_ROW } from './report.ts'
import { plannedRows, stepsOf, type Step } from './plan.ts'

export const approvalImport = defineOrganizationVerb({
  name: 'approval import',
  summary: 'create the approvals in a file',
  details:
    `${FORMATS}Existing approvals stay unchanged, so a second run changes nothing; approval apply also updates names and notes. ` +
    'The command asks first if rows that seem to be for one USB device would approve others too.',
  examples: [
    { line: 'approval import sticks.csv --dry-run', does: 'show what would be done with each row' },
    { line: 'approval import sticks.csv', does: 'create them, and show what was done with each row' },
  ],
  effect: 'change',
  fields: REPORT_ROW,
  arguments: { file: FILE },
  options: { batchSize: BATCH_SIZE },
  async plan({ file: path }, context) {
    const file = await readChecked(path, context)
    try {
      const there = await approvalsOf(file, context)
      await settleDoubts(file, there, context)
      const broad = await broadOf(stepsOf(file, there), context)
      const plan = { targets: { file, there }, discard: () => file.close() }
      if (broad.length === 0) return plan
      const what = `${broad.length} of its approvals would cover more than one USB device`
      if (context.planning) context.notice(`${file.name}: ${what}; a real run asks about them first`)
      return { ...plan, question: async () => ({ what: `import ${file.name}: ${what}`, to: await describeBroad(broad, context) }) }
    } catch (error) {
      await file.close()
      throw error
    }
  },
  run: async ({ batchSize = DEFAULT_BATCH_ROWS }, context, { file, there }) => importFile(file, there, batchSize, context),
})

function importFile(file: CheckedFile, there: ReadonlyMap<string, Approval>, batch: number, context: OrganizationContext): Result {
  let differing = 0
  // Existing approvals stay unchanged, even if the file has another name for them.
  const steps = async function* (): AsyncGenerator<Step> {
    for await (const step of stepsOf(file, there)) {
      if (step.action === 'update') differing += 1
      yield step.action === 'update' ? { action: 'unchanged', line: step.line, approval: step.before } : step
    }
  }
  if (context.planning) return planned(closing(file, plannedRows(steps())))
  const result = done(file, executePlan({ name: file.name, steps: steps(), total: file.count, batch }, context), context)
  return {
    ...result,
    done() {
      result.done?.()
      if (differing > 0)
        void context.show(
          `${file.name}: ${differing} of them have another name or other notes than in the file and stay unchanged; \`cbc usb approval apply\` would update them`,
        )
    },
  }
}
