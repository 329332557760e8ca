import { usage } from '../../core/errors.ts'
import { fieldsOf } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { readWords } from '../../engine/normalize-argv.ts'
import { locate } from '../../engine/route.ts'
import { nest, type Leaf, type Spec } from '../../engine/spec.ts'
import type { Options } from '../../engine/switches.ts'
import { aliasesOf } from '../../engine/words.ts'
import { any, DEVICE, required, type AnyVerb, type Argument } from '../../verbs/define.ts'
import { VERBS } from '../../verbs/index.ts'
import { WATCH_OPTIONS } from './options.ts'

/** The verbs that can be watched: those whose definition says how their rows are told apart. */
export const WATCHABLE: readonly string[] = ['ls', 'stat', 'find', 'tree', 'hash', 'ps', 'reg query', 'drives']

/** The fields of each change, besides those of the verb. */
const FIELDS = ['time', 'device_id', 'device_name', 'change', 'changes']

const SPEC: Spec = {
  summary: 'run a verb that reads again and again, and show what is new, gone or changed',
  details:
    'The verb is ls, find, tree, stat, hash, ps, reg query or drives, with its own arguments and options. The first look is what later ones are compared with. ' +
    'No session is kept open in between. While the endpoint or the service is away the watch goes on, and says so once, and once more when it is back. ' +
    'Each change has `time`, `change` (new, gone, changed) and the fields of the verb, and `changes` says which fields are different. ' +
    'With --exec, a local command runs for each change; nothing that the endpoint says becomes part of its command line. Ctrl-C ends the watch with exit code 0, if it has looked at least once.',
  examples: [
    { line: 'cbc lr watch WIN-FIN-01 ps --every 1m', does: 'processes that start and end' },
    {
      line: "cbc lr watch WIN-FIN-01 reg query 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run' -o ndjson",
      does: 'what starts with Windows, a line of JSON a change',
    },
    { line: "cbc lr watch WIN-FIN-01 ls -R 'C:\\Users\\Public' --every 30s --until 8h", does: 'files below a directory, for eight hours' },
    { line: "cbc lr watch WIN-FIN-01 ps --exec 'jq -r .process_path >> started.txt'", does: 'do something with each change' },
  ],
  example: line => line,
  fields: FIELDS,
  arguments: {
    device: DEVICE,
    verb: {
      ...required('command-line', 'a verb that reads, with its arguments and options'),
      choices: WATCHABLE.map(name => name.replace(/ .*/, '')),
    },
    words: any('command-line', 'the words after it'),
  },
  options: WATCH_OPTIONS,
}

/** `cbc lr watch`, which is another command for each verb that it watches. */
export function watchCommand(host: Host): Leaf {
  return {
    spec: SPEC,
    async refine(words, globals) {
      const [, ...named] = operandsOf(words, globals)
      const { nodes, consumed } = locate({ name: '', children: verbNodes(host) }, {}, named)
      const leaf = await nodes.at(-1)?.load?.()
      return consumed === 0 ? undefined : leaf
    },
    async run({ input: { verb, words } }) {
      throw usage(
        `watch: "${[verb, ...(words as string[])].join(' ')}" can't be watched`,
        `watch a verb that reads: ${WATCHABLE.join(', ')}`,
      )
    },
  }
}

/** The words that are neither options of the watch nor global ones; from the verb's name on all of them count. */
function operandsOf(words: readonly string[], globals: Options): string[] {
  return [...readWords(SPEC, globals, words)].flatMap(word => (word.kind === 'operand' ? [word.text] : []))
}

function verbNodes(host: Host) {
  const watchable = VERBS.filter(({ name }) => WATCHABLE.includes(name))
  const leaves = watchable.map(({ name, load }) => ({ name, load: async () => watchOf(await load(), host) }))
  return nest(leaves, {}, aliasesOf)
}

/** Returns the command that watches a verb: its own words, and those of the watch. */
function watchOf(verb: AnyVerb, host: Host): Leaf {
  const name = verb.name.split(' ').map((_, at): [string, Argument<string>] => [at === 0 ? 'verb' : 'below', required('text', 'the verb')])
  return {
    spec: {
      ...verb,
      summary: `watch: ${verb.summary}`,
      examples: [],
      ...(verb.fields === undefined ? {} : { fields: [...FIELDS, ...fieldsOf([...(verb.identity?.columns ?? [])]), ...verb.fields] }),
      arguments: { device: DEVICE, ...Object.fromEntries(name), ...verb.arguments },
      options: { ...verb.options, ...WATCH_OPTIONS },
    },
    async run({ input: { verb: _verb, below: _below, ...input }, globals }, words = []) {
      const { watch } = await import('./watch.ts')
      return await watch(verb, host, { input, globals }, words)
    },
  }
}
