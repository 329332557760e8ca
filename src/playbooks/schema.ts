import { z } from 'zod'

/** The definition of a playbook: what is checked, and what editors are given as JSON Schema. */

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const name = (what: string) => z.string().regex(NAME, `${what} is letters, digits and _, and doesn't begin with a digit`)
const line = z.string().min(1, 'is empty').max(8000, 'is longer than 8000 characters')

const INPUT = z
  .strictObject({
    type: z.enum(['string', 'number', 'boolean']).optional().describe('What it is; default: string'),
    default: z.union([z.string(), z.number(), z.boolean()]).optional().describe('Its value where none is given'),
    required: z.boolean().optional().describe('A value must be given; default: true where there is no default'),
    description: z.string().optional().describe('What it is for'),
  })
  .describe('A value that is given as --input name=value')

const STEP = z
  .strictObject({
    name: z
      .string()
      .min(1, 'is empty')
      .max(200, 'is longer than 200 characters')
      .optional()
      .describe('What the step is for, in the results'),
    run: line.optional().describe('A command of the shell: ps --filter "{{ inputs.text }}"'),
    collect: z
      .union([line, z.array(line).min(1, 'names nothing')])
      .optional()
      .describe('Artifacts to bring home, as cbc lr collect names them, in place of run'),
    when: z
      .union([line, z.boolean()])
      .optional()
      .describe('The step is skipped unless this is true: os == "windows" and steps.found.count > 0'),
    register: name('what later steps call it').optional().describe('What expressions of later steps call its result: steps.NAME'),
    on_error: z
      .enum(['stop', 'continue'])
      .optional()
      .describe('Whether the steps after it still have their turn when it fails; default: stop'),
  })
  .refine(({ run, collect }) => (run === undefined) !== (collect === undefined), 'a step has either run or collect')
  .describe('One command')

const PLAYBOOK = z
  .strictObject({
    name: z.string().min(1, 'is empty').max(200, 'is longer than 200 characters').optional().describe('What it is called'),
    description: z.string().optional().describe('What it is for'),
    inputs: z.record(name("an input's name"), INPUT.nullable()).optional().describe('What it has to be told'),
    steps: z.array(STEP).min(1, 'has no step').max(500, 'has more than 500 steps').describe('What is done, in this order'),
  })
  .describe('A playbook of cbc: cbc lr run FILE DEVICE')

export type PlaybookData = z.infer<typeof PLAYBOOK>
export type InputData = z.infer<typeof INPUT>

/** What is wrong, and where: the keys that lead to it. */
export interface SchemaFault {
  path: readonly (string | number)[]
  /** The fault is the key itself, not its value. */
  isKey: boolean
  message: string
}

/** Checks the data of a playbook against its definition. */
export function checkSchema(data: unknown): { playbook: PlaybookData } | { faults: SchemaFault[] } {
  const { success, data: playbook, error } = PLAYBOOK.safeParse(data)
  return success ? { playbook } : { faults: error.issues.flatMap(faultsOf) }
}

function faultsOf(issue: z.core.$ZodIssue): SchemaFault[] {
  const path = issue.path.filter(key => typeof key !== 'symbol')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ path: [...path, key], isKey: true, message: `"${key}" has no meaning here` }))
  if (issue.code === 'invalid_key') return [{ path, isKey: true, message: issue.issues[0]?.message ?? issue.message }]
  const message =
    issue.code === 'invalid_type' && issue.input === undefined ? 'is missing' : issue.message.replace(/^Invalid (?:input|option): /, '')
  const where = path.at(-1)
  return [{ path, isKey: false, message: typeof where === 'string' ? `${where}: ${message}` : message }]
}

/** Returns the definition as JSON Schema, for editors. */
export function jsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(PLAYBOOK, {
    io: 'input',
    override({ zodSchema, jsonSchema: schema }) {
      if (zodSchema === STEP) schema.oneOf = [{ required: ['run'] }, { required: ['collect'] }]
    },
  })
}
