import { readFileSync, statSync, writeFileSync } from 'node:fs'
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

async function newCase(): Promise<string> {
  const path = join(testFolder(), 'case')
  const folder = await testHost().caseFolder(path, { create: true })
  await appendLines(folder, clock, [
    { event: 'finished', line: 'ls C:\\', who: { user: 'ann', host: 'ws-12' }, device: { id: 7, name: 'WIN' } },
  ])
  return path
}

it('case report writes a page into the case, and replaces it the next time', async () => {
  const path = await newCase()
  for (const _ of [1, 2]) {
    const { code, out, err } = await cbc('case', 'report', path, '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const file = join(path, 'report.html')
    expect(JSON.parse(out)).toEqual({ path: file, ok: true, bytes: statSync(file).size, lines: 2 })
    expect(readFileSync(file, 'utf8')).toContain('ann@ws-12 worked on 1 device')
  }
})

it('case report writes a page elsewhere, but over an existing file only with --force', async () => {
  const path = await newCase()
  const file = join(testFolder(), 'handover.html')
  expect(await cbc('case', 'report', path, file)).toMatchObject({ code: 0 })
  expect(await cbc('case', 'report', path, file)).toMatchObject({ code: 8, out: '', err: expect.stringContaining('handover.html') })
  expect(await cbc('case', 'report', path, file, '--force')).toMatchObject({ code: 0 })
})

it('case report begins with what checking the case came to', async () => {
  const path = await newCase()
  await cbc('case', 'report', path)
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('✓ The case is as it was recorded.')
  const journal = join(path, 'journal.jsonl')
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('ws-12', 'ws-13'))
  const { code, out } = await cbc('case', 'report', path, '--json')
  expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, ok: false })
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toMatch(/✗ The case is not as it was recorded: \d problems?\./)
})

it('the report of a case whose run was killed names a few of the devices without an end, and how many there are', async () => {
  const path = await newCase()
  const folder = await testHost().caseFolder(path)
  await appendLines(
    folder,
    clock,
    Array.from({ length: 60 }, (_, n) => ({ event: 'started' as const, operation: `o${n}`, line: 'triage', change: 'create process' })),
  )
  expect(await cbc('case', 'report', path)).toMatchObject({ code: 0 })
  const page = readFileSync(join(path, 'report.html'), 'utf8')
  expect(page.match(/To know: journal line/g)).toHaveLength(3)
  expect(page).toContain('57 more like these')
})
