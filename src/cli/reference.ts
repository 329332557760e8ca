import { posixExample, shellExample } from '../engine/examples.ts'
import { GLOBAL_OPTIONS } from '../engine/globals.ts'
import { TOPICS } from '../engine/help/topics.ts'
import type { CommandNode, Spec } from '../engine/spec.ts'
import { allCommands, effectOf, optionSummary, shellArguments, type Command } from './all-commands.ts'

type Options = Spec['options']

/**
 * Returns the reference of all commands, generated from their definitions, and the topics of help: Markdown by file name, including an index.
 * @param root the root of the program's commands
 */
export async function reference(root: CommandNode): Promise<Map<string, string>> {
  const commands = await allCommands(root)
  return new Map([
    ['README.md', index(commands)],
    ['topics.md', topicsPage()],
    ...commands.map(command => [fileOf(command), page(command)] as const),
  ])
}

function fileOf({ path }: Command): string {
  return `${(path[0] === 'lr' ? path.slice(1) : path).join('-')}.md`
}

function index(commands: readonly Command[]): string {
  const rows = (some: readonly Command[]) =>
    table(
      ['command', 'does'],
      some.map(command => [`[\`${command.path.join(' ')}\`](${fileOf(command)})`, command.spec.summary]),
    )
  return pageOf([
    '# The commands',
    "Generated from the definitions of the commands by `npm run docs`; `--help` says the same. What they have in common is in the [topics](topics.md) of `cbc help`. For the shell's own commands see [the shell](../shell.md).",
    '## On an endpoint, in the shell and one-shot',
    rows(commands.filter(({ verb }) => verb !== undefined)),
    '## Everything else',
    rows(commands.filter(({ verb }) => verb === undefined)),
    '## Options of every command',
    optionTable(GLOBAL_OPTIONS),
  ])
}

function topicsPage(): string {
  return pageOf([
    '# Topics of help',
    '`cbc help TOPIC` says the same, and so does the manual: `man cbc-exit-codes`.',
    ...Object.entries(TOPICS).flatMap(([name, { summary, parts }]) => [
      `## ${name}`,
      prose(sentence(summary)),
      ...parts.map(part =>
        typeof part === 'string'
          ? prose(part)
          : table(
              ['', ''],
              part.map(([word, meaning]) => [`\`${word}\``, meaning]),
            ),
      ),
    ]),
  ])
}

function page(command: Command): string {
  const { path, aliases, spec, verb } = command
  const name = path.slice(1).join(' ')
  const arguments_ = Object.entries(spec.arguments)
  const usage = (shown: typeof arguments_, start: string) =>
    [start, ...(Object.keys(spec.options).length > 0 ? ['[options]'] : []), ...shown.map(([key, argument]) => term(key, argument))].join(
      ' ',
    )
  return pageOf([
    `# ${path[0] === 'lr' ? name : path.join(' ')}`,
    prose(`${sentence(spec.summary)}${spec.details === undefined ? '' : ` ${spec.details}`}`),
    fenced([
      ...(verb === undefined ? [] : [usage(Object.entries(shellArguments(command)), name)]),
      usage(arguments_, `cbc ${path.join(' ')}`),
    ]),
    aliases.length === 0 ? '' : `Also called ${aliases.map(alias => `\`${alias}\``).join(', ')}.`,
    arguments_.length === 0
      ? ''
      : table(
          ['argument', 'is'],
          arguments_.map(([key, argument]) => [`\`${term(key, argument)}\``, argument.summary]),
        ),
    Object.keys(spec.options).length === 0 ? '' : optionTable(spec.options),
    spec.slashes === undefined
      ? ''
      : `reg.exe's own switches work too: ${Object.entries(spec.slashes)
          .map(([slash, long]) => `\`${slash}\` is \`${long}\``)
          .join(', ')}.`,
    verb === undefined ? '' : effectOf(verb),
    spec.examples.length === 0 ? '' : '## Examples',
    ...spec.examples.map(
      ({ line, does }) =>
        `${prose(sentence(does))}\n\n${fenced([
          ...(verb === undefined ? [] : [shellExample(name, line)]),
          spec.example?.(line) ?? posixExample(`cbc ${path.join(' ')}`, line),
        ])}`,
    ),
  ])
}

function term(name: string, { required, many }: { required: boolean; many: boolean }): string {
  const text = many ? `${name}...` : name
  return required ? `<${text}>` : `[${text}]`
}

function optionTable(options: Options): string {
  return table(
    ['option', 'does'],
    Object.values(options).map(option => [`\`${option.flags}\``, optionSummary(option)]),
  )
}

function table(head: string[], rows: string[][]): string {
  const row = (cells: string[]) =>
    `| ${cells.map(cell => (cell.startsWith('`') ? cell : prose(cell)).replaceAll('|', '\\|')).join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
}

function fenced(lines: string[]): string {
  return ['```text', ...lines, '```'].join('\n')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** Escapes Markdown in plain text. */
function prose(text: string): string {
  return text.replace(/[<*_]/g, '\\$&')
}

function pageOf(parts: string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}
