import { usage } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { optionOr, readArgument } from '../engine/read-input.ts'
import type { Spec } from '../engine/spec.ts'
import type { Argument, Option } from '../verbs/define.ts'

/** A property of a tool's input: an argument or an option of a definition. */
export interface Field {
  /** Its name in the definition. */
  readonly key: string
  /** Its name for an assistant, as JSON has names: `max_depth`. */
  readonly name: string
  readonly argument?: Argument<unknown>
  readonly option?: Option<unknown>
}

/** The part of a definition that says what a verb takes. */
type Definition = Pick<Spec, 'arguments' | 'options'>

/** What a tool takes, as JSON Schema. */
export interface InputSchema {
  [keyword: string]: unknown
  type: 'object'
  properties: Record<string, Record<string, unknown>>
  required: string[]
}

/** Gives the next part of a result: every tool takes it. */
export const CURSOR = 'cursor'
const CURSOR_SCHEMA = {
  type: 'string',
  description:
    'next_cursor of an earlier result of this tool: gives its next part, and asks the endpoint nothing. The other arguments then do not count.',
}

/** What stands for a number in an option's flags: `--limit <n>`. */
const NUMBER = /<(n|bytes|number|count)>/

/** The fields of a definition. @param isOffered whether an assistant may give this one */
export function fieldsOf(spec: Definition, isOffered: (key: string, part: Argument<unknown> | Option<unknown>) => boolean): Field[] {
  const named = (key: string) => ({ key, name: key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`) })
  return [
    ...Object.entries(spec.arguments).map(([key, argument]): Field => ({ ...named(key), argument })),
    ...Object.entries(spec.options).map(([key, option]): Field => ({ ...named(key), option })),
  ].filter(({ key, argument, option }) => isOffered(key, (argument ?? option) as Argument<unknown> | Option<unknown>))
}

/** Describes fields for an assistant. */
export function schemaOf(fields: readonly Field[]): InputSchema {
  return {
    type: 'object',
    properties: { ...Object.fromEntries(fields.map(field => [field.name, propertyOf(field)])), [CURSOR]: CURSOR_SCHEMA },
    required: fields.filter(({ argument }) => argument?.required).map(({ name }) => name),
    additionalProperties: false,
  }
}

function propertyOf({ argument, option }: Field): Record<string, unknown> {
  const { summary: description, choices } = (argument ?? option) as Argument<unknown> | Option<unknown>
  const text = { type: 'string', ...(choices === undefined ? {} : { enum: choices }) }
  if (argument !== undefined)
    return argument.many
      ? { type: 'array', items: text, description, ...(argument.required ? { minItems: 1 } : {}) }
      : { ...text, description }
  if (option?.parse === undefined) return { type: 'boolean', description }
  if (option.repeat) return { type: 'array', items: text, description }
  return NUMBER.test(option.flags) ? { type: 'integer', minimum: 0, description } : { ...text, description }
}

/**
 * Reads what an assistant gave, as the command line reads what is typed.
 * @param tool its name, for messages
 * @returns what `run` gets
 * @throws CbcError usage
 */
export function readFields(tool: string, fields: readonly Field[], given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = fields.map(({ name }) => name)
  const unknown = Object.keys(given).find(name => !names.includes(name))
  if (unknown !== undefined) {
    const [like] = nearest(unknown, names)
    throw usage(
      `${tool}: takes no "${unknown}"`,
      like === undefined ? `it takes ${names.join(', ') || 'nothing'}` : `did you mean ${like}?`,
    )
  }
  return Object.fromEntries(
    fields.map(field => {
      const value = Object.hasOwn(given, field.name) ? (given[field.name] ?? undefined) : undefined
      return [field.key, field.argument === undefined ? readOption(tool, field, value) : readWords(tool, field, field.argument, value)]
    }),
  )
}

function readWords(tool: string, { name }: Field, argument: Argument<unknown>, value: unknown): unknown {
  const words = value === undefined ? [] : argument.many ? [value].flat().map(one => textOf(tool, name, one)) : [textOf(tool, name, value)]
  if (words.length === 0 && argument.required) throw usage(`${tool}: ${name} is missing`)
  return readArgument(name, argument, argument.many ? words : words[0])
}

function readOption(tool: string, { name, option }: Field, value: unknown): unknown {
  const { parse, repeat } = option as Option<unknown>
  if (parse === undefined) {
    if (value !== undefined && typeof value !== 'boolean') throw usage(`${tool}: ${name} is true or false`)
    return value === true
  }
  const read = (one: unknown) => parse(textOf(tool, name, one))
  const found = value === undefined ? undefined : repeat ? [value].flat().flatMap(read) : read(value)
  return optionOr(option as Option<unknown>, found, {})
}

/** Returns what `run` gets where nothing is given: what variables say, or that there is none. */
export function notGiven(spec: Definition, env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const words = Object.entries(spec.arguments).map(([key, { many }]) => [key, many ? [] : undefined])
  const options = Object.entries(spec.options).map(([key, option]) => [
    key,
    option.parse === undefined ? false : optionOr(option, undefined, env),
  ])
  return Object.fromEntries([...words, ...options]) as Record<string, unknown>
}

/** A value as it would be typed. @throws CbcError usage: it is neither a text nor a number */
function textOf(tool: string, name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw usage(`${tool}: ${name} is not a text`)
}
