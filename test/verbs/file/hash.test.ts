import { describe, expect, it } from 'vitest'
import { hash } from '../../../src/verbs/file/hash.ts'
import { endpointFiles, type Tree } from '../../support/endpoint-files.ts'
import { verbBench } from '../../support/verb.ts'

const FILES: Tree = { x: { 'abc.txt': 'abc', 'empty.txt': '', grown: { is: 'abc', size: 2 }, sub: { 'abc.txt': 'abc' } } }
/** The known hashes of "abc" and of nothing. */
const ABC = {
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
  md5: '900150983cd24fb0d6963f7d28e17f72',
}
const EMPTY = {
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
}

async function hashes(...path: string[]) {
  const b = await verbBench(endpointFiles(FILES))
  const { result, rows } = await b.invoke(hash, { path })
  return { rows: result.kind === 'object' ? [result.value] : rows, notices: b.notices }
}

describe('hash', () => {
  it('of one file prints one object', async () => {
    expect(await hashes('C:\\x\\abc.txt')).toEqual({ rows: [{ path: 'C:\\x\\abc.txt', size: 3, ...ABC }], notices: [] })
  })

  it('of a pattern covers files only, including the empty one', async () => {
    const { rows } = await hashes('C:\\x\\*.txt')
    expect(rows).toEqual([
      { path: 'C:\\x\\abc.txt', size: 3, ...ABC },
      { path: 'C:\\x\\empty.txt', size: 0, ...EMPTY },
    ])
  })

  it('of several files shows a failure as a row and continues', async () => {
    expect((await hashes('C:\\x\\none.txt', 'C:\\x\\sub', 'C:\\x\\abc.txt')).rows).toMatchObject([
      { path: 'C:\\x\\none.txt', error: { code: 'not_found' } },
      { path: 'C:\\x\\sub', error: { code: 'remote', message: 'C:\\x\\sub: is a directory' } },
      { path: 'C:\\x\\abc.txt', ...ABC },
    ])
  })

  it('of a file that is listed with another size covers all bytes that arrived, and reports the difference', async () => {
    expect(await hashes('C:\\x\\grown')).toEqual({
      rows: [{ path: 'C:\\x\\grown', size: 3, ...ABC }],
      notices: ['C:\\x\\grown: 3 bytes were read, but the endpoint lists 2'],
    })
  })
})
