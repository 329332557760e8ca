import { list, type Column, type Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { required } from '../../verbs/define.ts'
import { CASE } from './folder.ts'

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
    const [{ openBucketAt }, { caseBucket }, { momentOf }, { pushCase: push }, { logged }, { appendLines }] = await Promise.all([
      import('../../evidence-store/open-store.ts'),
      import('../../evidence-store/s3/case-bucket.ts'),
      import('../../cases/exports/moment.ts'),
      import('../../cases/push/push.ts'),
      import('../logged-transport.ts'),
      import('../../cases/journal.ts'),
    ])
    const folder = await host.caseFolder(path)
    const { bucket, close } = await openBucketAt(to, 'case push', host, {
      signal: host.interrupt,
      ...(globals.verbose ? { logged: send => logged(send, host, progress) } : {}),
    })
    const store = caseBucket(bucket, close)
    const rows = async function* (): AsyncGenerator<Row> {
      try {
        const moment = await momentOf(folder)
        let [files, bytes, failed] = [0, 0, false]
        progress.step('pushing')
        const done = (size: number) => progress.at((bytes += size))
        for await (const row of push(folder, store, { moment, signal: host.interrupt, done })) {
          files += 1
          failed ||= row['error'] !== undefined
          yield row
        }
        if (!failed)
          await appendLines(folder, host.clock, [{ event: 'pushed', to: to.replace(/\?.*/, ''), head: moment.head, files, bytes }])
      } finally {
        progress.end()
        store.close()
      }
    }
    return list(rows(), COLUMNS)
  },
})
