import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CaseFolder } from '../../src/core/case-folder.ts'
import { CbcError } from '../../src/core/errors.ts'
import { headIn } from '../../src/host/case-journal.ts'

/** The files of a case in memory, by name. */
export type CaseContent = Map<string, Buffer>

/** Reads all files of a case. */
export function contentOf({ path }: CaseFolder): CaseContent {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const names = entries.map(entry => join(entry.parentPath, entry.name).slice(path.length + 1)).filter(name => name !== 'journal.lock')
  return new Map(names.sort().map(name => [name, readFileSync(join(path, name))]))
}

/** A case in memory that can only be read: thousands of cases are looked at in the time that a few take on a disk. */
export function memoryCase(files: CaseContent): CaseFolder {
  const text = (file: string) => files.get(file)?.toString('utf8')
  const unwritable = (): never => {
    throw new Error('this case can only be read')
  }
  return {
    path: '/memory',
    shared: false,
    append: unwritable,
    begin: unwritable,
    writeNew: unwritable,
    replace: unwritable,
    text: async file => text(file),
    head: async () => headIn(text('head.json')),
    async *lines(from = 0) {
      const journal = files.get('journal.jsonl') ?? Buffer.alloc(0)
      for (let begin = from; begin < journal.length;) {
        const at = journal.indexOf(0x0a, begin)
        const [end, next] = at < 0 ? [journal.length, journal.length] : [at, at + 1]
        const bytes = journal.subarray(begin, end)
        yield { bytes, text: bytes.toString('utf8'), end: next, complete: at >= 0 }
        begin = next
      }
    },
    async *read(file) {
      const bytes = files.get(file)
      if (bytes === undefined) throw new CbcError('not_found', `${file}: no such file`)
      yield bytes
    },
    async *list(below = '') {
      for (const [file, { length: size }] of files)
        if (below === '' || file.startsWith(`${below}/`)) yield { file, size, kind: 'file', modified: '2026-11-30T00:00:00.000Z' }
    },
  }
}
