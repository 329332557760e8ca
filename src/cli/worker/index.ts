import { CbcError, usage } from '../../core/errors.ts'
import type { FileStore } from '../../core/file-store.ts'
import type { Host } from '../../core/host.ts'
import { parseCount, parseDuration } from '../../core/quantity.ts'
import type { Secret } from '../../core/secret.ts'
import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import type { Grammar } from '../../engine/parse.ts'
import { value } from '../../verbs/define.ts'
import { chosenQueue, QUEUE } from '../run/queue.ts'
import { withStore } from '../run/store.ts'
import { parseHealthPort, WorkerHealth } from './health.ts'

/** How many devices a worker works on at a time, and what it may take to finish when it is told to end, where nothing was said. */
const PARALLEL = 32
const GRACE_MS = 30_000
/** How long a device is a worker's without a renewal, milliseconds. */
const LOCK_MS = 60_000

/** `cbc worker`. @param grammar commands that a run may be */
export const worker = (grammar: () => Grammar) =>
  defineProgramVerb({
    summary: 'work on the devices of runs that a queue server holds, together with other machines',
    details:
      "It takes devices of its profile's organization only, uses that profile's key, and checks what a run says as a stranger's input. Ctrl-C or SIGTERM lets it finish what runs, or hand it back; a second Ctrl-C ends it at once.",
    examples: [
      { line: 'cbc worker --queue postgres://cbc@db.example.com/cbc', does: 'takes devices from a PostgreSQL until it is ended' },
      { line: 'cbc worker --queue rediss://queue.example.com --parallel 16 --read-only', does: 'refuses runs that change anything' },
    ],
    example: line => line,
    fields: [],
    interactive: 'takes devices until it is ended, and says what it does',
    arguments: {},
    options: {
      queue: QUEUE,
      parallel: value('--parallel <number>', `at most so many devices at a time; default: ${PARALLEL}`, {
        parse: text => parseCount(text, '--parallel', 1),
      }),
      store: value(
        '--store <place>',
        'where devices put the files that they send home: a folder, or s3://bucket/prefix (CBC_STORE); without it, runs that bring files home are refused',
      ),
      healthPort: value('--health-port <port>', 'tell a supervisor there whether it works: 8089, or 0.0.0.0:8089', {
        parse: parseHealthPort,
      }),
      grace: value('--grace <duration>', 'what it may take to finish when it is told to end; default: 30s', { parse: parseDuration }),
    },
    async run({ queue, store, healthPort, parallel = PARALLEL, grace = GRACE_MS }, context) {
      const runtime = await context.open()
      try {
        const url = needed(chosenQueue(queue, runtime))
        const taking = { url, parallel, grace, runtime, healthPort }
        await withStore(store ?? storeOf(context.host), context, files => takeDevices({ ...taking, files }, grammar(), context))
        return 0
      } finally {
        await runtime.close()
      }
    },
  })

interface Taking {
  url: Secret
  parallel: number
  grace: number
  runtime: Awaited<ReturnType<ProgramContext['open']>>
  /** Where devices put their files. */
  files: FileStore | undefined
  /** Where a supervisor asks. */
  healthPort: ReturnType<typeof parseHealthPort> | undefined
}

async function takeDevices(
  { runtime, healthPort, ...taking }: Taking,
  grammar: Grammar,
  { host, globals, progress }: ProgramContext,
): Promise<void> {
  const [{ work }, { checkRun }, { workerDisplay }, { deviceLines }, { NOWHERE }] = await Promise.all([
    import('../../queue/worker.ts'),
    import('./check-run.ts'),
    import('./display.ts'),
    import('../run/device-lines.ts'),
    import('../run/nowhere.ts'),
  ])
  const { clock, random, interrupt } = host
  const folders = await host.runFolders()
  const health = new WorkerHealth(clock)
  const served = healthPort && (await host.serveHealth(healthPort, () => health.now()))
  const display = workerDisplay({ stdout: host.stdout, stderr: host.stderr, progress, clock, globals })
  try {
    await work({
      ...taking,
      runtime: { ...runtime, stdin: noStdin },
      name: `${folders.who()} ${random.uuid().slice(0, 4)}`,
      lockMs: lockOf(host),
      check: shared => checkRun(shared, { grammar, runtime, globals, hasStore: taking.files !== undefined }),
      lineOf: settled => deviceLines({ stdout: NOWHERE, stderr: NOWHERE, now: clock.now() }, {}).lineOf(settled),
      report: event => {
        health.note(event)
        display(event)
      },
      interrupt,
    })
  } catch (error) {
    // Being told to end is no failure, whatever it waited for.
    if (!interrupt.aborted) throw error
  } finally {
    await served?.close()
  }
}

/** The store that the environment names. */
function storeOf({ env }: Host): string | undefined {
  return env['CBC_STORE']?.trim() || undefined
}

/** @throws CbcError usage */
function needed(url: Secret | undefined): Secret {
  if (url === undefined)
    throw usage('worker: --queue is missing', 'name the queue server: --queue postgres://…, CBC_QUEUE, or the setting queue of the profile')
  return url
}

function noStdin(): never {
  throw new CbcError('refused', 'a worker has no standard input for runs')
}

/** Returns after how long without a sign of life a worker loses a device, milliseconds. All workers of a queue need the same. @throws CbcError usage */
function lockOf({ env }: Host): number {
  const given = env['CBC_QUEUE_LOCK'] ?? ''
  return given === '' ? LOCK_MS : parseDuration(given)
}
