import { usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { Parsed } from '../../engine/spec.ts'
import { checkPlaybook } from '../../playbooks/check.ts'
import { readInputs } from '../../playbooks/inputs.ts'
import { readPlaybook } from '../../playbooks/read.ts'
import { digestOf, playbookVerb } from '../../playbooks/verb.ts'
import type { AnyVerb } from '../../verbs/define.ts'

/** Reads and checks the playbook of `lr run`, and makes a verb of it. @throws CbcError usage, not_found, io: nothing was sent */
export async function prepareRun(
  { input: { playbook: path, device, input: given, ...rest }, globals }: Parsed,
  { local }: Pick<Host, 'local'>,
): Promise<{ verb: AnyVerb; parsed: Parsed }> {
  const playbook = await readPlaybook(String(path), local)
  const inputs = readInputs(playbook, given as string[])
  const verb = playbookVerb(playbook, await checkPlaybook(playbook, inputs, local), inputs)
  const input = { ...rest, device: oneSelector(device as string[]), playbook: path, input: given, digest: digestOf(playbook) }
  return { verb, parsed: { input, globals } }
}

/** Joins selectors. A query extends to the end of one. @throws CbcError usage: there are several queries */
function oneSelector(typed: readonly string[]): string {
  const queries = typed.filter(text => text.startsWith('query:'))
  if (queries.length > 1) throw usage('<device>: one query at a time', 'join them: query:a OR b')
  return [...typed.filter(text => !queries.includes(text)), ...queries].join(',')
}
