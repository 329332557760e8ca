import type { Kind, Option } from '../verbs/define.ts'

export type Options = Readonly<Record<string, Option<unknown>>>

/** An option as it can be typed here. */
export interface Switch {
  /** Its name in the definition: `output`. */
  key: string
  /** Every command takes it. */
  global: boolean
  /** `-o`, `--output`, except flags that another option uses. */
  flags: readonly string[]
  summary: string
  valued: boolean
  repeat: boolean
  kind: Kind
  choices?: readonly string[] | undefined
}

export const HELP: Switch = {
  key: 'help',
  global: true,
  flags: ['-h', '--help'],
  summary: 'show help',
  valued: false,
  repeat: false,
  kind: 'text',
}

/** Lists the options of a command, its own first: their flags take precedence over those of the global options. */
export function switchesOf(own: Options, globals: Options): Switch[] {
  const taken = new Set<string>()
  const found: Switch[] = []
  const all = [
    ...Object.entries(own).map(entry => ({ entry, global: false })),
    ...Object.entries(globals).map(entry => ({ entry, global: true })),
  ]
  for (const {
    entry: [key, { flags: text, summary, parse, repeat, kind, choices }],
    global,
  } of all) {
    const flags = text
      .split(', ')
      .map(flag => flag.split(' ')[0] ?? '')
      .filter(flag => !taken.has(flag))
    for (const flag of flags) taken.add(flag)
    if (flags.length > 0) found.push({ key, global, flags, summary, valued: parse !== undefined, repeat: repeat === true, kind, choices })
  }
  return [...found, HELP]
}
