import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { appendLines } from '../../../src/cases/journal.ts'
import { openCaseFolder } from '../../../src/host/case-folder.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { caseOf, record, recordedCase, sha256, verified } from '../../support/recorded-case.ts'

const at = (time: string) => ({ now: () => Date.parse(time) })
const who = { user: 'ann', host: 'ws-12' }

/** Changes the text of a file of a case. */
function edit(folder: { path: string }, file: string, change: (text: string) => string | Buffer): void {
  const path = join(folder.path, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

it('a clock that was set back is a warning with its line; machines with clocks that differ are none', async () => {
  const folder = await caseOf()
  await appendLines(folder, at('2026-11-30T10:00:00Z'), [{ event: 'finished', who }])
  await appendLines(folder, at('2026-11-30T09:00:00Z'), [{ event: 'finished', who: { user: 'bob', host: 'ws-13' } }])
  await appendLines(folder, at('2026-11-30T09:59:59.500Z'), [{ event: 'finished', who }])
  await appendLines(folder, at('2026-11-30T08:00:00Z'), [{ event: 'finished', who }])
  const { ok, warnings } = await verified(folder)
  expect({ ok, warnings }).toEqual({
    ok: true,
    warnings: [
      {
        kind: 'clock',
        line: 5,
        message:
          'is older than a line before it: the clock of ws-12 was set back from 2026-11-30T09:59:59.500Z to 2026-11-30T08:00:00.000Z',
      },
    ],
  })
})

it('a line that a dead process left unfinished is a warning, before and after it was mended', async () => {
  const folder = await caseOf({ event: 'finished', who })
  appendFileSync(join(folder.path, 'journal.jsonl'), '{"sequence":3,"prev')
  expect(await verified(folder)).toMatchObject({ ok: true, lines: 2, warnings: [{ kind: 'torn_line', line: 3 }] })
  const later = await openCaseFolder(folder.path, clock, random)
  await appendLines(later, clock, [{ event: 'finished', who }])
  const { ok, lines, files, warnings } = await verified(later)
  expect({ ok, lines, files }).toEqual({ ok: true, lines: 4, files: 1 })
  expect(warnings).toEqual([{ kind: 'mended', line: 3, message: expect.stringMatching(/19 bytes .* set aside as torn\/[0-9a-f]{64}$/) }])
})

it('an end that was cut off does not become invisible because the case went on', async () => {
  const folder = await caseOf({ event: 'finished', who }, { event: 'finished', who })
  edit(folder, 'journal.jsonl', text => text.slice(0, text.indexOf('\n') + 1))
  const later = await openCaseFolder(folder.path, clock, random)
  await appendLines(later, clock, [{ event: 'finished', who }])
  const { ok, problems } = await verified(later)
  expect({ ok, problems }).toEqual({
    ok: false,
    problems: [
      { kind: 'cut_off', line: 2, message: "tells that the journal's end was missing when it was written: 3 lines had been there" },
    ],
  })
})

it('a head that a dead process left behind is a warning, and none at all a problem', async () => {
  const folder = await caseOf({ event: 'finished', who })
  const head = readFileSync(join(folder.path, 'head.json'))
  await appendLines(folder, clock, [{ event: 'finished', who }])
  writeFileSync(join(folder.path, 'head.json'), head)
  expect(await verified(folder)).toMatchObject({ ok: true, warnings: [{ kind: 'head_behind', file: 'head.json' }] })
  rmSync(join(folder.path, 'head.json'))
  expect(await verified(folder)).toMatchObject({ ok: false, problems: [{ kind: 'head', file: 'head.json' }] })
})

it('a journal that is missing is one whose lines are all cut off', async () => {
  const folder = await recordedCase()
  rmSync(join(folder.path, 'journal.jsonl'))
  const { problems } = await verified(await openCaseFolder(folder.path, clock, random))
  expect(problems[0]).toEqual({ kind: 'cut_off', file: 'journal.jsonl', message: 'is missing or empty: it had 6 lines' })
  expect(problems.slice(1).map(({ kind }) => kind)).toEqual(['additional_file', 'additional_file'])
})

it('two lines that were changed are both named, and what neither vouches for is said', async () => {
  const folder = await recordedCase()
  edit(folder, 'journal.jsonl', text => text.replace('rm C:\\\\x","outcome', 'rm C:\\\\y","outcome').replace('"get"', '"put"'))
  const { problems } = await verified(folder)
  expect(problems).toEqual([{ kind: 'changed_line', line: 4, message: expect.stringContaining('nothing else vouches for line 3') }])
})

it('bytes that look alike as text are not the same line', async () => {
  const folder = await caseOf({ event: 'finished', line: 'ls \ufffd' }, { event: 'finished' })
  // A cut-off sequence of UTF-8 is read as one U+FFFD, too.
  edit(folder, 'journal.jsonl', text => Buffer.from(Buffer.from(text).toString('latin1').replace('\xef\xbf\xbd', '\xf0\x9f\x98'), 'latin1'))
  expect((await verified(folder)).problems).toMatchObject([{ kind: 'changed_line', line: 2 }])
})

it('a file that was replaced by a later command counts as that command left it', async () => {
  const folder = await recordedCase()
  const file = 'files/WIN-FIN-01/C/Users/ann/a.txt'
  writeFileSync(join(folder.path, file), 'second')
  const told = { file, path: 'C:\\a', size: 6, sha256: sha256('second') }
  await appendLines(folder, clock, [{ event: 'finished', files: [told] }])
  expect(await verified(folder)).toMatchObject({ ok: true, warnings: [{ kind: 'replaced_file', line: 7, file }] })
})

it('a command without an end is a warning that names it', async () => {
  const folder = await caseOf({ event: 'started', operation: 'a', line: 'rm C:\\x' })
  expect((await verified(folder)).warnings).toEqual([
    { kind: 'unfinished', line: 2, message: '`rm C:\\x` has no end: it still runs, or was interrupted' },
  ])
})

it('files that come into the case while it is read are not taken for planted ones', async () => {
  const folder = await recordedCase()
  let late = true
  const growing = {
    ...folder,
    async *list(below?: string) {
      if (late && below === undefined) {
        late = false
        await record(folder, 'files/WIN-FIN-01/D/late.txt', 'late')
      }
      yield* folder.list(below)
    },
  }
  expect(await verified(growing)).toMatchObject({ ok: true, files: 4, problems: [] })
})

it('a line of the journal that names a file outside of the case makes nothing be read there', async () => {
  const outside = { file: '../../etc/passwd', sha256: sha256('x'), path: 'C:\\x', size: 1 }
  const folder = await caseOf({ event: 'finished', files: [outside] })
  expect((await verified(folder)).problems).toMatchObject([{ kind: 'missing_file', file: '../../etc/passwd', line: 2 }])
})

it('what a person typed tells of no files, however it looks', async () => {
  const folder = await caseOf({ event: 'finished', arguments: { value: { file: 'x', sha256: 'y' } } })
  expect((await verified(folder)).problems).toEqual([])
})

it('what a process wrote right before it died is a warning if its name is its hash, and otherwise a planted file', async () => {
  const folder = await recordedCase()
  await folder.writeNew(`undo/${sha256('before')}`, Buffer.from('before'))
  expect(await verified(folder)).toMatchObject({ ok: true, warnings: [{ kind: 'unfinished_file', file: `undo/${sha256('before')}` }] })
  await folder.writeNew(`undo/${sha256('other')}`, Buffer.from('forged'))
  expect(await verified(folder)).toMatchObject({ ok: false, problems: [{ kind: 'additional_file', file: `undo/${sha256('other')}` }] })
})

it('what the program knows of a run changes with the run; anything else in its folder is a planted file', async () => {
  const folder = await caseOf({ event: 'finished', run: 'r1' })
  for (const file of ['runs/r1/run.json', 'runs/r1/journal.jsonl', 'runs/r1/joblog.tsv', 'runs/r2/run.json', 'runs/r1/x.exe'])
    await folder.writeNew(file, Buffer.from('{}'))
  const { problems, warnings } = await verified(folder)
  expect(problems).toMatchObject([{ kind: 'additional_file', file: 'runs/r1/x.exe' }])
  expect(warnings).toMatchObject([{ kind: 'unfinished_file', file: 'runs/r2/run.json' }])
})
