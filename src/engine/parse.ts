import { Argument as CommanderArgument, Command, CommanderError, Option as CommanderOption } from 'commander'
import { CbcError, usage } from '../core/errors.ts'
import { wrapped } from '../core/text/wrap.ts'
import type { Argument, Option } from '../verbs/define.ts'
import type { CommandNode, Leaf, Parsed, Spec } from './spec.ts'
import { MAX_HELP_WIDTH } from './help/width.ts'
import { commanderWords, globalIn, optionsFirst, withoutHelp } from './normalize-argv.ts'
import { checkColumns } from './globals.ts'
import { optionOr, readArgument } from './read-input.ts'
import { findElsewhere, explainWord } from './suggest-command.ts'
import { readCommandLine, type CommandLine } from './route.ts'
import { switchesOf, type Switch } from './switches.ts'

/** The result of parsing: a leaf with its input, or help to show. */
export type Outcome = { kind: 'run'; leaf: Leaf; parsed: Parsed } | { kind: 'text'; text: string }

export interface Grammar {
  root: CommandNode
  globals: Readonly<Record<string, Option<unknown>>>
  /** What `--version` runs; absent where it is no option. */
  version?: Leaf
  /**
   * Writes an example line as the caller would type it: quoted for a POSIX shell, or for our own.
   * @param device the device in the line, where lines name one
   */
  example(path: string, line: string, device?: string): string
  /** The command line that shows help on the command at `path`: `cbc lr ls --help`. */
  help(path: string): string
  /** Text below the help of the whole program. */
  footer?: string
  /** The variables that give options their values where these are not typed; default: none. */
  env?: Readonly<Record<string, string | undefined>>
  /** The width of help, characters; default: `MAX_HELP_WIDTH`. */
  width?: number
}

/**
 * Parses words against a tree of commands. Only the definitions on the typed path are loaded.
 * @throws CbcError usage, with a suggestion where possible
 */
