import { FAMILIES } from '../../src/engine/command-groups.ts'
import { withDevice } from '../../src/engine/examples.ts'
import { words } from '../../src/engine/tokenize.ts'
import type { Effect } from '../../src/verbs/define.ts'
import { VERBS } from '../../src/verbs/index.ts'

/** A device of the lab that the examples are run on. */
export const DEVICE = 'WIN-FIN-01'

/** An example of a verb, as words of a command line. */
export interface CommandLine {
  /** The words of the verb: `lr reg query`. */
  verb: string
  effect: Effect
  words: string[]
}

/** Every example of every verb. */
export async function commandLines(): Promise<CommandLine[]> {
  const remote = await Promise.all(
    VERBS.map(async ({ name, load }) => {
      const { effect, examples, deviceLast } = await load()
      const length = name.split(' ').length
      return examples.map(({ line }) => ({
        verb: `lr ${name}`,
        effect,
        words: ['lr', ...name.split(' '), ...withDevice(words(line).slice(length), DEVICE, deviceLast)],
      }))
    }),
  )
  const others = await Promise.all(
    Object.values(FAMILIES).flatMap(({ path, verbs }) =>
      verbs.map(async ({ name, load }) => {
        const { effect, effectOf, examples, arguments: taken } = await load()
        return examples.map(({ line }) => {
          const typed = words(line)
          const given = Object.fromEntries(Object.keys(taken).map((argument, at) => [argument, typed[at + name.split(' ').length]]))
          return { verb: `${path} ${name}`.trim(), effect: effectOf?.(given) ?? effect, words: [...(path === '' ? [] : [path]), ...typed] }
        })
      }),
    ),
  )
  return [...remote, ...others].flat()
}
