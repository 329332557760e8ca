import { fieldsOf, list as table, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'

const COLUMNS: Column[] = [
  { key: 'name' },
  { key: 'inputs', text: row => inputsIn(row['inputs'] as Row[]), flexible: true, priority: 1 },
  { key: 'description', evidence: true },
]

/** `cbc lr playbook list`. */
export const list = defineProgramVerb({
  summary: 'list the playbooks that ship with the program',
  examples: [{ line: 'cbc lr playbook list', does: 'what `cbc lr run NAME DEVICE` can do' }],
  example: line => line,
  fields: fieldsOf(COLUMNS),
  arguments: {},
  options: {},
  async run() {
    const [{ SHIPPED }, { fromYaml }, { inputRows }] = await Promise.all([
      import('../../playbooks/shipped/index.ts'),
      import('../../playbooks/from-yaml.ts'),
      import('../../playbooks/inputs.ts'),
    ])
    const rows = SHIPPED.map(source => {
      const playbook = fromYaml(source)
      return { name: source.name, description: playbook.description ?? '', inputs: inputRows(playbook) }
    })
    return table(rows, COLUMNS)
  },
})

/** Required inputs as they are, the others in brackets. */
function inputsIn(inputs: readonly Row[]): string {
  return inputs.map(({ name, required }) => (required === true ? String(name) : `[${String(name)}]`)).join(' ')
}
