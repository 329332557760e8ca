import type { Host } from '../../core/host.ts'
import type { Leaf } from '../../engine/spec.ts'
import { ARTIFACTS_OPTION } from '../../verbs/collect/options.ts'
import { flag, many, required, values } from '../../verbs/define.ts'
import { runOptionsOf } from '../run/options.ts'

/** The verb that a playbook becomes. */
export const PLAYBOOK_RUN = 'run'

/** `cbc lr run`. The code that reads playbooks is not loaded for its help. */
export function playbookRun(host: Host): Leaf {
  return {
    spec: {
      summary: 'run a playbook on endpoints: a file of lines of the shell, or YAML',
      details:
        'Lines are commands of the shell, one a line, and # begins a comment; YAML has inputs, conditions and results that later steps use: see docs/playbooks.md. ' +
        'A file is YAML by its ending .yaml, .yml or .json, else by its first line. All of it is checked before anything is sent. ' +
        'A playbook that may change an endpoint asks once for all of it. Each step is a row: what it was, and what came of it.',
      examples: [
        { line: 'cbc lr run windows-triage WIN-FIN-01', does: 'a playbook that ships: `cbc lr playbook list` shows them' },
        { line: 'cbc lr run collect.txt WIN-FIN-01', does: 'lines of the shell' },
        { line: "cbc lr run hunt.yaml 'WIN-*' --input name=updater.exe", does: 'a playbook on several devices' },
      ],
      example: line => line,
      arguments: {
        playbook: required('playbook', 'a file of lines of the shell, a YAML playbook, or the name of one that ships'),
        device: many('device', 'id, name, pattern, several of them with commas, @FILE or query:…: see `cbc help selectors`'),
      },
      options: {
        input: values('--input <name=value>', 'the value of an input; may be given several times'),
        artifacts: ARTIFACTS_OPTION,
        keepSession: flag('--keep-session', 'leave the session open: the next command starts at once'),
        ...runOptionsOf({ options: {}, brings: 'folder' }),
      },
    },
    async run(parsed, words) {
      const [{ prepareRun }, { runOnce }] = await Promise.all([import('./prepare.ts'), import('../run-once.ts')])
      const { verb, parsed: prepared } = await prepareRun(parsed, host)
      return await runOnce(verb, host, prepared, words)
    },
  }
}
