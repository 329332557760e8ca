import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CaseFolder } from '../../../src/core/case-folder.ts'
import { signingKey, newKey } from '../../../src/cases/seal/key.ts'
import { sealCase } from '../../../src/cases/seal/seal-case.ts'
import { SILENT } from '../../../src/core/ports.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { openCaseFolder } from '../../../src/host/case-folder.ts'
import { testFolder } from '../../support/folder.ts'
import { contentOf, memoryCase, type CaseContent } from '../../support/memory-case.ts'
import { record, recordedCase, sha256, verified } from '../../support/recorded-case.ts'

let original: CaseFolder
let content: CaseContent
let lines: string[]

beforeAll(async () => {
  original = await recordedCase()
  const sealing = { who: { user: 'ann', host: 'ws-12' }, key: signingKey(newKey(random), 'test'), clock, random, progress: SILENT }
  await sealCase(original, { ...sealing, signal: new AbortController().signal })
  await record(original, 'files/WIN-FIN-01/C/later.txt', 'after the seal')
  content = contentOf(original)
  lines = content.get('journal.jsonl')!.toString().trimEnd().split('\n')
})

/** Verifies the case with other content of a file, or without it. */
const withFile = async (file: string, bytes?: Uint8Array) => {
  const changed = new Map(content)
  if (bytes === undefined) changed.delete(file)
  else changed.set(file, Buffer.from(bytes))
  return await verified(memoryCase(changed))
}
const withLines = async (changed: readonly string[]) =>
  await withFile('journal.jsonl', Buffer.from(changed.map(line => `${line}\n`).join('')))

it('a case that nobody touched is as it was recorded', async () => {
  const { ok, problems, warnings, ...counts } = await verified(original)
  expect({ ok, problems, warnings }).toEqual({ ok: true, problems: [], warnings: [] })
  expect(counts).toMatchObject({ lines: lines.length, files: content.size - 2, seals: [{ ok: true, signature: 'valid', covered: true }] })
})

