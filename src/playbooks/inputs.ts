import { usage } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { Row } from '../core/result.ts'
import { UNKNOWN, type Value } from './expression.ts'
import type { Playbook } from './playbook.ts'
import type { InputData } from './schema.ts'

/**
 * Reads the values of a playbook's inputs.
 * @param given `name=value`, as typed
 * @throws CbcError usage: one is missing, unknown, given twice, or of another type
 */
export function readInputs({ inputs }: Playbook, given: readonly string[]): Record<string, Value> {
  const typed = new Map<string, string>()
  for (const text of given) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === '') throw usage(`--input: "${text}" is not name=value`)
    if (!Object.hasOwn(inputs, name)) throw unknownInput(name, Object.keys(inputs))
    if (typed.has(name)) throw usage(`--input ${name}: is given twice`)
    typed.set(name, value)
  }
  const values: Record<string, Value> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const text = typed.get(name)
    if (text === undefined && isRequired(input))
      throw usage(`--input ${name}: is missing`, `${input.description ?? 'the playbook needs it'}: --input ${name}=…`)
    values[name] = text === undefined ? (input.default ?? null) : read(name, text, input)
  }
  return values
}

/** Returns what is known of the inputs before any is given. */
export function knownInputs({ inputs }: Playbook): Record<string, Value> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? UNKNOWN]))
}

/** Whether a value must be given. */
function isRequired({ required, default: value }: InputData): boolean {
  return required ?? value === undefined
}

function unknownInput(name: string, known: readonly string[]): Error {
  const [near] = nearest(name, known)
  const all = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
  return usage(`--input ${name}: the playbook has no such input`, near === undefined ? all : `did you mean ${near}?`)
}

/** @throws CbcError usage */
function read(name: string, text: string, { type = 'string' }: InputData): Value {
  if (type === 'string') return text
  if (type === 'number') {
    if (text.trim() === '' || !Number.isFinite(Number(text))) throw usage(`--input ${name}: "${text}" is not a number`)
    return Number(text)
  }
  if (!/^(?:true|false|yes|no)$/i.test(text)) throw usage(`--input ${name}: "${text}" is neither true nor false`)
  return /^(?:true|yes)$/i.test(text)
}

/** Returns the inputs of a playbook for people and programs. */
export function inputRows({ inputs }: Playbook): Row[] {
  return Object.entries(inputs).map(([name, input]) => ({
    name,
    type: input.type ?? 'string',
    required: isRequired(input),
    default: input.default ?? null,
    description: input.description ?? null,
  }))
}
