import { quoteWord } from '../engine/tokenize.ts'
import { readDocument } from './document.ts'
import { checkOperators, conditionOf, Faults, type Playbook, type Step } from './playbook.ts'
import type { InputData, PlaybookData } from './schema.ts'
import type { Source } from './source.ts'
import { parseTemplate } from './template.ts'

/** Reads a playbook that is YAML. @throws CbcError usage, with file, line and column */
export function fromYaml(source: Source): Playbook {
  const { data, position } = readDocument(source)
  const faults = new Faults(source)
  const inputs: Record<string, InputData> = {}
  for (const [name, input] of Object.entries(data.inputs ?? {})) {
    inputs[name] = input ?? {}
    const { type = 'string', default: value, required } = inputs[name]
    const isOwn = value === undefined || typeof value === type
    if (!isOwn) faults.add(position(['inputs', name, 'default']), `default: is not a ${type}; quote it, or say type: ${typeof value}`)
    if (value !== undefined && required === true)
      faults.add(position(['inputs', name, 'required']), 'required: has a default, and is never missing')
  }
  const known = new Set<string>()
  const steps = data.steps.flatMap((step, at) => stepOf(step, at, { position, faults, known }) ?? [])
  return {
    source,
    name: data.name ?? source.name,
    ...(data.description === undefined ? {} : { description: data.description }),
    inputs,
    steps,
    faults,
  }
}

interface Reading {
  position: ReturnType<typeof readDocument>['position']
  faults: Faults
  /** What earlier steps are called. */
  known: Set<string>
}

function stepOf(step: PlaybookData['steps'][number], at: number, { position: positionOf, faults, known }: Reading): Step | undefined {
  const { name, run, collect = [], when, register, on_error } = step
  const place = (field: string) => (offset: number) => positionOf(['steps', at, field], offset)
  // `collect` is a command as others are, whose first argument it names.
  const line = run ?? `collect ${quoteWord([collect].flat().join(','))}`
  const position = place(run === undefined ? 'collect' : 'run')
  const template = faults.attempt(position, () => checkOperators(line, parseTemplate(line)))
  const condition = when === undefined ? undefined : faults.attempt(place('when'), () => conditionOf(when))
  if (register !== undefined && known.has(register))
    faults.add(place('register')(0), `register: another step is called ${register} already`)
  if (register !== undefined) known.add(register)
  if (template === undefined) return undefined
  return {
    number: at + 1,
    ...(name === undefined ? {} : { name }),
    ...(register === undefined ? {} : { id: register }),
    template,
    position,
    ...(condition === undefined ? {} : { when: { expression: condition, text: String(when), position: place('when') } }),
    onError: on_error ?? 'stop',
    chained: false,
  }
}
