import type { CaseFolder } from '../../core/case-folder.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, type Column, type Result, type Row } from '../../core/result.ts'
import { undoables, type Undoable } from '../../cases/undoable.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { stepOf, type Undo } from '../../remote/undo/put-back.ts'
import { optional } from '../../verbs/define.ts'
import { CASE } from './folder.ts'

const LIST: Column[] = [
  { key: 'number', title: 'N', align: 'right' },
  { key: 'time', kind: 'time' },
  { key: 'device_name', title: 'device', text: row => String(row['device_name'] ?? row['device_id']) },
  { key: 'line', title: 'command', evidence: true },
  { key: 'state' },
  { key: 'restores', align: 'right', priority: 2 },
  { key: 'reasons', title: 'remarks', text: remarks, evidence: true, beneath: 'line' },
]
const FIELDS = ['device_id', 'user', 'outcome', 'changed', 'action', 'path', 'reason', 'start_again', 'not_restored']

/** `cbc case undo`. */
export const undo = defineProgramVerb({
  summary: 'list what commands of a case changed, and put it back',
  details:
    'Without a number it lists the commands that changed something and whose state before is known, and what of it stays lost, and why. What failed changed nothing, and is not in the list; `changed` is "perhaps" where how a change ended is not known, as of a program that was killed. With one it shows what it would put back, asks, does it on the device, checks it, and records it in the case. The state that is replaced is saved, too: an undo can be undone. --dry-run only shows it. Changes of a command are put back in reverse order; what is as it was already stays untouched. The API sets no times and no attributes: `not_restored` names them. A process that was killed is never started again: `start_again` has its command line.',
  examples: [
    { line: 'cbc case undo /evidence/2026-114', does: 'what can be undone' },
    { line: 'cbc case undo /evidence/2026-114 3 --dry-run', does: 'what it would put back' },
    { line: 'cbc case undo /evidence/2026-114 3', does: 'puts it back, after a question' },
  ],
  example: line => line,
  fields: fieldsOf(LIST, ...FIELDS),
  arguments: { case: CASE, number: optional('text', 'the number of a command in the list') },
  options: {},
  async run({ case: path, number }, context) {
    const folder = await context.host.caseFolder(path)
    const all = await undoables(folder)
    if (number === undefined) return list(all.map(listed), LIST, 'nothing that can be undone')
    const chosen = all.find(one => String(one.number) === number)
    if (chosen === undefined) {
      if (!/^[1-9]\d*$/.test(number)) throw usage(`"${number}" is no number of a command`, `\`cbc case undo ${path}\` lists them`)
      throw new CbcError('not_found', `${path}: no command that changed something has the number ${number}`, {
        hint: `\`cbc case undo ${path}\` lists them`,
      })
    }
    return await undoOne(chosen, folder, context)
  },
})

function listed({ number, time, device, line, who, outcome, changes, undone }: Undoable): Row {
  const records = changes.map(({ undo: record }) => record)
  const possible = records.filter(({ possible: is }) => is).length
  const reasons = records.flatMap(record => (record.possible ? [] : [record.reason]))
  const left = possible === 0 ? 'not possible' : possible < records.length ? 'partly possible' : 'possible'
  const state = { yes: 'undone', partly: 'partly undone', no: left }[undone]
  return {
    ...{ number, time, device_id: device.id, device_name: device.name, user: who?.user, line, outcome: outcome ?? null },
    ...{ changed: changes.every(({ isCertain }) => isCertain) ? 'yes' : 'perhaps', state, restores: possible, reasons },
    ...(records.length === 1 && records[0]?.['start_again'] !== undefined ? { start_again: records[0]['start_again'] } : {}),
  }
}

function remarks({ changed, reasons }: Row): string {
  return [
    ...(changed === 'perhaps' ? ['how it ended is not known: it may not have changed everything'] : []),
    ...(reasons as string[]),
  ].join('; ')
}

/** Shows what an undo would do, or does it. */
async function undoOne(chosen: Undoable, folder: CaseFolder, context: ProgramContext): Promise<Result> {
  const records = chosen.changes.map(({ undo: record }) => record)
  const steps = records.filter((record): record is Undo => record.possible).reverse()
  const reasons = records.filter(record => !record.possible)
  const [first] = reasons
  if (steps.length === 0 && first !== undefined) {
    const again = String(first['start_again'] ?? '')
    const hint = again === '' ? {} : { hint: `to start it again: cbc lr exec ${chosen.device.id} ${again}` }
    throw new CbcError('refused', `number ${chosen.number} can't be undone: ${first.reason}`, { ...hint, device_id: chosen.device.id })
  }
  const columns: Column[] = [
    { key: 'action' },
    { key: 'path', evidence: true },
    {
      key: 'not_restored',
      title: 'what stays',
      text: row => String(row['reason'] ?? ((row['not_restored'] as string[] | undefined) ?? []).join(', ')),
      evidence: true,
    },
  ]
  if (context.globals.dryRun === true)
    return list([...steps.map(stepOf), ...reasons.map(({ reason }) => ({ action: 'none', path: '', reason }))], columns)
  const { putBackAll } = await import('./put-back.ts')
  return list(await putBackAll(chosen, steps, folder, context), columns)
}
