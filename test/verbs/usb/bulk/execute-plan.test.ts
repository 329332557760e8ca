import { describe, expect, it } from 'vitest'
import { CbcError, interrupted } from '../../../../src/core/errors.ts'
import { SILENT } from '../../../../src/core/ports.ts'
import type { Row } from '../../../../src/core/result.ts'
import { executePlan } from '../../../../src/verbs/usb/bulk/execute-plan.ts'
import type { Step } from '../../../../src/verbs/usb/bulk/plan.ts'
import { FakeClock } from '../../../support/clock.ts'
import { NEVER } from '../../../remote/support.ts'

/** Deletes one approval for each outcome, an error or none, and returns the rows and the error that ended it. */
async function deleting(...outcomes: (Error | undefined)[]) {
  const usb = {
    deleteApproval: async (id: string) => {
      const outcome = outcomes[Number(id)]
      if (outcome !== undefined) throw outcome
    },
  }
  const steps = async function* (): AsyncGenerator<Step> {
    for (const id of outcomes.keys()) yield { action: 'delete', approval: { id: String(id) } as never }
  }
  const work = { name: 'sticks.csv', steps: steps(), total: outcomes.length, batch: 100 }
  const context = {
    usb,
    signal: NEVER,
    clock: new FakeClock(),
    progress: SILENT,
    change: async <T>(_: Row, send: () => Promise<T>) => send(),
  }
  const rows: Row[] = []
  try {
    for await (const row of executePlan(work, context as never)) rows.push(row)
    return { rows }
  } catch (error) {
    return { rows, error: error as CbcError }
  }
}

const FAILED = new CbcError('remote', 'no')
const FORBIDDEN = new CbcError('auth', 'forbidden')

describe('an interruption of a bulk change', () => {
  it('says what was done until then, and does not count what failed', async () => {
    const { rows, error } = await deleting(undefined, FAILED, undefined, interrupted(), undefined)
    expect([rows.length, error?.code, error?.message]).toEqual([
      3,
      'interrupted',
      'interrupted: 2 deleted so far; the outcome of 1 more is not known',
    ])
    expect((await deleting(FAILED, interrupted())).error?.message).toMatch(/^interrupted: nothing was done so far;/)
  })
})

describe('a key that may not change approvals', () => {
  it('ends the work where nothing was changed before, and is a failure of its row where something was', async () => {
    expect(await deleting(FAILED, FORBIDDEN, undefined)).toMatchObject({ rows: [{ error: FAILED }], error: FORBIDDEN })
    expect(await deleting(undefined, FORBIDDEN, undefined)).toMatchObject({ rows: [{ id: '0' }, { error: FORBIDDEN }, { id: '2' }] })
  })
})
