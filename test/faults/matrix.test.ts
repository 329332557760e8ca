import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { CASES, FAULTS, outcomeOf, type Case, type Outcome } from '../support/fault-matrix.ts'
import { page } from '../support/reliability-page.ts'

/**
 * Every call that the program makes with every fault, once and always: nothing is done twice, lost, left behind or blocked, and the
 * program's messages are true.
 * `UPDATE_DOCS=1` rewrites docs/reliability.md; `FAULT_ROUNDS=20` repeats everything twenty times.
 */
const DOCUMENT = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 1)
/** The maximum duration in virtual milliseconds: a few requests of several minutes each. */
const LONGEST = 30 * 60_000

const cells = new Map<string, [once: Outcome, always: Outcome]>()

/** Returns the output of a read, without what differs from run to run. */
function shown({ out }: Outcome): string {
  return out
    .replace(/"(duration_ms|process_pid|id|[a-z_]*time|[a-z]+_(?:at|seen))":("[^"]*"|\d+)/g, '"$1":0')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uuid')
    .replace(/\d+:11412673/g, 'session')
}

/** Returns the error codes: for several items, those of the failed ones. */
function codesIn({ code, out }: Outcome): string[] {
  return code === 'partial' ? [...out.matchAll(/"error":\{"code":"(\w+)"/g)].map(([, one = '']) => one) : [code]
}

/** Checks what must be true in every cell. */
function check({ made, call }: Case, whole: Outcome, cell: Outcome): void {
  expect(cell.code, cell.err).toMatch(/^(ok|network|timeout|unknown_outcome|partial)$/)
  expect(cell.took).toBeLessThan(LONGEST)
  // What has no known id is deleted with its session.
  expect(cell.left.after.filter(what => what !== 'noted staged')).toEqual([])
  if (made === undefined) {
    if (cell.code === 'ok') expect(shown(cell)).toBe(shown(whole))
    return
  }
  expect(cell.made).toBeLessThanOrEqual(1)
  if (cell.code === 'ok') expect(cell.made).toBe(1)
  const ranBefore = call.startsWith('Get File Content')
  if (codesIn(cell).includes('network') && !ranBefore) expect(cell.made).toBe(0)
}

describe.each(CASES)('$call', one => {
  let whole: Outcome
  beforeAll(async () => {
    whole = await outcomeOf(one)
  })

  it('works without faults', () => {
    expect(whole).toMatchObject({ code: 'ok', left: { before: [], after: [] }, ...(one.made && { made: 1 }) })
  })

  it.each(Object.keys(FAULTS))('%s', async name => {
    for (let round = 0; round < ROUNDS; round++) {
      const [once, always] = [await outcomeOf(one, FAULTS[name], 1), await outcomeOf(one, FAULTS[name])]
      check(one, whole, once)
      check(one, whole, always)
      cells.set(`${one.call}/${name}`, [once, always])
    }
  })
})

describe('docs/reliability.md', () => {
  it('is up to date', ({ skip }) => {
    if (cells.size < CASES.length * Object.keys(FAULTS).length) skip('only a part of the matrix was run')
    const now = page(cells)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, now)
    expect(readFileSync(DOCUMENT, 'utf8'), 'UPDATE_DOCS=1 npx vitest run test/faults writes it anew').toBe(now)
  })
})
