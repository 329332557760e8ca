import { usage } from '../../core/errors.ts'
import { parseCount, parseDuration, readSize } from '../../core/quantity.ts'
import { splitCompare, type Compare } from '../../engine/compare-options.ts'
import type { MaxFailures } from '../../runs/gate.ts'
import { parseShard } from '../../runs/select.ts'
import type { AnyVerb, Option } from '../../verbs/define.ts'
import { value } from '../../verbs/define.ts'
import { QUEUE } from './queue.ts'
import type { RunOptions } from './run-options.ts'
import { checkStore } from './store.ts'

/** Options for how several devices get their turn, also when a run is gone on with. */
export const TURN_OPTIONS = {
  parallel: value('--parallel <number>', 'at most so many devices at a time; default: 32', {
    parse: text => parseCount(text, '--parallel', 1),
  }),
  wait: value('--wait <duration>', 'keep trying devices that are offline for so long', { parse: parseDuration }),
  canary: value('--canary <number>', 'so many devices first, the others only when all of them did well', {
    parse: text => parseCount(text, '--canary', 1),
  }),
  maxFailures: value('--max-failures <number>', 'begin nothing more once so many devices failed: 5, or 10%', { parse: parseMaxFailures }),
} satisfies Record<string, Option<unknown>>

const SELECTION_OPTIONS = {
  resume: value('--resume <file>', 'keep the journal in this file; with one that is there, do only what is not done', {
    kind: 'local-path',
  }),
  again: value('--again <state>', 'with --resume: also repeat changes of unknown outcome', { choices: ['unknown'], parse: parseAgain }),
  queue: QUEUE,
  shard: value('--shard <share>', "this machine's share of the devices: 1/3, 2/3 or 3/3", { parse: parseShard }),
} satisfies Record<string, Option<unknown>>

/** Options of verbs that bring files home. */
const FILES_OPTIONS = {
  maxBytes: value('--max-bytes <size>', 'bring home no more than this from all devices', { parse: parseSize('--max-bytes') }),
  maxBytesPerDevice: value('--max-bytes-per-device <size>', 'bring home no more than this from one device', {
    parse: parseSize('--max-bytes-per-device'),
  }),
  store: value(
    '--store <place>',
    'put the files there, below a folder for the run and one for each device: a folder, or s3://bucket/prefix',
  ),
} satisfies Record<string, Option<unknown>>

/** Returns the options of a verb for several devices. One that the verb itself has keeps the meaning that it has there. */
export function runOptionsOf({ options, brings }: Pick<AnyVerb, 'options' | 'brings'>): Record<string, Option<unknown>> {
  const all = { ...TURN_OPTIONS, ...SELECTION_OPTIONS, ...(brings === undefined ? {} : FILES_OPTIONS) }
  return Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(options, name)))
}

/** Splits what was typed into the verb's input and the options for several devices. @throws CbcError usage */
export function splitInput(
  verb: Pick<AnyVerb, 'name' | 'brings' | 'arguments' | 'options' | 'identity'>,
  typed: Record<string, unknown>,
): { input: Record<string, unknown>; run: RunOptions; compare?: Compare } {
  const { input: own, compare } = splitCompare(verb, typed)
  const input = { ...own }
  const run: Record<string, unknown> = {}
  for (const name of Object.keys(runOptionsOf(verb))) {
    if (input[name] !== undefined) run[name] = input[name]
    delete input[name]
  }
  const options = run as RunOptions
  if (options.again !== undefined && options.resume === undefined)
    throw usage('--again needs --resume', 'for a run that has a name: cbc run retry')
  if (options.store !== undefined) checkStore(verb, input)
  return { input, run: options, ...(compare === undefined ? {} : { compare }) }
}

/** @throws CbcError usage */
function parseMaxFailures(text: string): MaxFailures {
  const [, digits, percent] = /^(\d{1,9})(%?)$/.exec(text) ?? []
  const number = Number(digits)
  if (!(number >= 1) || (percent === '%' && number > 100))
    throw usage(`--max-failures: "${text}" is neither a number nor a share`, 'write 5, or 10%')
  return percent === '%' ? { percent: number } : { count: number }
}

function parseSize(option: string): (text: string) => number {
  return text => {
    const bytes = readSize(text)
    if (bytes === undefined) throw usage(`${option}: "${text}" is not a size`, 'write 500M, or 20G')
    return bytes
  }
}

/** @throws CbcError usage */
function parseAgain(text: string): string {
  if (text !== 'unknown') throw usage(`--again: "${text}" is not a state`, 'write --again unknown')
  return text
}
