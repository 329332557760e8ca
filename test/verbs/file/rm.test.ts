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

it.each(['C:\\', 'c:/', 'D:\\.', '\\'])(
  'rm never deletes a whole drive, not even with -r and --yes, nor what is typed beside it: %s',
  async drive => {
    const files = [{ filename: 'x.txt', size: 1, attributes: ['ARCHIVE'] }]
    const b = await verbBench({ run: () => ({ result: { files } }) })
    for (const recursive of [false, true])
      expect(await b.invoke(rm, { path: ['C:\\x.txt', drive], recursive }).catch((error: unknown) => error)).toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/is a whole drive and is never deleted$/) as string,
      })
    expect(b.service.issued).not.toContain('delete file')
  },
)
