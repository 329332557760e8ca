import { usage } from '../../core/errors.ts'
import { fieldsOf, list as table, type Column } from '../../core/result.ts'
import { nameOf } from '../../artifacts/catalog.ts'
import { isFor, PLATFORMS, type Platform } from '../../artifacts/definition.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { ARTIFACTS_OPTION } from '../../verbs/collect/options.ts'
import { value } from '../../verbs/define.ts'

const COLUMNS: Column[] = [
  { key: 'name' },
  { key: 'set', priority: 2 },
  { key: 'supported_os', title: 'os', priority: 1 },
  { key: 'doc', evidence: true },
]

/** `cbc lr artifact list`. */
export const list = defineProgramVerb({
  summary: 'list the artifacts that can be collected',
  details:
    'Those that ship with the program, and those of --artifacts or CBC_ARTIFACTS. KAPE targets begin with kape:. Definitions that can not be read are named on stderr.',
  examples: [
    { line: 'cbc lr artifact list --os windows', does: 'what can be collected on Windows' },
    { line: 'cbc lr artifact list --columns name', does: 'the names only' },
  ],
  example: line => line,
  fields: [...fieldsOf(COLUMNS), 'aliases', 'file', 'line', 'urls'],
  arguments: {},
  options: {
    artifacts: ARTIFACTS_OPTION,
    os: value('--os <system>', 'only what is found on windows, linux or macos', {
      choices: ['windows', 'linux', 'macos'],
      parse: parsePlatform,
    }),
  },
  async run({ artifacts, os }, { host, notice }) {
    const { faultText, loadCatalog } = await import('../../verbs/collect/load-catalog.ts')
    const { catalog, faults } = await loadCatalog(artifacts, host.local)
    for (const fault of faults) await notice(faultText(fault))
    const rows = catalog.all
      .filter(({ platforms }) => os === undefined || isFor(platforms, os))
      .map(definition => {
        const { aliases, set, doc, platforms, file, line, urls } = definition
        return { name: nameOf(definition), aliases, set, supported_os: platforms, doc: doc.split('\n', 1)[0] ?? '', file, line, urls }
      })
    return table(rows, COLUMNS, 'no artifacts')
  },
})

/** @throws CbcError usage */
function parsePlatform(text: string): Platform {
  const wanted = text.toLowerCase() === 'macos' ? 'darwin' : text.toLowerCase()
  const found = PLATFORMS.find(platform => platform.toLowerCase() === wanted)
  if (found === undefined) throw usage(`--os: "${text}" is not a system`, 'use windows, linux or macos')
  return found
}
