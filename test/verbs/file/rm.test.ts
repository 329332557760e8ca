import { describe, expect, it } from 'vitest'
import { rm } from '../../../src/verbs/file/rm.ts'
import { verbBench } from '../../support/verb.ts'

describe('rm of a pattern', () => {
  it('deletes what was confirmed, not what matches by then', async () => {
    const names = ['a.txt']
    const deleted: string[] = []
    const b = await verbBench({
      run(request) {
        if (request.name === 'delete file') deleted.push(request.path)
        return request.name === 'directory list'
          ? { result: { files: names.map(filename => ({ filename, size: 1, attributes: ['ARCHIVE'] })) } }
          : {}
      },
    })
    const { asked } = await b.confirmed(rm, { path: ['C:\\x\\*.txt'] }, () => {
      names.push('b.txt')
    })
    expect({ asked, deleted }).toEqual({ asked: [{ what: 'delete 1 on WIN-FIN-01', to: ['C:\\x\\a.txt'] }], deleted: ['C:\\x\\a.txt'] })
  })
})
