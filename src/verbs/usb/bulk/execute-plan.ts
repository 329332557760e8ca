import type { Approval } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { Row } from '../../../core/result.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { deleteOne, updateOne } from './change-one.ts'
import { createBatch, type Outcomes } from './create-batch.ts'
import { DONE } from './report.ts'
import { inWords, noCounts, type Step } from './plan.ts'

export interface Work {
  /** The file, for messages. */
  name: string
  steps: AsyncIterable<Step>
  /** Number of steps. */
  total: number
  /** How many approvals one request creates. */
  batch: number
}

/** How many steps wait at most for a batch to fill up. They wait so that results stay in the file's order. */
const MAX_BACKLOG_STEPS = 1000

type Context = Pick<OrganizationContext, 'usb' | 'signal' | 'clock' | 'progress' | 'change'>

/**
 * Carries out the steps and yields their results in order: `{action, line, …approval}` or `{action, line, error}`. A step that fails does not
 * stop the others.
 * @throws CbcError interrupted, with what was done so far; auth: the key may not change approvals at all
 */
export async function* executePlan({ name, steps, total, batch }: Work, context: Context): AsyncGenerator<Row> {
  const run = new Run(name, total, context)
  let waiting: Step[] = []
  let creations = 0
  for await (const step of steps) {
    waiting.push(step)
    if (step.action === 'create') creations += 1
    if (creations > 0 && creations < batch && waiting.length < MAX_BACKLOG_STEPS) continue
    yield* run.carryOut(waiting)
    waiting = []
    creations = 0
  }
  yield* run.carryOut(waiting)
  context.progress.end()
}

class Run {
  readonly #name: string
  readonly #total: number
  readonly #context: Context
  readonly #done = noCounts()
  #failed = 0

  constructor(name: string, total: number, context: Context) {
    this.#name = name
    this.#total = total
    this.#context = context
  }

  async *carryOut(steps: readonly Step[]): AsyncGenerator<Row> {
    const created = steps.filter(step => step.action === 'create').map(({ fields }) => fields)
    const outcomes: Outcomes =
      created.length === 0 ? new Map() : await this.#attempt(created.length, () => createBatch(created, this.#context))
    for (const step of steps) {
      const row = await this.#row(step, outcomes)
      if (row['error'] === undefined) this.#done[step.action] += 1
      else this.#failed += 1
      yield row
    }
  }

  async #row(step: Step, outcomes: Outcomes): Promise<Row> {
    const { action } = step
    if (action === 'unchanged') return { action, line: step.line, ...step.approval }
    const place = action === 'delete' ? { action, id: step.approval.id } : { action, line: step.line }
    try {
      if (action === 'create') return { ...place, ...created(outcomes.get(devicesOf(step.fields))) }
      if (action === 'update') return { ...place, ...(await this.#attempt(1, () => updateOne(step.after, this.#context))) }
      await this.#attempt(1, () => deleteOne(step.approval, this.#context))
      return { ...place, ...step.approval }
    } catch (error) {
      if (!(error instanceof CbcError) || error.code === 'interrupted' || (error.code === 'auth' && !this.#changed)) throw error
      return { ...place, error: action === 'delete' ? error : error.with(`${this.#name}: line ${step.line}: ${error.message}`) }
    }
  }

  get #changed(): boolean {
    return this.#done.create + this.#done.update + this.#done.delete > 0
  }

  /** Sends a request that concerns `count` approvals. @throws CbcError */
  async #attempt<T>(count: number, send: () => Promise<T>): Promise<T> {
    const { progress } = this.#context
    progress.step('change approvals', this.#total, 'percent')
    progress.at(this.#failed + Object.values(this.#done).reduce((sum, one) => sum + one, 0))
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof CbcError) || error.code !== 'interrupted') throw error
      const done = inWords(this.#done, DONE)
      throw error.with(
        `interrupted: ${done === '' ? 'nothing was done so far' : `${done} so far`}; the outcome of ${count} more is not known`,
        {
          hint: 'run it again: what is already done stays unchanged',
        },
      )
    }
  }
}

/** Returns a created approval as a row. @throws CbcError it could not be created */
function created(outcome: Approval | CbcError | undefined): Row {
  if (outcome instanceof CbcError) throw outcome
  return { ...outcome }
}