export async function parse(grammar: Grammar, typed: readonly string[]): Promise<Outcome> {
  const line = await readCommandLine(grammar.root, grammar.globals, typed)
  const { nodes, leaf } = line
  const shown: { text: string } = { text: '' }
  let result: Parsed | undefined
  const program = await build(grammar, nodes, leaf, shown, parsed => {
    result = parsed
  })
  try {
    await program.parseAsync(wordsFor(line), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.version' && grammar.version !== undefined)
      return { kind: 'run', leaf: grammar.version, parsed: { input: {}, globals: formatIn(line, grammar.globals) } }
    if (error.exitCode === 0 || error.code === 'commander.help') return { kind: 'text', text: shown.text || helpOf(program, nodes) }
    throw asUsageError(
      error,
      hintOf(grammar, line, typed),
      grammar.help([grammar.root.name, ...nodes.slice(1).map(node => node.name)].join(' ').trim()),
    )
  }
  if (leaf === undefined || result === undefined) return { kind: 'text', text: helpOf(program, nodes) }
  return { kind: 'run', leaf, parsed: { ...result, globals: { ...result.globals, ...checkColumns(leaf.spec, result.globals) } } }
}

/** The words of a command line in the order that commander needs. */
function wordsFor({ words, rest, leaf }: CommandLine): string[] {
  return leaf === undefined
    ? commanderWords(withoutHelp([...words, ...rest], words.length))
    : [...commanderWords(words), ...optionsFirst(rest)]
}

/** The narrowest column in which commander still wraps descriptions, characters; its own least is more than a terminal of 72 columns has left. */
const LEAST_DESCRIPTION = 20

/** Builds the commander program: names everywhere, whole definitions only where they are needed. */
async function build(
  grammar: Grammar,
  path: CommandNode[],
  leaf: Leaf | undefined,
  shown: { text: string },
  done: (parsed: Parsed) => void,
): Promise<Command> {
  const width = () => grammar.width ?? MAX_HELP_WIDTH
  const make = async (node: CommandNode, depth: number, names: string[]): Promise<Command> => {
    const command = new Command(node.name)
    const onPath = path[depth] === node
    command.configureHelp({
      minWidthToWrap: LEAST_DESCRIPTION,
      commandUsage: own => `${names.join(' ')} ${own.usage()}`.trim(),
      subcommandTerm: below => [below.name(), ...below.aliases().slice(0, 1)].join(', '),
    })
    if (node.aliases !== undefined) command.aliases([...node.aliases])
    command.exitOverride().configureOutput({
      writeOut: text => {
        shown.text += text
      },
      writeErr: () => {},
      getOutHelpWidth: width,
      getErrHelpWidth: width,
    })
    command.enablePositionalOptions().showSuggestionAfterError().helpCommand(false).helpOption('-h, --help', 'show help')
    if (depth === 0 && grammar.version !== undefined) command.version('', '--version', grammar.version.spec.summary)
    if (node.summary !== undefined) command.description(node.summary)
    const isLeaf = onPath && depth === path.length - 1 && leaf !== undefined
    if (isLeaf) define(command, leaf.spec, grammar, names, node.aliases ?? [], done)
    if (onPath) addGlobals(command, grammar.globals, isLeaf ? leaf.spec.options : {}, depth > 0)
    if (onPath && node.children !== undefined) {
      const needSummaries = depth === path.length - 1
      // Commander needs to know the others only where it shows them, or suggests one: this is done for every line of a shell.
      for (const child of needSummaries ? node.children : node.children.filter(each => each === path[depth + 1])) {
        const below = await make(child, depth + 1, [...names, child.name])
        if (needSummaries && child.load !== undefined) below.summary((await child.load()).spec.summary)
        else if (child.summary !== undefined) below.summary(child.summary)
        command.addCommand(below)
      }
    }
    if (depth === 0 && grammar.footer !== undefined) command.addHelpText('after', `\n${wrapped(grammar.footer, width()).join('\n')}`)
    return command
  }
  return await make(grammar.root, 0, [grammar.root.name])
}

function define(
  command: Command,
  spec: Spec,
  grammar: Grammar,
  names: string[],
  aliases: readonly string[],
  done: (parsed: Parsed) => void,
): void {
  const lines = (text: string, indent = 0) =>
    wrapped(text, (grammar.width ?? MAX_HELP_WIDTH) - indent)
      .map(line => ' '.repeat(indent) + line)
      .join('\n')
  command.description(spec.details === undefined ? capital(spec.summary) : `${capital(spec.summary)}. ${spec.details}`)
  command.allowExcessArguments(false)
  if (Object.keys(grammar.globals).length > 0) {
    const flags = Object.values(grammar.globals)
      .map(option => option.flags.split(', ').at(-1))
      .join(', ')
    // Keeps an option and its value on the same line.
    const kept = flags.replaceAll(' <', '\u00a0<')
    command.addHelpText(
      'after',
      `\n${lines(`Also: ${kept}${grammar.root.name === '' ? '' : ` (see ${grammar.help(grammar.root.name)})`}`).replaceAll('\u00a0', ' ')}`,
    )
  }
  addArguments(command, spec)
  for (const option of Object.values(spec.options)) command.addOption(commanderOption(option, 'is an error'))
  if (spec.slashes !== undefined)
    command.addHelpText(
      'after',
      `\n${lines(
        `Also as reg.exe has them: ${Object.entries(spec.slashes)
          .map(([slash, long]) => `${slash} (${long})`)
          .join(', ')}`,
      )}`,
    )
  if (aliases.length > 0) command.addHelpText('after', `\n${lines(`Also called ${aliases.join(', ')}`)}`)
  if (spec.examples.length > 0) {
    const examples = spec.examples.map(
      ({ line, does }) => `  ${spec.example?.(line) ?? grammar.example(names.join(' '), line)}\n${lines(does, 6)}`,
    )
    command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
  }
  command.action(() => {
    const input: Record<string, unknown> = {}
    const given = wordsOf(Object.values(spec.arguments), command.args)
    Object.entries(spec.arguments).forEach(([name, argument], at) => {
      input[name] = readArgument(name, argument, given[at])
    })
    Object.assign(input, readOptions(spec.options, command.opts(), grammar.env))
    done({ input, globals: readGlobals(grammar, command, spec.options) })
  })
}

/** Adds the arguments. Commander knows no argument that takes several words and is not the last: `wordsOf` divides the words in its place. */
function addArguments(command: Command, { arguments: arguments_ }: Spec): void {
  const all = Object.entries(arguments_).map(([name, argument]) => commanderArgument(name, argument))
  const early = all.slice(0, -1).find(({ variadic }) => variadic)
  if (early === undefined) {
    for (const argument of all) command.addArgument(argument)
    return
  }
  early.variadic = false
  for (const argument of all) command.addArgument(argument)
  early.variadic = true
  command.allowExcessArguments(true)
}

/** Returns what each argument was given: one that takes several words leaves a word to each that follows it. */
function wordsOf(arguments_: readonly Argument<unknown>[], typed: readonly string[]): (string | string[] | undefined)[] {
  const at = arguments_.findIndex(({ many }) => many)
  const end = typed.length - (arguments_.length - at - 1)
  return arguments_.map(({ many }, index) => {
    if (at < 0 || index < at) return typed[index]
    return many ? typed.slice(at, end) : typed[end + index - at - 1]
  })
}

function commanderArgument(name: string, { summary, required, many }: Argument<unknown>): CommanderArgument {
  const dashed = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  const text = many ? `${dashed}...` : dashed
  return new CommanderArgument(required ? `<${text}>` : `[${text}]`, summary)
}

/**
 * @param again what a repeated option does: for a global one the last value counts; for a command's own it is an error, because the first
 *   value would be lost silently
 */
function commanderOption({ flags, summary, parse: read, repeat }: Option<unknown>, again: 'is an error' | 'last wins'): CommanderOption {
  const option = openOption(flags, summary)
  if (read === undefined) return option
  return option.argParser((text: string, before: unknown) => {
    if (repeat) return (Array.isArray(before) ? (before as unknown[]) : []).concat(read(text))
    if (before !== undefined && again === 'is an error')
      throw usage(`${option.long ?? flags} can be given only once, but was given again with "${text}"`, 'run the command once for each')
    return read(text)
  })
}

/** Opens an option whose value has a place of its own: commander takes `--wait 5m` and `--no-wait` for one option. */
function openOption(flags: string, summary?: string): CommanderOption {
  const option = new CommanderOption(flags, summary)
  const name = option.attributeName()
  option.attributeName = () => (option.negate ? `no ${name}` : name)
  return option
}

/** Adds the global options; a command's own option with the same flag takes precedence. */
function addGlobals(command: Command, globals: Grammar['globals'], own: Spec['options'], hidden: boolean): void {
  const taken = new Set(Object.values(own).flatMap(option => option.flags.split(/[ ,|]+/)))
  for (const option of Object.values(globals)) {
    const flags = option.flags.split(', ')
    const free = flags.filter(text => !taken.has(text.split(' ')[0] ?? ''))
    if (free.length === 0) continue
    const added = commanderOption({ ...option, flags: free.join(', ') }, 'last wins')
    if (hidden) added.hideHelp()
    command.addOption(added)
  }
}

function readOptions(options: Spec['options'], given: Record<string, unknown>, env: Grammar['env'] = {}): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(options)) {
    const commander = openOption(option.flags)
    const found = given[commander.attributeName()]
    read[name] = commander.negate ? found === false : option.parse === undefined ? found === true : optionOr(option, found, env)
  }
  return read
}

