import { usage } from '../../core/errors.ts'
import { evidenceFolder } from '../../core/evidence-folder.ts'
import type { LocalFolder } from '../../core/ports.ts'
import { readSize } from '../../core/quantity.ts'
import { fieldsOf, list, type Column } from '../../core/result.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, many, value, type Context } from '../define.ts'
import { cantOverwrite } from '../file/cant-overwrite.ts'
import { parseSince } from '../file/criteria.ts'
import { Folders } from '../file/folders.ts'
import type { gather } from './gather.ts'
import { ARTIFACTS_OPTION, namesIn } from './options.ts'

const COLUMNS: Column[] = [
  { key: 'artifact' },
  { key: 'found', align: 'right' },
  { key: 'fetched', align: 'right' },
  { key: 'bytes', align: 'right', kind: 'size' },
  { key: 'failed', align: 'right' },
  { key: 'why', evidence: true },
]

export const collect = defineVerb({
  name: 'collect',
  summary: 'bring home what artifact definitions name: files, registry keys, output of programs',
  details:
    'An artifact is evidence with a name: WindowsEventLogs. A definition says where it is, for every version and every user. Some ship with the program; --artifacts reads further ones, in the format of the ForensicArtifacts project or as KAPE targets (kape:EventLogs), from a file, a folder, or a clone of either project. `cbc lr artifact list` shows all. ' +
    'Each file is fetched once, as get does it, below files/ under its own path (files/C/Windows/…); registry keys, listings and the output of programs are JSON below results/. What is not there is no error. Run again with the same folder, only what is missing or has changed is fetched, and what has changed is kept beside what is there. ' +
    "Registry hives and databases that are in use can not be read: with --locked, reg.exe saves hives and esentutl.exe copies other files from a shadow of their volume into the endpoint's temporary folder, from where they are fetched and deleted. A dry run looks for everything, and prints what would be fetched and run.",
  examples: [
    { line: 'collect WindowsHostsFile WindowsRunKeys', does: 'two artifacts, into files/ and results/ of the working directory' },
    {
      line: 'collect WindowsScheduledTasks --into evidence --newer 30d --max-file-size 100M',
      does: 'what changed lately and is not too large, into a folder',
    },
    { line: 'collect kape:EventLogs --artifacts targets', does: 'a KAPE target from a folder of them' },
  ],
  effect: 'read',
  effectOf: ({ locked }) => (locked ? 'change' : 'read'),
  brings: 'folder',
  deviceLast: true,
  fields: [...fieldsOf(COLUMNS), 'files', 'errors', 'skipped', 'links'],
  needs: ['directory list', 'get file'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: {
    artifact: many('artifact', 'artifacts, groups of them or KAPE targets; several in one word are separated by commas'),
  },
  options: {
    into: value('--into <folder>', 'folder for what is brought home; default: the case, or else the working directory', {
      kind: 'local-path',
    }),
    artifacts: ARTIFACTS_OPTION,
    maxFileSize: value('--max-file-size <size>', 'leave larger files: 100M, 2G', { parse: parseFileSize }),
    newer: value('--newer <time>', 'only files that changed since: 2d, or 2024-05-01', { parse: parseSince }),
    locked: flag('--locked', 'copy what is in use on the endpoint, with its own programs, and fetch the copy'),
    force: flag('-f, --force', 'fetch everything again, and overwrite local files'),
  },
  check({ artifact }) {
    namesIn(artifact)
  },
  async checkLocal({ artifact, artifacts }, files) {
    const { loadCatalog } = await import('./load-catalog.ts')
    const { catalog } = await loadCatalog(artifacts, files)
    catalog.resolve(namesIn(artifact))
  },
  async run({ artifact, into, artifacts, ...limits }, context) {
    const { gather } = await import('./gather.ts')
    const homes = context.session.planning ? { files: undefined, results: undefined } : homesOf(into, limits.force, context)
    const gathered = await gather(namesIn(artifact), artifacts, homes, limits, context)
    return { ...list(gathered.rows(), COLUMNS, 'nothing is meant for this system'), failures: () => gathered.failures }
  },
})

/** Where files and results go: into the folder that is named, else into the case, else into the working directory. @throws CbcError usage */
function homesOf(into: string | undefined, force: boolean, { local, home }: Context): NonNullable<Parameters<typeof gather>[2]> {
  if (into === undefined && home !== undefined) {
    if (force) throw cantOverwrite('collect')
    return { files: names => home.folder(names), results: () => home.results() }
  }
  let top: Promise<LocalFolder> | undefined
  let files: Promise<Folders> | undefined
  const below = async (name: string) => {
    const folder = await (await (top ??= local.folder(into ?? '.'))).folder(name)
    return force ? folder : evidenceFolder(folder, local)
  }
  return {
    files: async names => (await (files ??= below('files').then(folder => new Folders(folder)))).at(names),
    results: () => below('results'),
  }
}

/** @throws CbcError usage */
function parseFileSize(text: string): number {
  const bytes = readSize(text)
  if (bytes === undefined) throw usage(`--max-file-size: "${text}" is not a size`, 'write 100M, or 2G')
  return bytes
}
