import { createHash } from 'node:crypto'
import { fieldsOf, type Column, type Part, type Result, type Row } from '../core/result.ts'
import { defineVerb, required, value, type AnyVerb, type Context, type Kind } from '../verbs/define.ts'
import { runSteps, type Work } from './carry-out.ts'
import { pathsIn } from './expression.ts'
import type { Playbook } from './playbook.ts'
import { expressionsIn } from './template.ts'

const PLAYBOOK = required('local-path' satisfies Kind, 'a file of lines of the shell, a YAML playbook, or the name of one that ships')

const STEP_COLUMNS: Column[] = [
  { key: 'step', align: 'right' },
  { key: 'status' },
  { key: 'name', flexible: true, priority: 1 },
  { key: 'summary', flexible: true },
  { key: 'run', evidence: true },
]

const STEP_FIELDS = fieldsOf(STEP_COLUMNS, 'line', 'ok', 'count', 'result', 'error', 'duration_ms')

/** How many of its lines a question shows. */
const MAX_ASKED = 15

/**
 * Makes a verb of a playbook, so that it runs as any other does: on one device or many, with one question, in a run with a journal.
 * @param work the playbook, its checked steps, the values of its inputs, and where artifact definitions are read from
 */
export function playbookVerb(work: Omit<Work, 'os'>): AnyVerb {
  const { playbook, steps } = work
  const changes = steps.filter(({ verb }) => verb.effect !== 'read')
  const title = `run ${playbook.name}`
  return defineVerb({
    name: 'run',
    summary: playbook.description ?? playbook.name,
    examples: [],
    // Whoever runs a playbook sees no line of it: each that changes something is confirmed with the whole.
    effect: changes.length === 0 ? 'read' : 'destroy',
    fields: STEP_FIELDS,
    needs: [],
    brings: 'folder',
    across: 'each',
    arguments: { playbook: PLAYBOOK },
    options: { input: value('--input <name=value>', 'a value') },
    async run(_, context): Promise<Result> {
      return {
        kind: 'list',
        rows: runSteps({ ...work, os: await osOf(playbook, context) }, context),
        columns: STEP_COLUMNS,
        json: ({ part: _part, ...row }) => row,
        drawn: {
          line: lineOf,
          beneath: ({ part }) => part as Part | undefined,
          mark: ({ status }) => (status === 'done' ? 'good' : status === 'not found' ? 'odd' : 'skipped'),
          terminal: true,
        },
      }
    },
    ...(changes.length === 0
      ? {}
      : {
          plan: async (_: unknown, { session }: Context) => ({
            question: {
              what: `${title}: ${changes.length} of ${steps.length} step${steps.length === 1 ? '' : 's'} may change ${session.label}`,
              to: changes.map(({ line }) => line),
              most: MAX_ASKED,
            },
            targets: undefined,
          }),
        }),
  })
}

/** Identifies the text of a playbook, so that a run goes on with the same one. */
export function digestOf({ source: { text } }: Playbook): string {
  return createHash('sha256').update(text).digest('hex')
}

function lineOf({ step, name, run, status, summary }: Row): string {
  const what = status === 'done' ? summary : `${String(status)}${summary === '' ? '' : `: ${String(summary)}`}`
  return `${String(step)}  ${name === null ? '' : `${String(name)}: `}${String(run)}  (${String(what)})`
}

/** What conditions call the endpoint's system; asked for only where that makes a difference. */
async function osOf({ steps }: Playbook, { session, describe }: Context): Promise<string> {
  if (session.paths.windows) return 'windows'
  const expressions = steps.flatMap(({ when, template }) => [
    ...(when === undefined ? [] : [when.expression]),
    ...expressionsIn(template).map(({ expression }) => expression),
  ])
  if (!expressions.some(expression => pathsIn(expression).some(({ root }) => root === 'os'))) return 'linux'
  const { os } = await describe()
  return /^mac/i.test(String(os)) ? 'macos' : 'linux'
}
