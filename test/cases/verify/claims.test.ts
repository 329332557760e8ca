import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { homeOf } from '../../../src/cases/home.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { madeCase, ran } from '../../support/made-case.ts'

it('a case whose devices have folders is as it was recorded; what only lies where they are named is besides', async () => {
  const folder = await madeCase([{ verb: 'ps', rows: [] }])
  await homeOf({ id: 7, name: 'WIN-FIN-01' }, folder, localFiles, async () => {}).folder([])
  expect((await ran(['case', 'verify', folder.path])).code).toBe(0)
  writeFileSync(join(folder.path, 'devices', 'planted.json'), '{"id":7,"folder":"../x"}')
  const { code, out } = await ran(['case', 'verify', folder.path, '--json'])
  expect({ code, problems: (JSON.parse(out) as { problems: unknown[] }).problems }).toMatchObject({
    code: 7,
    problems: [{ kind: 'additional_file', file: 'devices/planted.json' }],
  })
})
