import type { Host } from '../../core/host.ts'
import { joinSelectors } from '../../engine/selector.ts'
import type { Parsed } from '../../engine/spec.ts'
import { checkPlaybook } from '../../playbooks/check.ts'
import { readInputs } from '../../playbooks/inputs.ts'
import { readPlaybook } from '../../playbooks/read.ts'
import { digestOf, playbookVerb } from '../../playbooks/verb.ts'
import type { AnyVerb } from '../../verbs/define.ts'

/** Reads and checks the playbook of `lr run`, and makes a verb of it. @throws CbcError usage, not_found, io: nothing was sent */
export async function prepareRun(
  { input: { playbook: path, device, input: given, artifacts: typed, ...rest }, globals }: Parsed,
  { local }: Pick<Host, 'local'>,
): Promise<{ verb: AnyVerb; parsed: Parsed }> {
  const playbook = await readPlaybook(String(path), local)
  const inputs = readInputs(playbook, given as string[])
  const artifacts = typed as string[]
  const verb = playbookVerb({ playbook, steps: await checkPlaybook(playbook, inputs, local, artifacts), inputs, artifacts })
  const input = { ...rest, artifacts, device: joinSelectors(device as string[]), playbook: path, input: given, digest: digestOf(playbook) }
  return { verb, parsed: { input, globals } }
}
