import { CbcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { definitions, wrapped } from '../../core/text/wrap.ts'
import { PROGRAM_TOPICS } from './program-topics.ts'
import { SHELL_TOPICS } from './shell-topics.ts'
import type { Topic } from './topic.ts'

/** All topics, those about the shell's language first. */
export const TOPICS: Readonly<Record<string, Topic>> = { ...SHELL_TOPICS, ...PROGRAM_TOPICS }

/** Lays out a topic as text; undefined where there is none of that name. @param width characters of a line */
export function topicText(name: string, width: number): string | undefined {
  const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined
  return topic?.parts
    .map(part => (typeof part === 'string' ? wrapped(part, width) : definitions(part, width)).map(line => `${line}\n`).join(''))
    .join('\n')
}

/** Returns the failure of `cbc help WORD`: with the topics that were probably meant, where there are some. */
export function withTopics(failure: unknown, word: string): unknown {
  const meant = nearest(word, Object.keys(TOPICS))
  if (!(failure instanceof CbcError) || meant.length === 0) return failure
  return failure.with(failure.message, { hint: `did you mean ${meant.map(name => `\`cbc help ${name}\``).join(' or ')}?` })
}

/** Lists the topics, a line each. */
export function topicList(width: number): string[] {
  return definitions(
    Object.entries(TOPICS).map(([name, { summary }]) => [name, summary] as const),
    width,
  )
}
