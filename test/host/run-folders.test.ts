import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { random } from '../../src/host/clock.ts'
import { openRunFolders } from '../../src/host/run-folders.ts'
import { testFolder } from '../support/folder.ts'

it('who waits for one file of a run is not woken by each line of its journal', async () => {
  const folder = await openRunFolders(testFolder(), random).create('20261130-0415-ps-x7k2')
  let woken = 0
  let heard = () => {}
  const cancelled = new Promise<void>(resolve => {
    heard = resolve
  })
  const stops = [
    folder.watch(() => {
      woken += 1
      heard()
    }, 'cancel'),
  ]
  await new Promise<void>(resolve => {
    stops.push(folder.watch(resolve))
    void folder.write('journal.jsonl', '{}\n')
  })
  expect(woken).toBe(0)
  await folder.write('cancel', 'now\n')
  await cancelled
  for (const stop of stops) stop()
})

it('a run that can not be recorded says where, and what moves that place', async () => {
  const taken = join(testFolder(), 'taken')
  writeFileSync(taken, '')
  await expect(openRunFolders(join(taken, 'runs'), random).create('20261130-0415-ps-x7k2')).rejects.toMatchObject({
    code: 'io',
    message: expect.stringMatching(/^the run can't be kept in .*runs: /) as string,
    facts: { hint: expect.stringContaining('XDG_STATE_HOME') as string },
  })
})
