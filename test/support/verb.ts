import { SILENT } from '../../src/core/ports.ts'
import type { Question } from '../../src/core/question.ts'
import type { Result, Row } from '../../src/core/result.ts'
import { quoteWord } from '../../src/engine/tokenize.ts'
import { invoke, type Policy } from '../../src/engine/invoke.ts'
import type { RemoteSession, SessionOptions } from '../../src/remote/session.ts'
import type { AnyVerb, Context } from '../../src/verbs/define.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { bench, NEVER, type Bench } from '../remote/support.ts'
import type { ServiceOptions } from './service.ts'
import { testFolder } from './folder.ts'

/** A verb that runs against a service in memory, with virtual time. */
export interface VerbBench extends Bench {
  session: RemoteSession
  /** A local directory for the test's files. */
  here: string
  notices: string[]
  /**
   * Runs a verb with `--yes`; options that are not given count as not typed.
   * @returns its result, with all rows or bytes
   */
  invoke(verb: AnyVerb, input: Record<string, unknown>, over?: Partial<Context>): Promise<{ result: Result; rows: Row[]; text: string }>
  /** Runs a verb, and answers its confirmation with yes after `meanwhile`. @param more of the policy @returns the question and the rows */
  confirmed(
    verb: AnyVerb,
    input: Record<string, unknown>,
    meanwhile?: () => void | Promise<void>,
    more?: Partial<Policy>,
  ): Promise<{ asked: Question[]; rows: Row[] }>
  /** Returns the steps of a dry run. */
  plan(verb: AnyVerb, input: Record<string, unknown>): Promise<Row[]>
}

/** Creates a bench for verbs. @param more properties of the session */
export async function verbBench(options: ServiceOptions = {}, more: Partial<SessionOptions> = {}): Promise<VerbBench> {
  const b = bench(options)
  const session = await b.open(more)
  const { notices } = b
  const context = (over: Partial<Context>): Context => ({
    session,
    directory: session.home,
    local: localFiles,
    clock: b.clock,
    random: b.options.random,
    progress: SILENT,
    notice: line => {
      notices.push(line)
    },
    lineOf: ([verb = '', ...rest]) => [verb, ...rest.map(quoteWord)].join(' '),
    signal: NEVER,
    timeoutMs: 3_600_000,
    describe: async () => ({}),
    ...over,
  })
  const whole = (verb: AnyVerb, input: Record<string, unknown>) => {
    const all = {
      ...verb.arguments,
      ...Object.fromEntries(
        Object.entries(verb.options).map(([name, { parse, repeat }]) => [name, repeat ? [] : parse === undefined ? false : undefined]),
      ),
    }
    for (const [name, { many }] of Object.entries(verb.arguments)) all[name] = (many ? [] : undefined) as never
    return { ...all, ...input }
  }
  return {
    ...b,
    session,
    here: testFolder(),
    async invoke(verb, input, over = {}) {
      verb.check?.(whole(verb, input))
      return await b.run(
        (async () => {
          const result = await invoke(verb, whole(verb, input), context(over), { readOnly: false, yes: true })
          return { result, ...(await read(result)) }
        })(),
      )
    },
    async confirmed(verb, input, meanwhile, more) {
      const asked: Question[] = []
      const confirm = async (question: Question) => {
        asked.push(question)
        await meanwhile?.()
        return true
      }
      const rows = await b.run(
        (async () =>
          (await read(await invoke(verb, whole(verb, input), context({}), { readOnly: false, yes: false, confirm, ...more }))).rows)(),
      )
      return { asked, rows }
    },
    async plan(verb, input) {
      const plan: Row[] = []
      const planning = session.planned(step => {
        plan.push(step)
      })
      await b.run(invoke(verb, whole(verb, input), context({ session: planning }), { readOnly: false, yes: true }, plan))
      return plan
    },
  }
}

async function read(result: Result): Promise<{ rows: Row[]; text: string }> {
  if (result.kind === 'object') return { rows: [result.value], text: '' }
  if (result.kind === 'list') {
    const rows: Row[] = []
    for await (const row of result.rows) rows.push(row)
    return { rows, text: '' }
  }
  const parts: Uint8Array[] = []
  for await (const part of result.bytes) parts.push(Buffer.from(part))
  return { rows: result.object === undefined ? [] : [await result.object(Buffer.concat(parts))], text: Buffer.concat(parts).toString() }
}
