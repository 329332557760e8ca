import { usage } from '../../core/errors.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { value, values } from '../../verbs/define.ts'
import type { NamedVerb } from '../program-verbs.ts'

/** `cbc mcp`. @param runs the commands of `cbc run` */
export const mcp = (runs: readonly NamedVerb[]) =>
  defineProgramVerb({
    summary: 'the verbs as tools for an assistant, over the Model Context Protocol on stdin and stdout',
    details:
      'An assistant starts this program and calls its tools, which are the verbs, with the credentials of the profile that is named here. They only read. With --allow change an assistant can ask for changes on the devices that are named: each is shown to a person by its client, and recorded in the case. ' +
      'With --device only these devices can be used, which are looked up once, at the start. Whatever comes from an endpoint is marked as untrusted. It ends with its input.',
    examples: [
      { line: 'cbc mcp', does: 'serves an assistant, which starts it; reading only' },
      { line: "cbc --profile work mcp --device 'WIN-FIN-*'", does: 'for these devices alone' },
      {
        line: 'cbc mcp --device WIN-FIN-01 --allow change --case 2026-114',
        does: 'with changes on one device, each of which a person agrees to',
      },
    ],
    example: line => line,
    fields: [],
    interactive: 'answers an assistant until its input ends',
    arguments: {},
    options: {
      allow: value(
        '--allow <what>',
        'change: let an assistant ask for changes too, each of which a person has to agree to; needs --device and --case',
        {
          choices: ['change'],
          parse: parseAllowed,
        },
      ),
      device: { ...values('--device <device>', 'only these devices: an id, a name, a pattern; repeatable'), kind: 'device' as const },
    },
    async run({ allow, device }, context) {
      const changes = allow === 'change'
      const { dryRun, yes } = context.globals
      if (dryRun) throw usage('mcp: --dry-run has no meaning here', 'without --allow, an assistant changes nothing')
      if (yes) throw usage('mcp: --yes has no meaning here', 'a person has to agree to each change, at the client')
      if (changes && device.length === 0) throw usage('mcp: --allow change needs --device', 'name the devices that may be changed')
      const { serve } = await import('../../mcp/serve.ts')
      return await serve({ devices: device, changes, program: [...ofRuns(runs), ...ARTIFACTS, CASE_LOG] }, context)
    },
  })

/** @throws CbcError usage */
function parseAllowed(text: string): 'change' {
  if (text === 'change') return text
  throw usage(`--allow: "${text}" is nothing that can be allowed`, 'use change')
}

/** What an assistant may ask of runs: it names them, and nothing else. */
function ofRuns(runs: readonly NamedVerb[]) {
  const takes: Record<string, readonly string[]> = { list: [], show: ['run'] }
  return runs
    .filter(({ name }) => name in takes)
    .map(({ name, load }) => ({ name: `run ${name}`, takes: takes[name] ?? [], ofAllDevices: true, load }))
}

const ARTIFACTS = [
  { name: 'artifact list', takes: ['os'], ofAllDevices: false, load: async () => (await import('../artifact/list.ts')).list },
  { name: 'artifact show', takes: ['names'], ofAllDevices: false, load: async () => (await import('../artifact/show.ts')).show },
]

const CASE_LOG = {
  name: 'case log',
  takes: [],
  ofAllDevices: false,
  ofCase: true as const,
  load: async () => (await import('../case/log.ts')).log,
}
