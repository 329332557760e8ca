import { describe, expect, it } from 'vitest'
import { rm } from '../../../src/verbs/file/rm.ts'
import { failure } from '../../api/support.ts'
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

describe('what rm could not delete is reported with the hint', () => {
  const NOT_EMPTY = 0x80070091
  const ACCESS_DENIED = 0x80070005
  const NOT_FOUND = 0x80070002
  it.each([
    ['that a directory needs -r', NOT_EMPTY, ['DIRECTORY'], 'it is a directory: rm -r deletes it and everything below it'],
    ['of the error itself if it is a file', ACCESS_DENIED, ['ARCHIVE'], undefined],
    ['of the error itself if there is nothing', NOT_FOUND, ['DIRECTORY'], undefined],
  ])('%s', async (_, result_code, attributes, hint) => {
    const b = await verbBench({
      run: request => ({ result: request.name === 'delete file' ? { result_code } : { files: [{ filename: 'x', size: 0, attributes }] } }),
    })
    const { facts } = await failure(b.invoke(rm, { path: ['C:\\x'] }))
    expect([facts.result_code, facts.hint]).toEqual([result_code, hint])
  })
})
