import type { LocalFiles } from '../../core/ports.ts'
import { columnsAt, expectedAt, type Expected } from '../../engine/completion-context.ts'
import { globalIn, readWords, type Word } from '../../engine/normalize-argv.ts'
import { leafAt, locate } from '../../engine/route.ts'
import type { Grammar } from '../../engine/parse.ts'
import type { CommandNode, Spec } from '../../engine/spec.ts'
import { escapeLine } from '../../ui/escape.ts'
import type { Answer, Candidate, Line } from './dialect.ts'
import type { KnownDevice } from './known-devices.ts'

/** Where candidates come from, besides the definitions of the commands. */
export interface Sources {
  local: Pick<LocalFiles, 'names'>
  profiles(): Promise<readonly string[]>
  /** Completes a list of artifacts. */
  artifacts(typed: string): Promise<readonly { text: string; about: string }[]>
  /** The playbooks that ship. */
  playbooks(): Promise<readonly { name: string; about: string }[]>
  /** The settings that a profile can have. */
  settings: Readonly<Record<string, { summary: string }>>
  /** Returns devices whose name or id contains a text. @param profile the value of `--profile` */
  devices(typed: string, profile: string | undefined): Promise<readonly KnownDevice[]>
}

/** The most devices that are offered to a shell. */
const MAX_CANDIDATES = 500

/**
 * Returns how the word that is being typed can be completed: with commands, options and their values, devices, profiles, and local paths.
 * Things on an endpoint would need a session: they are completed only in the shell of `lr connect`.
 */
export async function candidates(
  { root, globals, version }: Grammar,
  { words, typed, redirected }: Line,
  sources: Sources,
): Promise<Answer> {
  if (redirected) return 'files'
  if (words[0] === 'help') return await helpSubjects(root, words.slice(1), typed)
  const { nodes, consumed, words: before } = locate(root, globals, words)
  const node = nodes.at(-1) ?? root
  const rest = words.slice(consumed)
  const spec: Pick<Spec, 'arguments' | 'options' | 'slashes' | 'fields'> = (await leafAt({ nodes }, globals, rest))?.spec ?? {
    arguments: {},
    options: {},
  }
  const expected = expectedAt(spec, globals, rest, typed)
  const { options, value, orLast, operands } = expected
  if (options.length > 0) return flags(expected, typed, nodes.length === 1 ? version : undefined)
  if (value !== undefined) {
    if (value.kind === 'column') return columns(expected, spec.fields ?? [])
    if (value.kind === 'setting') return await settings(operands, typed, sources)
    const profile = profileIn([...before, ...readWords(spec, globals, rest)])
    const found = await valuesOf(value, expected.typed, sources, profile)
    if (found === 'files') return found
    const others = orLast === undefined ? [] : await valuesOf(orLast, expected.typed, sources, profile)
    return [...found, ...(others === 'files' ? [] : others)].map(one => ({ ...one, text: expected.prefix + one.text }))
  }
  if (expected.prefix !== '' || operands.length > 0 || node.children === undefined) return []
  return await names(node.children, typed)
}

/** Returns what `cbc help` explains: commands and topics. */
async function helpSubjects(root: CommandNode, words: readonly string[], typed: string): Promise<Candidate[]> {
  const { nodes, consumed } = locate(root, {}, words)
  if (consumed < words.length) return []
  const { TOPICS } = await import('../../engine/help/topics.ts')
  const topics = words.length > 0 ? [] : Object.entries(TOPICS).map(([text, { summary }]) => ({ text, about: summary, final: true }))
  return [...(await names(nodes.at(-1)?.children ?? [], typed)), ...topics.filter(({ text }) => text.startsWith(typed))]
}

/** Returns the names of commands that begin with what is typed. */
async function names(children: readonly CommandNode[], typed: string): Promise<Candidate[]> {
  return await Promise.all(
    children
      .filter(({ name }) => name.startsWith(typed))
      .map(async ({ name, summary, load }) => {
        return { text: name, about: summary ?? (await load?.())?.spec.summary, final: true }
      }),
  )
}

function flags({ options }: Expected, typed: string, version: Grammar['version']): Candidate[] {
  const all = options.flatMap(({ flags: own, summary }) => own.map(text => ({ text, about: summary, final: true })))
  if (version !== undefined) all.push({ text: '--version', about: version.spec.summary, final: true })
  return all.filter(({ text }) => text.startsWith(typed)).sort((a, b) => (a.text < b.text ? -1 : 1))
}

function columns({ prefix, typed }: Expected, fields: readonly string[]): Candidate[] {
  const { head, names: found } = columnsAt(fields, typed)
  return found.map(name => ({ text: prefix + head + name, final: false }))
}

