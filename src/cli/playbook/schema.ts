import { object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'

/** `cbc lr playbook schema`. */
export const schema = defineProgramVerb({
  summary: 'print the JSON Schema of playbooks, for editors',
  details:
    'An editor that knows it completes keys, and marks what is wrong: # yaml-language-server: $schema=playbook.schema.json as the first line of a playbook.',
  examples: [{ line: 'cbc lr playbook schema > playbook.schema.json', does: 'the schema as a file' }],
  example: line => line,
  arguments: {},
  options: {},
  async run() {
    const { jsonSchema } = await import('../../playbooks/schema.ts')
    return { ...object(jsonSchema()), format: 'json' }
  },
})
