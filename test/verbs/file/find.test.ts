import { describe, expect, it } from 'vitest'
import { CbcError } from '../../../src/core/errors.ts'
import { find } from '../../../src/verbs/file/find.ts'
import { endpointFiles, type Tree } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'

const ACCESS_DENIED = 2147942405
const FILES: Tree = {
  x: {
    'big.exe': { is: 'e'.repeat(2000), last_write_time: '2024-02-01T00:00:00Z' },
    deep: { deeper: { 'small.exe': 's' } },
    locked: { is: { 'hidden.exe': 'h' }, listing: ACCESS_DENIED },
    'note.txt': 'n',
  },
}

async function found(input: Record<string, unknown>): Promise<unknown[]> {
  const b = await verbBench(endpointFiles(FILES))
  const { rows } = await b.invoke(find, { path: 'C:\\x', ...input })
  return rows.map(({ path, error }) => (error instanceof CbcError ? `! ${String(path)}` : String(path).slice('C:\\x\\'.length)))
}

describe('find', () => {
  it.each([
    ['everything below', {}, ['big.exe', 'deep', 'locked', 'note.txt', 'deep\\deeper', 'deep\\deeper\\small.exe', '! C:\\x\\locked']],
    ['files by name', { name: '*.EXE' }, ['big.exe', 'deep\\deeper\\small.exe', '! C:\\x\\locked']],
    ['directories only', { type: 'd' }, ['deep', 'locked', 'deep\\deeper', '! C:\\x\\locked']],
    ['no deeper than asked for', { maxDepth: 1 }, ['big.exe', 'deep', 'locked', 'note.txt']],
  ])('shows %s, and names what cannot be read', async (_, input, paths) => {
    expect((await found(input)).sort()).toEqual([...paths].sort())
  })

  it('of a file returns that file if it matches', async () => {
    const b = await verbBench(endpointFiles(FILES))
    expect((await b.invoke(find, { path: 'C:\\x\\note.txt' })).rows).toMatchObject([{ filename: 'note.txt' }])
    expect((await b.invoke(find, { path: 'C:\\x\\note.txt', name: '*.exe' })).rows).toEqual([])
  })
})
