import { object } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { PLAYBOOK } from './columns.ts'

/** `cbc lr playbook show`. */
export const show = defineProgramVerb({
  summary: 'show a playbook: what it does, and what it has to be told',
  details: 'The text can be saved as a file, and changed to be another one.',
  examples: [{ line: 'cbc lr playbook show contain-process', does: 'its text' }],
  example: line => line,
  fields: ['name', 'description', 'inputs', 'steps', 'text'],
  arguments: { playbook: PLAYBOOK },
  options: {},
  async run({ playbook: path }, { host }) {
    const [{ readPlaybook }, { inputRows }] = await Promise.all([import('../../playbooks/read.ts'), import('../../playbooks/inputs.ts')])
    const playbook = await readPlaybook(path, host.local)
    const { name, description = null, source, steps } = playbook
    const rows = steps.map(step => ({
      step: step.number,
      name: step.name ?? null,
      run: step.template.text,
      when: step.when?.text ?? null,
      register: step.id ?? null,
      line: step.position(0).line,
    }))
    const value = { name, description, inputs: inputRows(playbook), steps: rows, text: source.text }
    return { ...object(value), text: source.text }
  },
})
