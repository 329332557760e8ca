import { posixExample } from '../../engine/examples.ts'
import { GLOBAL_OPTIONS } from '../../engine/globals.ts'
import type { Topic } from '../../engine/help/topic.ts'
import { TOPICS } from '../../engine/help/topics.ts'
import type { Grammar } from '../../engine/parse.ts'
import type { Spec } from '../../engine/spec.ts'
import { allCommands, effectOf, optionSummary, shellArguments, type Command } from '../all-commands.ts'
import { bold, flags, heading, italic, list, page, prose, section, verbatim, type Heading } from './roff.ts'

type Edition = Pick<Heading, 'version' | 'date'>

/**
 * Returns the manual: cbc(1), a page for each command, such as cbc-lr-get(1), and one for each topic of help, such as cbc-exit-codes(7).
 * @param edition the version and its day, which are at the foot of each page
 * @returns pages of roff by their paths in a folder of manuals: `man1/cbc-lr-get.1`
 */
export async function manual(grammar: Grammar, edition: Edition): Promise<Map<string, string>> {
  const commands = await allCommands(grammar.root)
  return new Map([
    ['man1/cbc.1', program(grammar, commands, edition)],
    ...commands.map(command => [`man1/${nameOf(command.path)}.1`, commandPage(command, commands, edition)] as const),
    ...Object.entries(TOPICS).map(([name, topic]) => [`man7/${nameOf([name])}.7`, topicPage(name, topic, edition)] as const),
  ])
}

const nameOf = (path: readonly string[]) => ['cbc', ...path].join('-')

const nameSection = (name: string, summary: string) => section('NAME', prose(`${name} - ${summary}`))

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function program({ root, footer = '', version }: Grammar, commands: readonly Command[], edition: Edition): string {
  const options = Object.values(GLOBAL_OPTIONS)
  const groups = (root.children ?? []).map(group => {
    const below = commands.filter(({ path }) => path[0] === group.name)
    return `${heading(sentence(group.summary ?? below[0]?.spec.summary ?? ''))}\n${list(below.map(({ path, spec }) => [reference(nameOf(path), 1), spec.summary]))}`
  })
  return page(
    { name: 'cbc', section: 1, ...edition },
    nameSection('cbc', root.summary ?? ''),
    section('SYNOPSIS', `${bold('cbc')}\n[${italic('options')}]\n${italic('command')}\n[${italic('arguments')}]`),
    section('DESCRIPTION', prose(footer)),
    section('COMMANDS', ...groups),
    section(
      'OPTIONS',
      prose('Every command takes these, and they may also stand before it.'),
      list([
        ...options.map(option => [flags(option.flags), optionSummary(option)] as const),
        [flags('--version'), version?.spec.summary ?? ''],
        [flags('-h, --help'), 'show help'],
      ]),
    ),
    topicSection('EXIT STATUS', 'exit-codes'),
    topicSection('ENVIRONMENT', 'environment'),
    seeAlso(Object.keys(TOPICS).map(name => reference(nameOf([name]), 7))),
  )
}

function commandPage(command: Command, commands: readonly Command[], edition: Edition): string {
  const { path, aliases, spec, verb } = command
  const name = nameOf(path)
  const parents = path.slice(0, -1)
  const siblings =
    parents.length < 2 ? [] : commands.filter(other => other !== command && nameOf(other.path.slice(0, -1)) === nameOf(parents))
  const inShell = verb === undefined ? [] : ['In the shell of an endpoint:', synopsis(path.slice(1), shellArguments(command), spec)]
  return page(
    { name, section: 1, ...edition },
    nameSection(name, spec.summary),
    section('SYNOPSIS', synopsis(['cbc', ...path], spec.arguments, spec), ...inShell),
    section(
      'DESCRIPTION',
      prose(`${sentence(spec.summary)} ${spec.details ?? ''}`.trim()),
      verb === undefined ? '' : prose(effectOf(verb)),
      aliases.length === 0 ? '' : prose(`Also called ${aliases.map(alias => `\`${alias}\``).join(', ')}.`),
      list(Object.entries(spec.arguments).map(([key, argument]) => [term(key, argument), argument.summary])),
    ),
    section(
      'OPTIONS',
      list(Object.values(spec.options).map(option => [flags(option.flags), optionSummary(option)])),
      slashes(spec),
      `${reference('cbc', 1)}\nhas the options that every command takes.`,
    ),
    topicSection('EXIT STATUS', 'exit-codes'),
    section(
      'ENVIRONMENT',
      list([[bold('CBC_PROFILE'), 'the profile to use, as `--profile`']]),
      `${reference('cbc-environment', 7)}\nlists all variables.`,
    ),
    ...(spec.examples.length === 0 ? [] : [section('EXAMPLES', ...examples(command))]),
    seeAlso([
      reference('cbc', 1),
      ...siblings.map(other => reference(nameOf(other.path), 1)),
      ...topicsFor(spec).map(topic => reference(nameOf([topic]), 7)),
    ]),
  )
}

function topicPage(name: string, topic: Topic, edition: Edition): string {
  const title = nameOf([name])
  const others = Object.keys(TOPICS).filter(other => other !== name)
  return page(
    { name: title, section: 7, ...edition },
    nameSection(title, topic.summary),
    topicSection('DESCRIPTION', name),
    seeAlso([reference('cbc', 1), ...others.map(other => reference(nameOf([other]), 7))]),
  )
}

/** A topic of help as a section. */
function topicSection(title: string, name: string): string {
  const parts = TOPICS[name]?.parts ?? []
  return section(
    title,
    ...parts.map(part => (typeof part === 'string' ? prose(part) : list(part.map(([word, meaning]) => [bold(word), meaning])))),
  )
}

function synopsis(words: readonly string[], arguments_: Spec['arguments'], { options }: Spec): string {
  return [
    bold(words.join(' ')),
    ...(Object.keys(options).length === 0 ? [] : [`[${italic('options')}]`]),
    ...Object.entries(arguments_).map(([name, argument]) => term(name, argument)),
  ].join('\n')
}

function term(name: string, { required, many }: { required: boolean; many: boolean }): string {
  const text = italic(many ? `${name}...` : name)
  return required ? text : `[${text}]`
}

function slashes({ slashes: known = {} }: Spec): string {
  const all = Object.entries(known)
  return all.length === 0 ? '' : prose(`Also as reg.exe has them: ${all.map(([slash, long]) => `\`${slash}\` (\`${long}\`)`).join(', ')}.`)
}

function examples({ path, spec }: Command): string[] {
  return spec.examples.flatMap(({ line, does }) => [
    prose(sentence(does)),
    verbatim(spec.example?.(line) ?? posixExample(`cbc ${path.join(' ')}`, line)),
  ])
}

/** The topics about what a command's arguments are. */
function topicsFor({ arguments: arguments_ }: Spec): string[] {
  const kinds = new Set(Object.values(arguments_).map(({ kind }) => kind))
  return [
    'exit-codes',
    'environment',
    ...(kinds.has('device') ? ['selectors'] : []),
    ...(kinds.has('remote-path') ? ['paths'] : []),
    'quoting',
  ]
}

const reference = (name: string, number: 1 | 7) => `${bold(name)}(${number})`

const seeAlso = (references: readonly string[]) => section('SEE ALSO', references.join(',\n'))
