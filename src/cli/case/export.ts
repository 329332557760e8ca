import { basename, dirname, isAbsolute, join, parse, relative, sep } from 'node:path'
import type { CaseFolder } from '../../core/case-folder.ts'
import { CbcError, EXIT_CODES, usage } from '../../core/errors.ts'
import type { LocalFiles } from '../../core/ports.ts'
import { object, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { optional, value } from '../../verbs/define.ts'
import { CASE } from './folder.ts'
import { problemsOf } from './problems.ts'
import type { CaseMoment } from '../../cases/exports/moment.ts'
import type { ExportOptions } from '../../cases/exports/options.ts'

/** The formats, each with the name of what is written. */
const FORMATS = { bagit: 'bagit', timesketch: 'timesketch.jsonl', bodyfile: 'bodyfile.txt', velociraptor: 'velociraptor.zip' } as const
type Format = keyof typeof FORMATS
const NAMES = Object.keys(FORMATS) as Format[]

const COLUMNS: Column[] = [{ key: 'path' }, { key: 'format' }, { key: 'size', kind: 'size', align: 'right' }, { key: 'sha256' }]

/** `cbc case export`. */
export const exportCase = defineProgramVerb({
  summary: 'write a case for other tools: BagIt, Timesketch, mactime, Velociraptor',
  details:
    'bagit is the whole case in a folder that `sha256sum -c manifest-sha256.txt` checks. timesketch is a timeline of JSON lines, which Splunk and jq take too; ' +
    'bodyfile one for `mactime -b FILE -z UTC`; velociraptor a collection, or of several devices a hunt, for its import. ' +
    'Without a destination it is written below exports/ in the case. Nothing is overwritten, and what is written appears complete or not at all. ' +
    'The case is verified first: one that is not as it was recorded is exported all the same, with what is wrong said in it, and exit code 7.',
  examples: [
    { line: 'cbc case export ./case-7 --format bagit /mnt/handover/case-7', does: 'the case, to be handed over' },
    { line: 'cbc case export ./case-7 --format timesketch', does: 'a timeline, in ./case-7/exports/timesketch.jsonl' },
  ],
  example: line => line,
  fields: ['path', 'format', 'size', 'sha256', 'files', 'lines', 'problems', 'errors'],
  arguments: {
    case: CASE,
    destination: optional('local-path', 'what to write; default: below exports/ in the case'),
  },
  options: { format: value('--format <format>', `what to write: ${NAMES.join(', ')}`, { choices: NAMES, parse: readFormat }) },
  async run({ case: path, destination, format }, context) {
    if (format === undefined) throw usage('case export: --format is missing', `write --format ${NAMES.join('|')}`)
    const { momentOf } = await import('../../cases/exports/moment.ts')
    const folder = await context.host.caseFolder(path)
    const place = await placeOf(folder, format, destination, context)
    const left: Row[] = []
    const leave = (what: string) => void left.push({ error: new CbcError('io', what) })
    const problems = await problemsOf(folder, context)
    const moment = await momentOf(folder)
    const written = await WRITERS[format]({ folder, moment, place, problems, leave, context })
    context.progress.end()
    const { head } = moment
    const exitCode = problems.length + left.length === 0 ? 0 : EXIT_CODES.partial
    return { ...object({ format, ...written, lines: head.lines, problems }, COLUMNS), failed: left, exitCode }
  },
})

function readFormat(text: string): Format {
  const format = NAMES.find(name => name === text)
  if (format === undefined) throw usage(`--format: there is no format ${text}`, `write ${NAMES.join(', ')}`)
  return format
}

interface Writing {
  folder: CaseFolder
  moment: CaseMoment
  place: string
  /** What is wrong with the case, a sentence each. */
  problems: readonly string[]
  /** Is told what could not be exported, and why. */
  leave(what: string): void
  context: ProgramContext
}

interface Written {
  path: string
  size: number
  sha256: string
  files?: number
}

const WRITERS: Record<Format, (writing: Writing) => Promise<Written>> = {
  bagit: async writing => {
    const { folder, place, context } = writing
    const { host, progress } = context
    const { writeBag } = await import('../../cases/exports/bagit.ts')
    const bag = await host.newFolder(place)
    progress.step('exporting')
    try {
      const { files, bytes, sha256 } = await writeBag(folder, bag, {
        ...optionsOf(writing),
        about: host.about,
        progress: done => progress.at(done),
        signal: host.interrupt,
      })
      await bag.commit()
      return { path: bag.path, size: bytes, sha256, files }
    } catch (error) {
      await bag.discard()
      throw error
    }
  },
  timesketch: async writing => {
    const { timesketch } = await import('../../cases/exports/timesketch.ts')
    return await writeFile(writing, timesketch(writing.folder, optionsOf(writing)), FORMATS.timesketch)
  },
  bodyfile: async writing => {
    const { bodyFile } = await import('../../cases/exports/body-file.ts')
    return await writeFile(writing, bodyFile(writing.folder, optionsOf(writing)), FORMATS.bodyfile)
  },
  velociraptor: async writing => {
    const { velociraptor } = await import('../../cases/exports/velociraptor/export.ts')
    return await writeFile(writing, velociraptor(writing.folder, optionsOf(writing)), FORMATS.velociraptor)
  },
}

function optionsOf({ moment, problems, leave, context: { host } }: Writing): ExportOptions {
  return { moment, problems, now: host.clock.now(), left: leave }
}

async function writeFile({ place, context }: Writing, pieces: AsyncIterable<Uint8Array | string>, name: string): Promise<Written> {
  const { host, progress } = context
  const { writeOut } = await import('../../cases/exports/write-out.ts')
  const target = await host.local.create(place, name, false)
  progress.step('exporting')
  const written = await writeOut(target, pieces, host.interrupt, done => progress.at(done))
  return { path: target.path, ...written }
}

/** Returns where to write: what was asked for, or a name below exports/ that nothing has. @throws CbcError usage: it would change the evidence */
async function placeOf(
  folder: CaseFolder,
  format: Format,
  destination: string | undefined,
  { host: { local } }: ProgramContext,
): Promise<string> {
  const name = FORMATS[format]
  const exports = join(folder.path, 'exports')
  if (destination === undefined) return join(exports, freeName(name, await namesIn(local, exports)))
  const place = await local.place(destination, name, true)
  if (isBelow(exports, place)) await local.folder(exports)
  const real = join(await local.real(dirname(place)), basename(place))
  if (isBelow(folder.path, real) && !isBelow(exports, real))
    throw usage(`${destination}: is part of the case`, 'name a place outside of it, or below its exports/')
  return destination
}

async function namesIn(local: LocalFiles, folder: string): Promise<Set<string>> {
  const { path } = await local.folder(folder)
  return new Set((await local.names(path)).map(({ name }) => name))
}

/** `timeline.jsonl`, then `timeline-2.jsonl`. */
function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const { name, ext } = parse(wanted)
  for (let n = 1; ; n++) {
    const free = n === 1 ? wanted : `${name}-${n}${ext}`
    if (!taken.has(free)) return free
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