describe('whatever is changed in a case is found and named:', () => {
  it('any bit of any file', async () => {
    const bits = fc
      .constantFrom(...[...content].filter(([, { length }]) => length > 0))
      .chain(([file, bytes]) => fc.record({ file: fc.constant(file), at: fc.nat(bytes.length - 1), bit: fc.nat(7) }))
    await fc.assert(
      fc.asyncProperty(bits, async ({ file, at, bit }) => {
        const bytes = Buffer.from(content.get(file)!)
        const line = bytes.subarray(0, at).filter(byte => byte === 0x0a).length + 1
        bytes[at]! ^= 1 << bit
        const { ok, problems } = await withFile(file, bytes)
        expect(ok).toBe(false)
        if (file !== 'journal.jsonl') expect(problems.map(problem => problem.file)).toContain(file)
        else if (at < bytes.length - 1) expect(problems[0]).toMatchObject({ line })
        else expect(problems[0]).toMatchObject({ kind: 'cut_off', line: lines.length - 1 })
      }),
      { numRuns: 1000 },
    )
  })

  it('any line that was dropped', async () => {
    for (const [index] of lines.entries()) {
      const { ok, problems } = await withLines(lines.toSpliced(index, 1))
      expect(ok).toBe(false)
      expect(problems[0]).toMatchObject(
        index < lines.length - 1 ? { kind: 'missing_lines', line: index + 1 } : { kind: 'cut_off', line: index },
      )
    }
  })

  it('any line that was moved', async () => {
    const moves = lines.flatMap((_, from) => lines.map((__, to) => ({ from, to }))).filter(({ from, to }) => from !== to)
    for (const { from, to } of moves) {
      const { ok, problems } = await withLines(lines.toSpliced(from, 1).toSpliced(to, 0, lines[from]!))
      expect(ok).toBe(false)
      expect(problems[0]).toMatchObject({ kind: 'missing_lines', line: Math.min(from, to) + 1 })
      expect(problems.map(({ kind }) => kind)).toContain('misplaced_line')
    }
  })

  it('any line that was repeated anywhere', async () => {
    const places = lines.flatMap((_, from) => lines.map((__, to) => ({ from, to: to + 1 })))
    for (const { from, to } of places.filter(one => one.to > one.from)) {
      const { ok, problems } = await withLines(lines.toSpliced(to, 0, lines[from]!))
      expect(ok).toBe(false)
      expect(problems[0]).toMatchObject({ kind: to === from + 1 ? 'repeated_line' : 'misplaced_line', line: to + 1 })
    }
  })

  it('any line that was put in, with everything right that one can make right', async () => {
    for (const [index, line] of lines.entries()) {
      const forged = JSON.stringify({ ...(JSON.parse(line) as object), verb: 'forged' })
      const { ok, problems } = await withLines(lines.toSpliced(index, 0, forged))
      expect(ok).toBe(false)
      expect(problems[0]).toMatchObject({ kind: 'repeated_line', line: index + 2 })
    }
  })

  it('any place where the journal was cut off, also in the middle of a line', async () => {
    const whole = content.get('journal.jsonl')!
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async length => {
        const { ok, problems } = await withFile('journal.jsonl', whole.subarray(0, length))
        expect(ok).toBe(false)
        expect(problems[0]).toMatchObject({ kind: 'cut_off' })
      }),
    )
  })

  it('any file that was removed, made longer, or emptied', async () => {
    for (const [file, bytes] of content) {
      if (['journal.jsonl', 'head.json'].includes(file)) continue
      const named = async (now?: Uint8Array) =>
        (await withFile(file, now)).problems.filter(one => one.file === file).map(({ kind }) => kind)
      expect(await named()).toContain('missing_file')
      expect(await named(Buffer.concat([bytes, Buffer.from('\n')]))).toContain('changed_file')
      if (bytes.length > 0) expect(await named(Buffer.alloc(0))).toContain('changed_file')
    }
  })

  it('any file that was added, wherever and under whatever name', async () => {
    const names = [
      ...[
        'x',
        'files/x',
        'files/WIN-FIN-01/C/new\n.txt',
        'keys/0000000000000000.pem',
        'seals/0001.tsr',
        'seals/0002.json',
        'undo/x',
        'runs/r/x.exe',
      ],
      ...['journal.jsonl.bak', 'journal.lock.x', 'head.json~', 'files/report.html', 'files/\u202efdp.exe'],
    ]
    for (const name of names) {
      const { ok, problems } = await withFile(name, Buffer.from('planted'))
      expect({ name, ok }).toEqual({ name, ok: false })
      expect(problems.map(one => one.file)).toContain(name)
    }
  })

  it('links, and what is neither file nor folder', async () => {
    const copy = join(testFolder(), 'copy')
    cpSync(original.path, copy, { recursive: true })
    rmSync(join(copy, 'files/WIN-FIN-01/C/later.txt'))
    symlinkSync(join(original.path, 'files/WIN-FIN-01/C/later.txt'), join(copy, 'files/WIN-FIN-01/C/later.txt'))
    symlinkSync(original.path, join(copy, 'files/elsewhere'))
    execFileSync('mkfifo', [join(copy, 'files/pipe')])
    expect((await verified(await openCaseFolder(copy, clock, random))).problems).toEqual([
      { kind: 'link', file: 'files/WIN-FIN-01/C/later.txt', message: expect.any(String) },
      { kind: 'link', file: 'files/elsewhere', message: expect.any(String) },
      { kind: 'special_file', file: 'files/pipe', message: expect.any(String) },
    ])
  })
})

it('what is made from a case is no evidence: reports and exports come and go', async () => {
  const made = ['report.html', 'exports/bag/bagit.txt'].map(name => [name, Buffer.from('made')] as const)
  const { ok, warnings } = await verified(memoryCase(new Map([...content, ...made])))
  expect({ ok, warnings }).toEqual({ ok: true, warnings: [] })
})

it('an end that was cut off, with the head that was kept apart made to fit, shows in the seal', async () => {
  const kept = Buffer.from(`${lines[0]}\n`)
  const head = Buffer.from(JSON.stringify({ lines: 1, bytes: kept.length, sha256: sha256(lines[0]!) }))
  const { problems } = await verified(memoryCase(new Map([...content, ['journal.jsonl', kept], ['head.json', head]])))
  expect(problems[0]).toMatchObject({ kind: 'cut_off', file: 'seals/0001.json' })
})
