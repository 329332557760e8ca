import { usage } from '../core/errors.ts'
import { list, type Row } from '../core/result.ts'
import { shellExample } from '../engine/examples.ts'
import { OUTPUT_OPTIONS, readGlobals, type Globals } from '../engine/globals.ts'
import { withEffect } from '../engine/invoke.ts'
import { readWords } from '../engine/normalize-argv.ts'
import { parse, type Grammar } from '../engine/parse.ts'
import { locate } from '../engine/route.ts'
import { nest, type Spec } from '../engine/spec.ts'
import { aliasesOf } from '../engine/words.ts'
import { locateOne } from '../remote/locate.ts'
import { cmdSwitches } from '../remote/paths.ts'
import { stat } from '../remote/files.ts'
import { ARTIFACTS_OPTION } from '../verbs/collect/options.ts'
import { defineVerb, required, type AnyVerb } from '../verbs/define.ts'
import { VERBS } from '../verbs/index.ts'
import { isOpen, type FilledWord } from './template.ts'

/** A step's line, read as the shell reads it. */
export interface StepCommand {
  readonly verb: AnyVerb
  readonly input: Record<string, unknown>
  readonly globals: Globals
}

/** `cd`: the steps after it start from there. */
const CD = defineVerb({
  name: 'cd',
  summary: 'change the remote directory for the steps that follow',
  examples: [],
  effect: 'read',
  needs: ['directory list'],
  arguments: { path: required('remote-path', 'directory') },
  options: {},
  async run({ path: typed }, { session, directory, signal, notice }) {
    const path = session.paths.bare(await locateOne(session, directory, typed, { signal, notice }))
    const { attributes } = await stat(session, path, { signal })
    if (!attributes.includes('DIRECTORY')) throw usage(`${path}: is not a directory`)
    return list([{ path } satisfies Row], [{ key: 'path' }])
  },
})

/**
 * Reads the words of a step by the shell's own grammar. Where a value is not known yet, any value counts as right.
 * @param artifacts where definitions are read from by a step that names no other place
 * @throws CbcError usage
 */
export async function readStep(words: readonly FilledWord[], artifacts: readonly string[]): Promise<StepCommand> {
  const verbs = new Map<Spec, AnyVerb>()
  const known = [...VERBS, { name: 'cd', load: async () => CD }]
  const isOpenLine = words.some(({ unknown }) => unknown)
  const leaves = known.map(({ name, load }) => ({
    name,
    async load() {
      const verb = await load()
      const spec = isOpenLine ? tolerant(verb) : verb
      verbs.set(spec, verb)
      return { spec, run: async () => 0 }
    },
  }))
  const grammar: Grammar = {
    root: { name: '', children: nest(leaves, { reg: 'the registry' }, aliasesOf) },
    globals: OUTPUT_OPTIONS,
    example: shellExample,
    help: path => `help ${path}`.trim(),
  }
  const texts = words.map(({ text }) => text)
  await checkValues(grammar, words)
  const outcome = await parse(grammar, texts)
  const verb = outcome.kind === 'run' ? verbs.get(outcome.leaf.spec) : undefined
  if (outcome.kind === 'text' || verb === undefined) throw usage(`${texts.join(' ')}: is not a whole command`)
  const globals = readGlobals(outcome.parsed.globals)
  if (globals.dryRun === true) throw usage(`${verb.name}: --dry-run is for the whole playbook, not for a step`)
  const { input } = outcome.parsed
  const named = input['artifacts']
  if (verb.options['artifacts'] === ARTIFACTS_OPTION && Array.isArray(named) && named.length === 0) input['artifacts'] = artifacts
  if (!isOpenLine) verb.check?.(input)
  return { verb: isOpenLine ? verb : withEffect(verb, input), input, globals }
}

/** A definition that takes any text where a value is open. */
function tolerant(verb: AnyVerb): AnyVerb {
  const options = Object.entries(verb.options).map(([name, option]) => {
    const { parse: read } = option
    return [name, read === undefined ? option : { ...option, parse: (text: string) => (isOpen(text) ? text : read(text)) }] as const
  })
  const argumentsOf = Object.entries(verb.arguments).map(([name, { choices: _, ...argument }]) => {
    return [name, argument.kind === 'registry-key' ? { ...argument, kind: 'text' as const } : argument] as const
  })
  return { ...verb, options: Object.fromEntries(options), arguments: Object.fromEntries(argumentsOf) }
}

/**
 * Makes sure that what was put in is what it was meant to be: a name, a path, an option's value, and never a command or an option.
 * @throws CbcError usage
 */
async function checkValues(grammar: Grammar, words: readonly FilledWord[]): Promise<void> {
  const texts = words.map(({ text }) => text)
  const { nodes, consumed } = locate(grammar.root, grammar.globals, texts)
  if (words.slice(0, Math.max(1, consumed)).some(({ filled }) => filled))
    throw usage(`${texts[0] ?? ''}: a command can't come from a value`, 'write the command, and its arguments as values')
  const leaf = await nodes.at(-1)?.load?.()
  if (leaf === undefined) return
  const rest = words.slice(consumed)
  let [begin, end] = [0, 0]
  for (const word of readWords(leaf.spec, grammar.globals, texts.slice(consumed))) {
    // Several short options may stand in one word.
    if (word.end !== end) [begin, end] = [end, word.end]
    const typed = rest[begin]
    if (word.kind !== 'operand' && typed?.filled === true && !/^--[^=]+=/.test(typed.prefix)) throw asOption(typed.text)
  }
}

/**
 * Makes sure of the same where it depends on the endpoint: `/s` is a switch on Windows, and a name with `*` in it would be a pattern.
 * @throws CbcError usage
 */
export function checkOnEndpoint({ verb }: StepCommand, words: readonly FilledWord[], windows: boolean): void {
  const takesPaths = Object.values({ ...verb.arguments, ...verb.options }).some(({ kind }) => kind === 'remote-path')
  if (!takesPaths) return
  for (const { text, filled, remote } of words) {
    if (windows && filled && cmdSwitches(text) !== undefined) throw asOption(text)
    if (remote && /[*?]/.test(text)) throw usage(`"${text}": a name from the endpoint would be a pattern here`)
  }
}

function asOption(text: string): Error {
  return usage(`"${text}": this value would be an option`, 'an option is written into the playbook itself')
}
