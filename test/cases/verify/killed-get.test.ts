import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { chainOf } from '../../support/journal-chain.ts'

const HOSTS = 'files/WIN-FIN-01/C/Windows/System32/drivers/etc/hosts'

let fleet: Fleet
let folder = ''
beforeEach(async () => {
  fleet = openFleet()
  folder = join(testFolder(), 'case')
  expect((await fleet.cbc(['lr', 'get', 'WIN-FIN-01', 'C:\\Windows\\System32\\drivers\\etc\\hosts', '--case', folder])).code).toBe(0)
  withoutLastLine()
})

/** Leaves the journal as it is when the program is killed before it writes its last line. */
function withoutLastLine(): void {
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').slice(0, -2)
  const text = lines.map(line => `${line}\n`).join('')
  const sha256 = createHash('sha256')
    .update(lines.at(-1) ?? '')
    .digest('hex')
  writeFileSync(join(folder, 'journal.jsonl'), text)
  writeFileSync(join(folder, 'head.json'), JSON.stringify({ lines: lines.length, bytes: Buffer.byteLength(text), sha256 }))
}

async function verified(): Promise<unknown> {
  const { code, out } = await fleet.cbc(['case', 'verify', folder, '--json'])
  const { problems, warnings } = JSON.parse(out) as Record<'problems' | 'warnings', { kind: string; file?: string }[]>
  // The result that was written before the last line is there, too.
  const kinds = (found: typeof problems) =>
    found.filter(({ file }) => !file?.startsWith('results/')).map(({ kind, file }) => (file === undefined ? kind : `${kind} ${file}`))
  return { code, problems: kinds(problems), warnings: kinds(warnings) }
}

it('a program that was killed after a file came home left a line that vouches for it', async () => {
  expect(chainOf(folder).map(({ event }) => event)).toEqual(['created', 'kept'])
  expect(await verified()).toEqual({ code: 0, problems: [], warnings: ['unfinished'] })
  appendFileSync(join(folder, HOSTS), 'x')
  expect(await verified()).toMatchObject({ code: 7, problems: [`changed_file ${HOSTS}`] })
})

it('one that was killed just before a file had its name left a case that is as it was recorded, and the file can be fetched again', async () => {
  rmSync(join(folder, HOSTS))
  expect(await verified()).toEqual({ code: 0, problems: [], warnings: [`unfinished_file ${HOSTS}`, 'unfinished'] })
  expect((await fleet.cbc(['lr', 'get', 'WIN-FIN-01', 'C:\\Windows\\System32\\drivers\\etc\\hosts', '--case', folder])).code).toBe(0)
  expect(await verified()).toEqual({ code: 0, problems: [], warnings: ['unfinished'] })
  rmSync(join(folder, HOSTS))
  expect(await verified()).toMatchObject({ code: 7, problems: [`missing_file ${HOSTS}`] })
})
