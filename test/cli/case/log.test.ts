import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { appendLines } from '../../../src/cases/journal.ts'
import { clock } from '../../../src/host/clock.ts'
import { main } from '../../../src/main.ts'
import { testFolder } from '../../support/folder.ts'
import { testHost } from '../../support/host.ts'

async function cbc(...words: string[]) {
  const host = testHost()
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

it('case log shows the lines of the journal, and one that is none as a failed item', async () => {
  const path = join(testFolder(), 'case')
  const folder = await testHost().caseFolder(path, { create: true })
  await appendLines(folder, clock, [
    { event: 'finished', line: 'ls C:\\', who: { user: 'ann', host: 'ws-12' }, device: { id: 7, name: 'WIN' } },
  ])
  expect((await cbc('case', 'log', path)).out.split('\n')[2]).toMatch(/^2\t\S+Z\tfinished\tann\tWIN\t+ls C:\\$/)
  appendFileSync(join(path, 'journal.jsonl'), 'not JSON\n{"cut')
  const { code, out, err } = await cbc('case', 'log', path, '-o', 'ndjson')
  const rows = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  expect(rows[1]).toMatchObject({ sequence: 2, event: 'finished', who: { user: 'ann' } })
  expect(rows.slice(2)).toEqual([
    { sequence: 3, error: expect.objectContaining({ message: 'line 3: is not a JSON object' }) },
    { sequence: 4, error: expect.objectContaining({ message: 'line 4: was cut off' }) },
  ])
  expect({ code, err: JSON.parse(err) as unknown }).toMatchObject({
    code: 7,
    err: { error: { code: 'partial', message: '2 of 4 failed' } },
  })
})

it('case log of a folder that is no case is not found', async () => {
  expect(await cbc('case', 'log', testFolder())).toMatchObject({
    code: 4,
    out: '',
    err: expect.stringContaining('is not the folder of a case'),
  })
})
