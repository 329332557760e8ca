import { fromLines } from '../../src/playbooks/from-lines.ts'
import { fromYaml } from '../../src/playbooks/from-yaml.ts'
import { checkPlaybook } from '../../src/playbooks/check.ts'
import { knownInputs } from '../../src/playbooks/inputs.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { CbcError } from '../../src/core/errors.ts'

/** Reads and checks a playbook. @returns `line:column: message` of each fault, none where it is right */
export async function faultsOf(text: string, name = 'p.yaml'): Promise<string[]> {
  try {
    const playbook = name.endsWith('.yaml') ? fromYaml({ name, text }) : fromLines({ name, text })
    await checkPlaybook(playbook, knownInputs(playbook), localFiles, [])
    return []
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'usage') throw error
    const faults = error.facts.errors ?? []
    const [first] = faults
    if (first === undefined || !error.message.startsWith(`${name}:${first.line}:${first.column}: ${first.message}`)) throw error
    return faults.map(({ line, column, message }) => `${line}:${column}: ${message}`)
  }
}
