import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { random } from '../../src/host/clock.ts'
import { openRunFolders } from '../../src/host/run-folders.ts'
import { Journal, JournalReading, STATES, type DeviceState, type JournalEntry } from '../../src/runs/journal.ts'
import { testFolder } from '../support/folder.ts'

const HEAD = { run: 'r', verb: 'kill', command: 'c' }
const TIME = '2026-11-30T04:15:00Z'
const folders = openRunFolders(testFolder(), random)
let count = 0

async function fresh() {
  return await folders.create(`run-${++count}`)
}

async function readBack(folder: Awaited<ReturnType<typeof fresh>>): Promise<JournalReading> {
  const reading = new JournalReading()
  await reading.update(folder, 'journal.jsonl')
  return reading
}

/** A journal as runs write it: devices begin, perhaps change something, and end. */
const entry = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('running', 'change', 'done', 'failed', 'offline', 'unknown', 'not begun'))
  .map(([device_id, kind]): JournalEntry =>
    kind === 'change'
      ? { time: TIME, device_id, state: 'running', change: 'kill' }
      : {
          time: TIME,
          device_id,
          state: kind as DeviceState,
          ...(kind === 'failed' ? { error: { code: 'remote', message: 'naïve ✗' } } : {}),
        },
  )

it('a line that lacks nothing but its line break counts neither before nor after the run is gone on with', async () => {
  const folder = await fresh()
  const file = join(folder.path, 'journal.jsonl')
  const journal = new Journal(await folder.append('journal.jsonl'))
  await journal.head(HEAD)
  await journal.note({ time: TIME, device_id: 1, state: 'failed' })
  await journal.note({ time: TIME, device_id: 1, state: 'running' })
  await journal.close()
  writeFileSync(file, readFileSync(file).subarray(0, -1))
  expect((await readBack(folder)).of(1, false).state).toBe('failed')

  const next = new Journal(await folder.append('journal.jsonl'))
  await next.note({ time: TIME, device_id: 2, state: 'done' })
  await next.close()
  const after = await readBack(folder)
  expect(after.of(1, false).state).toBe('failed')
  expect(after.of(2, false).state).toBe('done')
})

it('a journal cut at any byte tells what its whole lines tell, and can be gone on with', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 6 }), fc.nat(), async (entries, cut) => {
      const folder = await fresh()
      const file = join(folder.path, 'journal.jsonl')
      const journal = new Journal(await folder.append('journal.jsonl'))
      await journal.head(HEAD)
      for (const one of entries) await journal.note(one)
      await journal.close()
      const whole = readFileSync(file)
      const bytes = whole.subarray(0, cut % (whole.length + 1))
      writeFileSync(file, bytes)
      const kept = bytes.toString('utf8').split('\n').length - 1
      const expected = new JournalReading()
      const ideal = await fresh()
      writeFileSync(
        join(ideal.path, 'journal.jsonl'),
        whole
          .toString('utf8')
          .split('\n')
          .slice(0, kept)
          .map(line => `${line}\n`)
          .join(''),
      )
      await expected.update(ideal, 'journal.jsonl')
      const before = await readBack(folder)
      expect(before.devices).toEqual(expected.devices)

      const next = new Journal(await folder.append('journal.jsonl'))
      await next.note({ time: TIME, device_id: 9, state: 'done' })
      await next.close()
      const after = await readBack(folder)
      expect(after.of(9, false).state).toBe('done')
      for (const id of [1, 2, 3, 4]) expect(after.of(id, false)).toEqual(before.of(id, false))
    }),
    { numRuns: 40 },
  )
})

it('a device whose process died in the middle is unknown if a change may have been sent, and was not begun otherwise', async () => {
  const folder = await fresh()
  const journal = new Journal(await folder.append('journal.jsonl'))
  for (const device_id of [1, 2, 3]) await journal.note({ time: TIME, device_id, state: 'running' })
  await journal.note({ time: TIME, device_id: 2, state: 'running', change: 'kill' })
  await journal.note({ time: TIME, device_id: 3, state: 'running', change: 'kill' })
  await journal.note({ time: TIME, device_id: 3, state: 'failed' })
  await journal.note({ time: TIME, device_id: 3, state: 'running' })
  await journal.close()
  const reading = await readBack(folder)
  expect([1, 2, 3].map(id => reading.of(id, false).state)).toEqual(['not begun', 'unknown', 'not begun'])
  expect([1, 2, 3].map(id => reading.of(id, true).state)).toEqual(['running', 'running', 'running'])
})

it('lines that are no lines of a journal tell nothing', async () => {
  const folder = await fresh()
  appendFileSync(
    join(folder.path, 'journal.jsonl'),
    [
      '',
      '7',
      'null',
      '[]',
      '{',
      '{"device_id":1}',
      '{"device_id":1,"state":"gone","time":"x"}',
      '{"device_id":"1","state":"done","time":"x"}',
      '',
    ].join('\n'),
  )
  expect((await readBack(folder)).devices.size).toBe(0)
})

it.each(STATES)('a change that was sent is remembered while the device is %s', async state => {
  const folder = await fresh()
  const journal = new Journal(await folder.append('journal.jsonl'))
  await journal.note({ time: TIME, device_id: 1, state: 'running', change: 'kill' })
  await journal.note({ time: TIME, device_id: 1, state })
  await journal.close()
  expect((await readBack(folder)).of(1, true).changed).toBe(state !== 'running')
})
