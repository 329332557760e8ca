import type { Result } from '../core/result.ts'
import type { Effect } from '../verbs/define.ts'
import type { Call } from './call.ts'
import { schemaOf, type Field } from './fields.ts'
import type { Source } from './mark.ts'
import type { ToolDefinition } from './sdk.ts'

/** A verb as an assistant calls it. */
export interface Tool {
  readonly name: string
  /** The verb's whole name: `reg query`. */
  readonly verb: string
  /** What it changes at most. */
  readonly effect: Effect
  readonly fields: readonly Field[]
  readonly source: Source
  /** As the protocol describes it. */
  readonly definition: ToolDefinition
  /**
   * Does what the verb does.
   * @param use reads the result, while what it needs is still open @returns what `use` returns
   */
  run<T>(call: Call, use: (result: Result, effect: Effect) => Promise<T>): Promise<T>
}

/** What a definition says about itself. */
interface Described {
  readonly summary: string
  readonly details?: string
}

const EFFECTS: Record<Effect, string> = {
  read: 'Changes nothing.',
  change: 'Changes the endpoint: a person is asked first.',
  destroy: 'Deletes or ends something: a person is asked first.',
}

/** Makes a tool of a verb. @param name as it is typed: `reg query` @param runsAnything it starts programs that its input names */
export function toolOf(
  name: string,
  { summary, details }: Described,
  { effect, fields, source, runsAnything = false }: Pick<Tool, 'effect' | 'fields' | 'source'> & { runsAnything?: boolean },
  run: Tool['run'],
): Tool {
  const id = name.replaceAll(' ', '_')
  const reads = effect === 'read'
  return {
    name: id,
    verb: name,
    effect,
    fields,
    source,
    definition: {
      name: id,
      title: name,
      description: [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, details, EFFECTS[effect]]
        .filter(text => text !== undefined)
        .join(' '),
      inputSchema: schemaOf(fields),
      annotations: {
        title: name,
        readOnlyHint: reads,
        destructiveHint: effect === 'destroy' || runsAnything,
        idempotentHint: reads,
        openWorldHint: source !== 'this program',
      },
    },
    run,
  }
}
