import { queueUrl } from '../../config/values.ts'
import { usage } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { value, type AnyVerb } from '../../verbs/define.ts'
import { VERBS } from '../../verbs/index.ts'
import { localPathsIn } from './local-paths.ts'
import type { QueueChoice, RunOptions } from './run-options.ts'

/** The word for no queue server, where the environment or the profile names one. */
const NO_QUEUE = 'none'

/** Where the devices of a run are shared among machines. */
export const QUEUE = value(
  '--queue <url>',
  'share the devices among the workers of a queue server: postgres://…, redis(s)://…; none (CBC_QUEUE)',
  {
    parse: text => (text === NO_QUEUE ? NO_QUEUE : queueUrl(text, '--queue')),
  },
)

/** The queue server that was asked for: with the option, or else by the environment or the profile. */
export function chosenQueue(given: QueueChoice, { queue }: { queue?: Secret }): Secret | undefined {
  return given === NO_QUEUE ? undefined : (given ?? queue)
}

/** The words of a command without `--queue` and its URL, which may hold a password. What a remote program is given stays. */
export function withoutQueue(words: readonly string[], given: QueueChoice): string[] {
  if (given === undefined || given === NO_QUEUE) return [...words]
  const url = given.reveal()
  const at = words.findIndex((word, index) => word === `--queue=${url}` || (word === '--queue' && words[index + 1] === url))
  return at < 0 ? [...words] : words.toSpliced(at, words[at] === '--queue' ? 2 : 1)
}

/**
 * Refuses what several machines can't do together.
 * @throws CbcError usage
 */
export function checkQueueable(verb: AnyVerb, input: Record<string, unknown>, run: RunOptions): void {
  const { name, brings } = verb
  const { reads, places } = localPathsIn(verb, input)
  const alone = '--queue none runs it from this machine'
  if (!VERBS.some(known => known.name === name))
    throw usage(`${name}: playbooks are not run over --queue: workers take one verb at a time, and read no files of this machine`, alone)
  if (reads) throw usage(`${name}: over --queue, it can't read files of this machine: workers are elsewhere`, alone)
  if (places && brings === 'folder')
    throw usage(`${name}: over --queue, files go to the --store of the workers: leave the local path out`, alone)
  const refused: [keyof RunOptions, string][] = [
    ['parallel', '--parallel is said to each worker'],
    ['resume', 'the journal is on the queue server, and `cbc run retry` goes on with it: there is no --resume'],
    ['maxBytes', '--max-bytes would have to be counted by all workers together; --max-bytes-per-device can be used'],
    ['store', '--store is said to the workers'],
  ]
  for (const [key, why] of refused) if (run[key] !== undefined) throw usage(`${name}: over --queue, ${why}`, alone)
}

/** For a run that is on a queue server: which one, with its password. */
export const QUEUE_OF_RUN = value('--queue <url>', 'the queue server of the run, where it has one (CBC_QUEUE)', {
  parse: text => queueUrl(text, '--queue'),
})
