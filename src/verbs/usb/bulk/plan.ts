import type { Approval, ApprovalFields } from '../../../api/device-control.ts'
import type { Row } from '../../../core/result.ts'
import { devicesOf } from '../approval-rules.ts'
import { sameText } from './cells.ts'
import type { CheckedFile, CheckedRow } from './checked-file.ts'

/** One step towards making the organization's approvals match a file. */
export type Step =
  | { action: 'unchanged'; line: number; approval: Approval }
  | { action: 'create'; line: number; fields: ApprovalFields }
  | { action: 'update'; line: number; before: Approval; after: Approval }
  | { action: 'delete'; approval: Approval }

/**
 * Yields the step for each row of a file, in order.
 * @param there the organization's approvals, by their devices (`devicesOf`)
 */
export async function* stepsOf(file: CheckedFile, there: ReadonlyMap<string, Approval>): AsyncGenerator<Step> {
  for await (const { line, approval } of file.rows()) {
    const before = there.get(devicesOf(approval))
    yield before === undefined ? { action: 'create', line, fields: approval } : compared(before, { line, approval })
  }
}

/** Compares an approval with its row. Fields that the file does not have stay unchanged. */
function compared(before: Approval, { line, approval }: CheckedRow): Step {
  const changed = (['approval_name', 'notes'] as const).filter(
    field => approval[field] !== undefined && !sameText(approval[field], String(before[field] ?? '')),
  )
  if (changed.length === 0) return { action: 'unchanged', line, approval: before }
  return { action: 'update', line, before, after: { ...before, ...Object.fromEntries(changed.map(field => [field, approval[field]])) } }
}

/** Returns a planned step as a row. An update has its changes. */
export function plannedRow(step: Step): Row {
  switch (step.action) {
    case 'unchanged':
      return { action: step.action, line: step.line, ...step.approval }
    case 'create':
      return { action: step.action, line: step.line, ...step.fields }
    case 'update':
      return { action: step.action, line: step.line, ...step.after, changes: changes(step.before, step.after) }
    case 'delete':
      return { action: step.action, ...step.approval }
  }
}

/** Yields the rows of a dry run. */
export async function* plannedRows(steps: AsyncIterable<Step>): AsyncGenerator<Row> {
  for await (const step of steps) yield plannedRow(step)
}

function changes(before: Approval, after: Approval): Record<string, { before: string; after: string }> {
  const changed = (['approval_name', 'notes'] as const).filter(field => after[field] !== before[field])
  return Object.fromEntries(changed.map(field => [field, { before: before[field] ?? '', after: after[field] ?? '' }]))
}

export type Counts = Record<Step['action'], number>

export function noCounts(): Counts {
  return { create: 0, update: 0, delete: 0, unchanged: 0 }
}

/** Returns the number of steps that change something. */
export function changesOf(counts: Counts): number {
  return counts.create + counts.update + counts.delete
}

/** Summarizes counts with the given words, without those that are zero: `create 3, delete 1`. */
export function inWords(counts: Counts, words: Partial<Record<Step['action'], string>>): string {
  return Object.entries(words)
    .filter(([action]) => counts[action as Step['action']] > 0)
    .map(([action, word]) => word.replace('#', counts[action as Step['action']].toLocaleString('en')))
    .join(', ')
}