/** Reads the global options for the format from words: `--version` ends parsing where it stands, before or after them. */
function formatIn({ words, rest }: CommandLine, { output }: Grammar['globals']): Record<string, unknown> {
  const all = [...words, ...rest]
  const typed = globalIn(all, 'output')
  return { json: globalIn(all, 'json') === true, ...(typeof typed === 'string' ? { output: output?.parse?.(typed) } : {}) }
}

/** Reads global options from all levels; the one nearest to the end counts. */
function readGlobals({ globals }: Grammar, leaf: Command, own: Spec['options']): Record<string, unknown> {
  const merged: Record<string, unknown> = {}
  const ownNames = new Set(Object.values(own).map(option => openOption(option.flags).attributeName()))
  for (let command: Command | null = leaf; command !== null; command = command.parent) {
    for (const [name, found] of Object.entries(readOptions(globals, command.opts()))) {
      const attribute = openOption(globals[name]?.flags ?? '').attributeName()
      if (command === leaf && ownNames.has(attribute)) continue
      const empty = found === undefined || found === false || (Array.isArray(found) && found.length === 0)
      if (!empty && !(name in merged)) merged[name] = found
    }
  }
  return merged
}

function helpOf(program: Command, path: CommandNode[]): string {
  let command = program
  for (const node of path.slice(1)) command = command.commands.find(child => child.name() === node.name) ?? command
  let text = ''
  command.configureOutput({
    writeOut: part => {
      text += part
    },
    writeErr: part => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Suggests what was probably meant by a word that is not a command. */
function hintOf({ root, example, globals }: Grammar, line: CommandLine, typed: readonly string[]): string | undefined {
  const { unknown: word, nodes, consumed, leaf } = line
  if (leaf !== undefined) return withTwoDashes(switchesOf(leaf.spec.options, globals), typed)
  if (word === undefined) return undefined
  const found = findElsewhere(root, word)
  if (found.length > 0) return `did you mean ${found.map(name => `\`${name}\``).join(' or ')}?`
  const rest = typed.slice(typed.indexOf(word, consumed) + 1)
  const path = (line: string) => [root.name, ...(root.name === '' ? [] : ['lr']), line.split(' ')[0]].join(' ').trim()
  return explainWord({ word, rest, groups: nodes.slice(1).map(({ name }) => name), program: root.name }, (line, device) =>
    example(path(line), line, device),
  )
}

/** Suggests the long option for one that was typed with a single dash, as find's own are: `-name`. */
function withTwoDashes(switches: readonly Switch[], typed: readonly string[]): string | undefined {
  const long = typed
    .filter(word => /^-[^-]./.test(word))
    .map(word => `-${word.split('=', 1)[0]}`)
    .find(flag => switches.some(({ flags }) => flags.includes(flag)))
  return long === undefined ? undefined : `did you mean ${long}?`
}

/** Turns an error of commander into ours. @param known a better hint than its own */
function asUsageError(error: CommanderError, known: string | undefined, help: string): CbcError {
  if (error instanceof CbcError) return error
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  if (['commander.unknownCommand', 'commander.unknownOption'].includes(error.code) && known !== undefined) return usage(first, known)
  const meant = second?.replace(/^\((.*)\)$/, '$1')
  return usage(first, meant === undefined ? `see \`${help}\`` : meant.charAt(0).toLowerCase() + meant.slice(1))
}
