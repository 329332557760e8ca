import { expect, it } from 'vitest'
import type { JournalLine } from '../../src/cases/journal-line.ts'
import { entryOf } from '../../src/report/entry.ts'
import { sentences, Summary } from '../../src/report/summary.ts'

const WHO = { user: 'alice', host: 'ws-12' }
const DEVICE = { id: 7, name: 'WIN-FIN-01' }

const NOTHING = { devices: 0, all: [] }

function told(...lines: Record<string, unknown>[]): string {
  const summary = new Summary()
  for (const [index, line] of lines.entries()) summary.add(entryOf(line as unknown as JournalLine, index + 1))
  return sentences(summary, NOTHING).join(' ')
}

it('a case without a line says so', () => {
  expect(told()).toBe('Nothing has been recorded in this case.')
})

it('one command on one device is told in the singular', () => {
  const line = {
    event: 'finished',
    time: '2026-11-30T04:15:00.000Z',
    who: WHO,
    device: DEVICE,
    verb: 'get',
    effect: 'read',
    outcome: 'done',
    organization: 'ORG1',
  }
  expect(told({ ...line, files: [{ path: 'C:\\x', size: 2048, sha256: 'a' }] })).toBe(
    'alice@ws-12 worked on 1 device of organization ORG1 on 2026-11-30 04:15 UTC. 1 command was carried out; none failed. Nothing was changed on any device. 1 file, 2.0 KiB in all, was brought home.',
  )
})

it('changes, what was put back, failures, and changes without an end are told', () => {
  const change = { who: WHO, device: DEVICE, verb: 'rm', effect: 'destroy' }
  const refused = { event: 'finished', who: WHO, device: DEVICE, verb: 'put', effect: 'change', outcome: 'failed' }
  const text = told(
    { event: 'started', time: '2026-11-30T04:15:00.000Z', operation: 'a', ...change },
    { event: 'finished', time: '2026-11-30T04:16:00.000Z', operation: 'a', ...change, outcome: 'done' },
    { ...refused, time: '2026-11-30T04:17:00.000Z', operation: 'd' },
    { event: 'started', time: '2026-11-30T05:00:00.000Z', operation: 'b', ...change, who: { user: 'bob', host: 'ws-7' } },
    { event: 'started', time: '2026-12-01T05:00:00.000Z', operation: 'c', ...change },
    { event: 'finished', time: '2026-12-01T05:00:01.000Z', operation: 'c', ...change, outcome: 'unknown' },
    { event: 'undone', time: '2026-12-01T06:15:00.000Z', who: WHO, device: { id: 8 }, undoes: 'a', outcome: 'done' },
    { event: 'undone', time: '2026-12-01T06:15:00.000Z', who: WHO, device: { id: 8 }, undoes: 'c', outcome: 'partial' },
  )
  expect(text).toBe(
    'alice@ws-12 and bob@ws-7 worked on 2 devices between 2026-11-30 04:15 and 2026-12-01 06:15 UTC, within 26 h 0 m. 3 commands were carried out; 1 failed, in part or as a whole. 2 commands changed something: 2 removed files. 1 command was undone: what was before was put back. No file was brought home. Of 1 command it is not known whether it had an effect. The journal does not say how 1 change ended.',
  )
})

it('a change that failed changed nothing, and what was undone and done again was not put back', () => {
  const change = { who: WHO, device: DEVICE, verb: 'rm', effect: 'destroy' }
  const undo = { ...change, verb: 'case undo', effect: 'change' }
  const done = (operation: string, more: object = {}) => [
    { event: 'started', operation, step: 1, ...change, ...more },
    { event: 'finished', operation, outcome: 'done', ...change, ...more },
  ]
  const text = told(
    { event: 'started', operation: 'a', step: 1, ...change },
    { event: 'finished', operation: 'a', outcome: 'partial', failed_steps: [1], ...change },
    { event: 'started', operation: 'b', step: 1, ...change },
    { event: 'started', operation: 'b', step: 2, ...change },
    { event: 'finished', operation: 'b', outcome: 'failed', failed_steps: [2], ...change },
    ...done('u', { ...undo, undoes: 'b' }),
    { event: 'undone', undoes: 'b', outcome: 'done' },
    ...done('v', { ...undo, undoes: 'u' }),
    { event: 'undone', undoes: 'u', outcome: 'done' },
  )
  expect(text).toContain('1 command changed something: 1 removed files. Nothing was put back.')
})

it('tells what changes were, in words where there are some, and which way files went', () => {
  const done = { event: 'finished', time: '2026-11-30T04:15:00.000Z', who: WHO, device: DEVICE, outcome: 'done' }
  const files = [{ path: 'C:\\x', size: 2048, sha256: 'a' }]
  const text = told(
    { ...done, verb: 'put', effect: 'change', files },
    { ...done, verb: 'kill', effect: 'destroy' },
    { ...done, verb: 'kill', effect: 'destroy' },
    { ...done, verb: 'usb approve', effect: 'change' },
    { ...done, verb: 'case undo', effect: 'change' },
    { ...done, verb: 'usb block create', effect: 'change' },
    // It starts a program, and brings a file home.
    { ...done, verb: 'memdump', effect: 'change', files },
  )
  expect(text).toContain(
    '6 commands changed something: 2 ended processes, 1 wrote files, 1 approved USB devices, 1 carried out “usb block create”, 1 dumped memory. Nothing was put back. 1 file, 2.0 KiB in all, was brought home. 1 file was written to devices.',
  )
})
