import type { LocalFiles } from '../core/ports.ts'
import type { AnyVerb } from '../verbs/define.ts'
import { evaluate, isTrue, pathsIn, UNKNOWN, type Expression, type Value } from './expression.ts'
import type { Faults, Playbook, Step } from './playbook.ts'
import { readStep } from './step-line.ts'
import { expressionsIn, fill, lineOf } from './template.ts'

/** A step whose command is known. */
export interface CheckedStep {
  readonly step: Step
  readonly verb: AnyVerb
  /** Its line with the values that are known. */
  readonly line: string
}

/** What `steps.NAME` has. */
const STEP_FIELDS = ['ok', 'count', 'rows', 'skipped']

/**
 * Checks everything that a playbook does before any of it is done: each command by the shell's own grammar, and each expression for what it looks at.
 * @param inputs what is known of them
 * @param artifacts where artifact definitions are read from besides those that ship
 * @throws CbcError usage, with file, line and column; as `checkLocal` of its verbs
 */
export async function checkPlaybook(
  playbook: Playbook,
  inputs: Readonly<Record<string, Value>>,
  local: LocalFiles,
  artifacts: readonly string[],
): Promise<CheckedStep[]> {
  const { faults } = playbook
  const checked: CheckedStep[] = []
  const known = new Map<string, Value>()
  for (const step of playbook.steps) {
    const roots = { inputs, os: UNKNOWN, steps: Object.fromEntries(known) } satisfies Record<string, Value>
    const { when, template, position } = step
    const found: boolean[] = []
    if (when !== undefined) found.push(areKnown(when.expression, playbook, known, faults, offset => when.position(offset)))
    for (const { expression, at } of expressionsIn(template))
      found.push(areKnown(expression, playbook, known, faults, offset => position(at + offset)))
    if (step.id !== undefined) known.set(step.id, UNKNOWN)
    if (!found.every(Boolean)) continue
    try {
      // A step that is skipped with these inputs may lack the values that it would need.
      const turn = when === undefined ? true : evaluate(when.expression, roots)
      const isSkipped = turn !== UNKNOWN && !isTrue(turn)
      const words = fill(template, expression => (isSkipped ? UNKNOWN : orUnknown(evaluate(expression, roots))))
      const { verb, input } = await readStep(words, artifacts)
      if (!words.some(({ unknown }) => unknown)) await verb.checkLocal?.(input, local)
      checked.push({ step, verb, line: lineOf(words) })
    } catch (error) {
      faults.caught(position, error)
    }
  }
  faults.check()
  return checked
}

/** What isn't there may still not be needed: the step that needs it says so when it has its turn. */
function orUnknown(value: Value): Value {
  return value ?? UNKNOWN
}

/** Whether all that an expression looks at can be there; what can't is a fault. */
function areKnown(
  expression: Expression,
  { inputs }: Playbook,
  steps: ReadonlyMap<string, Value>,
  faults: Faults,
  position: (offset: number) => ReturnType<Step['position']>,
): boolean {
  const wrong = pathsIn(expression).flatMap(({ root, keys: [name, field], at }) => {
    const why = root === 'inputs' ? inputFault(name, inputs) : root === 'steps' ? stepFault(name, field, steps) : rootFault(root, name)
    return why === undefined ? [] : [{ at, why }]
  })
  for (const { at, why } of wrong) faults.add(position(at), why)
  return wrong.length === 0
}

type Key = string | number | undefined

function inputFault(name: Key, inputs: Playbook['inputs']): string | undefined {
  if (name === undefined) return 'inputs: say which: inputs.name'
  return Object.hasOwn(inputs, name) ? undefined : `inputs.${name}: there is no such input`
}

function stepFault(name: Key, field: Key, steps: ReadonlyMap<string, Value>): string | undefined {
  if (name === undefined) return 'steps: say which: steps.name.count'
  if (!steps.has(String(name))) return `steps.${name}: no earlier step is called that (register: ${name})`
  if (field !== undefined && !STEP_FIELDS.includes(String(field))) return `steps.${name}.${field}: a step has ${STEP_FIELDS.join(', ')}`
  return undefined
}

function rootFault(root: string, name: Key): string | undefined {
  if (root !== 'os') return `${root}: has no meaning here; there are inputs, steps and os, and texts are written in quotes`
  return name === undefined ? undefined : 'os: is a text: windows, linux or macos'
}
