import { expect, it } from 'vitest'
import { mkdir } from '../../../src/verbs/file/mkdir.ts'
import { failure } from '../../api/support.ts'
import { verbBench } from '../../support/verb.ts'

const MISSING = { result_code: 2147942403 }
const DENIED = { result_code: 2147942405 }

it('mkdir -p that fails half way says which directories it created', async () => {
  const made = new Set(['C:'])
  const b = await verbBench({
    run(request) {
      if (request.name !== 'create directory') return {}
      if (!made.has(request.path.slice(0, request.path.lastIndexOf('\\')))) return { result: MISSING }
      if (request.path.endsWith('shut')) return { result: DENIED }
      made.add(request.path)
      return {}
    },
  })
  expect(await failure(b.invoke(mkdir, { path: ['C:\\a\\b\\shut'], parents: true }))).toMatchObject({ code: 'remote' })
  expect(b.notices).toEqual(['done before that: C:\\a, C:\\a\\b were created on WIN-FIN-01'])
})
