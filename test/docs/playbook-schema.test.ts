import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { jsonSchema } from '../../src/playbooks/schema.ts'

const PAGE = new URL('../../docs/playbook.schema.json', import.meta.url)

it('docs/playbook.schema.json is the schema that playbooks are checked by; UPDATE_DOCS=1 writes it', () => {
  const text = `${JSON.stringify(jsonSchema(), undefined, 2)}\n`
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(PAGE, text)
  expect(JSON.parse(readFileSync(PAGE, 'utf8'))).toEqual(JSON.parse(text))
})
