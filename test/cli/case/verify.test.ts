import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../../../src/main.ts'
import { testFolder } from '../../support/folder.ts'
import { memoryOutput, testHost } from '../../support/host.ts'
import { recordedCase } from '../../support/recorded-case.ts'

async function cbc(words: string[], isTerminal = false) {
  const host = testHost({ stdout: memoryOutput({ isTerminal, columns: 120 }) })
  const code = await main(['case', 'verify', ...words], host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

it('case verify of a case that nobody touched exits with 0, for people and for programs', async () => {
  const { path } = await recordedCase()
  const { code, out, err } = await cbc([path, '--json'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(JSON.parse(out)).toEqual({
    ...{ path, ok: true, lines: 6, files: 3, bytes: 33, problems: [], warnings: [], seals: [] },
    head: { lines: 6, bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  const head = 'kind\tline\tfile\tmessage\n'
  expect(await cbc([path])).toEqual({ code: 0, out: `${head}intact\t\t${path}\tas it was recorded: 6 lines, 3 files (33 B)\n`, err: '' })
})

it('case verify of a case that was changed names what was, and exits with 7', async () => {
  const { path } = await recordedCase()
  appendFileSync(join(path, 'files/WIN-FIN-01/C/Users/ann/a.txt'), '!')
  writeFileSync(join(path, 'files/planted'), '')
  const { code, out } = await cbc([path, '--json'])
  expect(code).toBe(7)
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    problems: [
      { kind: 'changed_file', file: 'files/WIN-FIN-01/C/Users/ann/a.txt', line: 4, message: expect.stringContaining('15 bytes') },
      { kind: 'additional_file', file: 'files/planted' },
    ],
  })
})

it('hostile names of files and commands can do nothing to a terminal, and make no lines of their own', async () => {
  const { path } = await recordedCase()
  writeFileSync(join(path, 'files/\x1b]0;owned\x07\nintact\t\tall'), '')
  const shown = await cbc([path], true)
  expect(shown.code).toBe(7)
  expect(shown.out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/)
  const piped = (await cbc([path])).out
  expect(
    piped
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t')[0]),
  ).toEqual(['kind', 'not intact', 'additional_file'])
})

it('case verify of a folder that is no case is not found', async () => {
  expect(await cbc([testFolder()])).toMatchObject({ code: 4, out: '' })
})
