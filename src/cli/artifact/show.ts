import { within } from '../../core/abort.ts'
import { fieldsOf, list as table, type Column, type Row } from '../../core/result.ts'
import { nameOf } from '../../artifacts/catalog.ts'
import type { Definition, Source } from '../../artifacts/definition.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { ARTIFACTS_OPTION } from '../../verbs/collect/options.ts'
import { optional, required } from '../../verbs/define.ts'

const COLUMNS: Column[] = [
  { key: 'artifact' },
  { key: 'type' },
  { key: 'supported_os', title: 'os', priority: 1 },
  { key: 'what', evidence: true },
]

/** `cbc lr artifact show`. */
export const show = defineProgramVerb({
  summary: 'show what an artifact stands for, or what it would fetch from a device',
  details:
    'Groups are resolved. Without a device nothing is asked of the service. With one, everything is looked for there, as `lr collect --dry-run` does, and each step that a collection would take is a line.',
  examples: [
    { line: 'cbc lr artifact show WindowsBrowserHistory', does: 'the paths of the browsers' },
    { line: 'cbc lr artifact show WindowsBrowserHistory WIN-FIN-01', does: 'the files that are there on this device' },
  ],
  example: line => line,
  fields: [...fieldsOf(COLUMNS), 'command', 'name', 'path'],
  arguments: {
    names: required('artifact', 'artifacts, groups of them or KAPE targets, separated by commas'),
    device: optional('device', 'id, name, or pattern that fits one'),
  },
  options: { artifacts: ARTIFACTS_OPTION },
  async run({ names, device, artifacts }, context) {
    const [{ loadCatalog }, { namesIn }] = await Promise.all([
      import('../../verbs/collect/load-catalog.ts'),
      import('../../verbs/collect/options.ts'),
    ])
    const { catalog } = await loadCatalog(artifacts, context.host.local)
    const found = catalog.resolve(namesIn([names]))
    if (device !== undefined) return await onDevice(names, device, artifacts, context)
    return table(found.flatMap(rowsOf), COLUMNS)
  },
})

function rowsOf(definition: Definition): Row[] {
  return definition.sources.flatMap(source =>
    textsOf(source).map(what => ({
      artifact: nameOf(definition),
      type: source.type,
      supported_os: source.platforms.length > 0 ? source.platforms : definition.platforms,
      what,
    })),
  )
}

/** What a source asks for, a line each. */
function textsOf(source: Source): string[] {
  switch (source.type) {
    case 'files':
      return source.patterns.map(({ path, separator, mask, recursive = false }) =>
        mask === undefined
          ? path
          : [path.endsWith(separator) ? path.slice(0, -1) : path, ...(recursive ? ['**'] : []), mask].join(separator),
      )
    case 'keys':
      return [...source.keys]
    case 'values':
      return source.pairs.map(({ key, value }) => `${key}\\${value === '' ? '(Default)' : value}`)
    case 'command':
      return [[source.cmd, ...source.args].join(' ')]
    case 'wmi':
      return [source.query]
    case 'raw':
      return [`${source.path} (needs raw access)`]
    case 'group':
      return []
  }
}

/** What a collection would do on a device. */
async function onDevice(names: string, device: string, artifacts: string[], { host, globals, open }: ProgramContext) {
  const [{ collect }, { resolveDevice }, { openSession, runVerb }] = await Promise.all([
    import('../../verbs/collect/collect.ts'),
    import('../../engine/devices.ts'),
    import('../../engine/remote-job.ts'),
  ])
  const { policy, close, ...runtime } = await open()
  try {
    return await within(host.clock, globals.timeout, 'lr artifact show', host.interrupt, async signal => {
      const target = await resolveDevice(runtime.connection.devices, device, runtime.sources, signal)
      const plan: Row[] = []
      const session = await openSession(target, globals, runtime, signal, plan)
      try {
        const input = { artifact: [names], artifacts, force: false, locked: false }
        return await runVerb({ verb: collect, input, session, directory: session.home, globals, policy, runtime, signal, plan })
      } finally {
        await session.close(signal)
      }
    })
  } finally {
    await close()
  }
}
