import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { ARTIFACTS_OPTION } from '../../verbs/collect/options.ts'
import { PLAYBOOK } from './columns.ts'

const COLUMNS: Column[] = [
  { key: 'file' },
  { key: 'name' },
  { key: 'steps' },
  {
    key: 'changes',
    text: row => ((row['changes'] as string[]).length === 0 ? 'nothing' : (row['changes'] as string[]).join('; ')),
    evidence: true,
  },
  { key: 'inputs', text: row => (row['inputs'] as Row[]).map(({ name }) => String(name)).join(', ') },
]

/** `cbc lr playbook check`. */
export const check = defineProgramVerb({
  summary: 'check a playbook, without a device',
  details:
    'Its form, its commands, its expressions. Exit code 2, with file, line and column, where something is wrong. Nothing is asked of the service.',
  examples: [{ line: 'cbc lr playbook check hunt.yaml', does: 'what is wrong with it, or what it may change' }],
  example: line => line,
  fields: fieldsOf(COLUMNS),
  arguments: { playbook: PLAYBOOK },
  options: { artifacts: ARTIFACTS_OPTION },
  async run({ playbook: path, artifacts }, { host }) {
    const [{ readPlaybook }, { checkPlaybook }, { inputRows, knownInputs }] = await Promise.all([
      import('../../playbooks/read.ts'),
      import('../../playbooks/check.ts'),
      import('../../playbooks/inputs.ts'),
    ])
    const playbook = await readPlaybook(path, host.local)
    const steps = await checkPlaybook(playbook, knownInputs(playbook), host.local, artifacts)
    const changes = steps.filter(({ verb }) => verb.effect !== 'read').map(({ line }) => line)
    return object({ file: path, name: playbook.name, steps: steps.length, changes, inputs: inputRows(playbook) }, COLUMNS)
  },
})