async function valuesOf(
  { kind, choices }: NonNullable<Expected['value']>,
  typed: string,
  sources: Sources,
  profile: string | undefined,
): Promise<Answer> {
  if (choices !== undefined)
    return choices.filter(choice => choice.toLowerCase().startsWith(typed.toLowerCase())).map(text => ({ text, final: true }))
  switch (kind) {
    case 'local-path':
      return 'files'
    case 'profile':
      return await profiles(typed, sources)
    case 'device':
      return await devices(typed, sources, profile)
    case 'artifact':
      return (await sources.artifacts(typed)).map(({ text, about }) => ({ text, about: escapeLine(about), final: false }))
    case 'playbook':
      return await playbooks(typed, sources)
    case 'remote-path':
    case 'registry-key':
    case 'registry-value':
    case 'pid':
    case 'setting':
    case 'user':
    case 'column':
    case 'command-line':
    case 'text':
      return []
  }
}

async function profiles(typed: string, sources: Sources): Promise<Candidate[]> {
  return (await sources.profiles()).filter(name => startsWith(name, typed) && isPlain(name)).map(text => ({ text, final: true }))
}

/** Completes the name of a playbook that ships, or of a file; where no name begins so, the user's shell completes the path. */
async function playbooks(typed: string, sources: Sources): Promise<Answer> {
  const named = (await sources.playbooks()).filter(({ name }) => name.startsWith(typed))
  if (named.length === 0) return 'files'
  return [...named.map(({ name, about }) => ({ text: name, about, final: true })), ...(await files(typed, sources.local))]
}

/** Completes `[profile] setting`. What follows is a value, which has no candidates. */
async function settings([first, ...others]: readonly string[], typed: string, sources: Sources): Promise<Candidate[]> {
  if (others.length > 0 || (first !== undefined && Object.hasOwn(sources.settings, first))) return []
  const known = Object.entries(sources.settings)
    .filter(([key]) => key.startsWith(typed))
    .map(([text, { summary }]) => ({ text, about: summary, final: true }))
  return [...known, ...(first === undefined ? await profiles(typed, sources) : [])]
}

/** Completes the last of several devices separated by commas, or a file of devices (section 3 of the contract). */
async function devices(typed: string, sources: Sources, profile: string | undefined): Promise<Candidate[]> {
  if (typed.startsWith('@')) return await filesAfterAt(typed.slice(1), sources.local)
  const from = typed.lastIndexOf(',') + 1
  const [head, part] = [typed.slice(0, from), typed.slice(from)]
  if (part.startsWith('query:') || /[*?@]/.test(part)) return []
  const before = head.toLowerCase().split(',')
  const known = await sources.devices(part, profile)
  const ids = /^\d+$/.test(part) ? known.map(({ id, name, about }) => ({ text: String(id), about: `${name} ${about}`.trim() })) : []
  return [...ids, ...byName(known, part)]
    .filter(({ text }) => startsWith(text, part) && !before.includes(text.toLowerCase()))
    .sort((a, b) => a.text.localeCompare(b.text, 'en'))
    .slice(0, MAX_CANDIDATES)
    .map(({ text, about }) => ({ text: head + text, about: escapeLine(about), final: true }))
}

/** Returns names as they can be typed: without the domain, unless it has been typed or another device has the same name. */
function byName(known: readonly KnownDevice[], part: string): { text: string; about: string }[] {
  const bare = (name: string) => name.slice(name.lastIndexOf('\\') + 1)
  const count = new Map<string, number>()
  for (const { name } of known) count.set(bare(name).toLowerCase(), (count.get(bare(name).toLowerCase()) ?? 0) + 1)
  return known
    .filter(({ name }) => isDeviceName(name))
    .map(({ name, about }) => {
      const short = !part.includes('\\') && startsWith(bare(name), part) && count.get(bare(name).toLowerCase()) === 1
      return { text: short ? bare(name) : name, about }
    })
}

/** Whether a name, typed as it is, means this one device and not a pattern, list, id or option. */
function isDeviceName(name: string): boolean {
  return isPlain(name) && name.length <= 256 && !/^[-\s]|^query:|^\d+$|[,*?@]|\s$/.test(name)
}

/** Whether a name is safe to put into the line: control characters could do anything there. */
function isPlain(name: string): boolean {
  return name !== '' && escapeLine(name) === name
}

/** Completes the path after `@`. No shell expands it: the program opens the path as it is typed. */
async function filesAfterAt(typed: string, local: Sources['local']): Promise<Candidate[]> {
  return (await files(typed, local)).map(({ text, final }) => ({ text: `@${text}`, final }))
}

async function files(typed: string, local: Sources['local']): Promise<Candidate[]> {
  const from = Math.max(typed.lastIndexOf('/'), typed.lastIndexOf('\\')) + 1
  const [head, name] = [typed.slice(0, from), typed.slice(from)]
  // A folder that can't be read has no candidates.
  const entries = await local.names(head === '' ? '.' : head).catch(() => [])
  return entries
    .filter(entry => entry.name.startsWith(name) && isPlain(entry.name) && (name !== '' || !entry.name.startsWith('.')))
    .map(entry => ({ text: `${head}${entry.name}${entry.directory ? '/' : ''}`, final: !entry.directory }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
}

function profileIn(words: readonly Word[]): string | undefined {
  const found = globalIn(words, 'profile')
  return found === true ? undefined : found
}

function startsWith(text: string, typed: string): boolean {
  return text.toLowerCase().startsWith(typed.toLowerCase())
}
