import { describe, expect, it } from 'vitest'
import type { UndoRecord } from '../../src/core/case-record.ts'
import { undoables } from '../../src/cases/undoable.ts'

const DEVICE = { id: 7, name: 'WIN-FIN-01' }

/** A change of an operation, as it is noted before it is sent. */
function started(operation: string, step = 1, more: object = {}): object {
  const undo: UndoRecord = { possible: true, kind: 'nothing', path: `C:\\${operation}-${step}` }
  return { event: 'started', operation, device: DEVICE, line: operation, step, undo, ...more }
}

function finished(operation: string, more: object = {}): object {
  return { event: 'finished', operation, outcome: 'done', ...more }
}

async function listed(...lines: object[]) {
  const texts = lines.map(line => JSON.stringify(line))
  const found = await undoables({
    async *lines() {
      for (const text of texts) yield { text, bytes: Buffer.from(text), end: 0, complete: true }
    },
  })
  return found.map(({ number, line, undone, changes }) => ({
    ...{ number, line, undone },
    changes: changes.map(({ step, isCertain }) => `${String(step)}${isCertain ? '' : '?'}`).join(' '),
  }))
}

describe('of what a case tells, what can be undone is', () => {
  it('what was changed, not what failed; the numbers stay', async () => {
    const failed = finished('a', { outcome: 'failed', failed_steps: [1] })
    const partial = finished('b', { outcome: 'partial', failed_steps: [1, 3] })
    const lines = [started('a'), failed, started('b'), started('b', 2), started('b', 3), partial, started('c'), finished('c')]
    expect(await listed(...lines)).toEqual([
      { number: 2, line: 'b', undone: 'no', changes: '2' },
      { number: 3, line: 'c', undone: 'no', changes: '1' },
    ])
  })

  it('what perhaps was changed: its answer was lost, or the program was killed', async () => {
    const unknown = finished('a', { outcome: 'unknown', unknown_steps: [2] })
    expect(await listed(started('a'), started('a', 2), unknown, started('b'))).toEqual([
      { number: 1, line: 'a', undone: 'no', changes: '1 2?' },
      { number: 2, line: 'b', undone: 'no', changes: '1?' },
    ])
  })
})

describe('what was put back is', () => {
  const done = [started('a'), finished('a')]
  const undo = (name: string, undoes: string, end: object = {}) => [started(name, 1, { undoes }), finished(name, { undoes, ...end })]
  const states = async (...lines: object[]) => (await listed(...lines)).map(({ line, undone }) => `${line} ${undone}`)

  it('not what an undo failed at', async () => {
    expect(await states(...done, ...undo('u', 'a', { outcome: 'partial', failed_steps: [1] }))).toEqual(['a no'])
  })

  it('in part what an undo did in part, or was killed at', async () => {
    expect(await states(...done, ...undo('u', 'a', { outcome: 'partial' }))).toEqual(['a partly', 'u no'])
    expect(await states(...done, started('u', 1, { undoes: 'a' }))).toEqual(['a partly', 'u no'])
    expect(await states(...done, ...undo('u', 'a'), started('v', 1, { undoes: 'u' }))).toEqual(['a partly', 'u partly', 'v no'])
  })

  it('what needed no change any more', async () => {
    expect(await states(...done, finished('u', { undoes: 'a' }))).toEqual(['a yes'])
  })

  it('no longer that of which the undo was undone', async () => {
    const [once, twice] = [undo('u', 'a'), undo('v', 'u')]
    expect(await states(...done, ...once)).toEqual(['a yes', 'u no'])
    expect(await states(...done, ...once, ...twice)).toEqual(['a no', 'u yes', 'v no'])
    expect(await states(...done, ...once, ...twice, ...undo('w', 'v'))).toEqual(['a yes', 'u no', 'v yes', 'w no'])
    expect(await states(...done, ...once, ...twice, ...undo('w', 'v', { outcome: 'failed', failed_steps: [1] }))).toEqual([
      'a no',
      'u yes',
      'v no',
    ])
  })
})
