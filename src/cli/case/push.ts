import type { CaseMoment } from '../../cases/exports/moment.ts'
import type { CaseFolder } from '../../core/case-folder.ts'
import type { CaseStore } from '../../core/case-store.ts'
import { EXIT_CODES } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { list, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { required } from '../../verbs/define.ts'
import { CASE } from './folder.ts'
import { problemsOf } from './problems.ts'

const COLUMNS: Column[] = [
  { key: 'action' },
  { key: 'path', flexible: 'middle' },
  { key: 'size', kind: 'size', align: 'right' },
  { key: 'sha256', priority: 1 },
]

/** `cbc case push`. */
export const pushCase = defineProgramVerb({
  summary: 'copy a case to a bucket, and make sure that it is there',
  details:
    'Each file goes with its SHA-256, and counts as pushed once the bucket says that it has these bytes; the journal goes last, as it was at the start. What is there already is skipped: after a cut, the same command goes on. ' +
    'A journal that has grown since replaces its own beginning, and the state of runs is written anew; nothing else is overwritten. The report and exports stay here. ' +
    'Object lock is asked for with s3://bucket/prefix?lock=COMPLIANCE&days=30; credentials come from AWS_… variables or the files of the AWS CLI.',
  examples: [{ line: 'cbc case push ./case-7 s3://evidence/case-7', does: 'the case, or what of it is new' }],
  example: line => line,
  fields: ['path', 'url', 'size', 'sha256', 'action', 'error'],
  arguments: {
    case: CASE,
    to: required('text', 's3://bucket/prefix'),
  },
  options: {},
  async run({ case: path, to }, context) {
    const { host, globals, progress } = context
    const [{ openBucketAt }, { caseBucket }, { logged }] = await Promise.all([
      import('../../evidence-store/open-store.ts'),
      import('../../evidence-store/s3/case-bucket.ts'),
      import('../logged-transport.ts'),
    ])
    const folder = await host.caseFolder(path)
    const { bucket, close } = await openBucketAt(to, 'case push', host, {
      signal: host.interrupt,
      ...(globals.verbose ? { logged: send => logged(send, host, progress) } : {}),
    })
    const pushed: Pushed = { files: 0, bytes: 0, failed: 0, problems: 0 }
    return {
      ...list(pushing(folder, caseBucket(bucket, close), to, pushed, context), COLUMNS),
      exitCode: () => (pushed.failed + pushed.problems === 0 ? 0 : EXIT_CODES.partial),
    }
  },
})

interface Pushed {
  files: number
  bytes: number
  failed: number
  /** What is wrong with the case. */
  problems: number
}

/** Pushes a case, and notes in its journal that it was. @param pushed is filled in */
async function* pushing(folder: CaseFolder, store: CaseStore, to: string, pushed: Pushed, context: ProgramContext): AsyncGenerator<Row> {
  const { host, progress } = context
  try {
    const [{ momentOf }, { pushCase: push }] = await Promise.all([
      import('../../cases/exports/moment.ts'),
      import('../../cases/push/push.ts'),
    ])
    pushed.problems = (await problemsOf(folder, context)).length
    const moment = await momentOf(folder)
    progress.step('pushing')
    const done = (size: number) => progress.at((pushed.bytes += size))
    for await (const row of push(folder, store, { moment, signal: host.interrupt, done })) {
      if (row['error'] === undefined) pushed.files += 1
      else pushed.failed += 1
      yield row
    }
    if (pushed.failed === 0) await note(folder, to, pushed, moment, host)
  } finally {
    progress.end()
    store.close()
  }
}

async function note(folder: CaseFolder, to: string, { files, bytes, problems }: Pushed, { head }: CaseMoment, host: Host): Promise<void> {
  const { appendLines } = await import('../../cases/journal.ts')
  const who = { ...host.who(), program: `cbc ${host.about.version}` }
  // What comes after the prefix is about the objects' locks.
  await appendLines(folder, host.clock, [{ event: 'pushed', who, to: to.replace(/\?.*/, ''), head, files, bytes, problems }])
}
