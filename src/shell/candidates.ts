import { delimiter } from 'node:path'
import { largest } from '../core/lists.ts'
import { shellWord, type ShellLanguage } from '../core/quote.ts'
import { enumKey, keyPath } from '../remote/registry.ts'
import { isPid, processes } from '../remote/processes.ts'
import { list } from '../remote/files.ts'
import { locate } from '../remote/locate.ts'
import { programName } from '../remote/process-names.ts'
import { quoteWord } from '../engine/tokenize.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Candidate } from './editor/index.ts'
import type { Shell } from './shell.ts'

/** What asking the endpoint for candidates takes. */
export interface Asking {
  shell: Shell
  signal: AbortSignal
  /** The answer of a moment ago, or a new one. */
  remember<T>(key: string, ask: () => Promise<T>): Promise<T>
}

const ORDER = new Intl.Collator('en')

const HIVES = ['HKCC', 'HKCR', 'HKCU', 'HKLM', 'HKU']

/** Paths on the endpoint: what is in the directory that `typed` names so far. */
export async function remotePaths(
  { shell: { session, places }, signal, remember }: Asking,
  typed: string,
  directoriesOnly: boolean,
): Promise<Candidate[]> {
  const { paths } = session
  const ends = paths.windows
    ? [typed.lastIndexOf('\\'), typed.lastIndexOf('/'), /^[A-Za-z]:/.test(typed) ? 1 : -1]
    : [typed.lastIndexOf('/')]
  const [head, name] = split(typed, largest(ends, -1))
  const place = paths.bare(await locate(session, places.directory, head === '' ? '.' : head, { signal }))
  if (paths.isPattern(place)) return []
  const entries = await remember(`list ${place}`, () => list(session, place, false, { signal }))
  const fold = (text: string) => (paths.windows ? text.toLowerCase() : text)
  const isDirectory = (attributes: readonly string[]) => attributes.includes('DIRECTORY')
  return sorted(
    entries
      .filter(
        ({ filename, attributes, error }) =>
          error === undefined &&
          fold(filename).startsWith(fold(name)) &&
          isPlain(filename) &&
          (isDirectory(attributes) || !directoriesOnly),
      )
      .map(({ filename, attributes }) => path(head, filename, isDirectory(attributes) ? paths.separator : '')),
  )
}

/** Registry keys; without a backslash, the hives. @param values the values of a key too */
export async function registryKeys({ shell: { session }, signal, remember }: Asking, typed: string, values: boolean): Promise<Candidate[]> {
  const [head, name] = split(typed, typed.lastIndexOf('\\'))
  if (head === '') return HIVES.filter(hive => hive.startsWith(typed.toUpperCase())).map(hive => ({ text: `${hive}\\`, final: false }))
  const key = keyPath(head)
  const found = await remember(`key ${key}`, () => enumKey(session, key, { signal }))
  const fits = (text: string) => text.toLowerCase().startsWith(name.toLowerCase()) && text !== '' && isPlain(text)
  const inside = values ? found.values.map(({ registry_name: text }) => text).filter(fits) : []
  return [...sorted(found.sub_keys.filter(fits).map(text => path(head, text, '\\'))), ...sorted(inside.map(text => path(head, text, '')))]
}

/** Values of a registry key. */
export async function registryValues(
  { shell: { session }, signal, remember }: Asking,
  typedKey: string,
  typed: string,
): Promise<Candidate[]> {
  const key = keyPath(typedKey)
  const { values } = await remember(`key ${key}`, () => enumKey(session, key, { signal }))
  const names = values
    .map(({ registry_name: name }) => name)
    .filter(name => name !== '' && name.toLowerCase().startsWith(typed.toLowerCase()) && isPlain(name))
  return sorted(names.map(name => path('', name, '')))
}

/** Names of devices. */
export async function deviceNames({ shell, signal, remember }: Asking, typed: string): Promise<Candidate[]> {
  const found = await remember(`devices ${typed}`, () => shell.findDevices(typed, signal))
  // The domain in front need not be typed.
  const fits = (name: string) =>
    [name, name.slice(name.lastIndexOf('\\') + 1)].some(text => text.toLowerCase().startsWith(typed.toLowerCase()))
  return sorted(
    found
      .map(({ name }) => name)
      .filter(name => fits(name) && isPlain(name))
      .map(name => path('', name, '')),
  )
}

/** Pids, shown with their programs; names of programs once a letter is typed. */
export async function pids({ shell: { session }, signal, remember }: Asking, typed: string): Promise<Candidate[]> {
  const rows = await remember('processes', () => processes(session, { signal }))
  const found = rows
    .filter(row => isPid(row['process_pid']))
    .map(row => ({ pid: String(row['process_pid']), name: programName(row, session.paths.windows) }))
  if (/^\d*$/.test(typed))
    return found
      .filter(({ pid }) => pid.startsWith(typed))
      .map(({ pid, name }) => ({ text: pid, label: `${pid} ${escapeLine(name)}`, final: true }))
  const names = new Set(found.map(({ name }) => name).filter(name => name.toLowerCase().startsWith(typed.toLowerCase()) && isPlain(name)))
  return sorted([...names].map(name => ({ text: quoteWord(name), label: name, final: true })))
}

/** Users of the processes, with their domain and without: `ps --user` takes a part. */
export async function users({ shell: { session }, signal, remember }: Asking, typed: string): Promise<Candidate[]> {
  const rows = await remember('processes', () => processes(session, { signal }))
  const names = rows.flatMap(row => (typeof row['process_username'] === 'string' ? [row['process_username']] : []))
  const all = new Set([...names, ...names.map(name => name.slice(name.lastIndexOf('\\') + 1))])
  return sorted(
    [...all]
      .filter(name => name !== '' && isPlain(name) && name.toLowerCase().startsWith(typed.toLowerCase()))
      .map(name => path('', name, '')),
  )
}

/** Programs of this machine that are found by their name. */
export async function localPrograms({ host }: Shell, typed: string, remember: Asking['remember']): Promise<Candidate[]> {
  const folders = (host.env['PATH'] ?? host.env['Path'] ?? '').split(delimiter).filter(folder => folder !== '')
  const names = await remember(`programs ${folders.join(delimiter)}`, async () => {
    // What can't be read offers nothing.
    const entries = await Promise.all(folders.map(folder => host.local.names(folder).catch(() => [])))
    return new Set(
      entries
        .flat()
        .filter(entry => !entry.directory && isPlain(entry.name))
        .map(({ name }) => (delimiter === ';' ? name.replace(/\.(exe|com|cmd|bat)$/i, '') : name)),
    )
  })
  return sorted(
    [...names]
      .filter(name => name.startsWith(typed))
      .flatMap(name => {
        const text = shellWord(name, host.shellLanguage)
        return text === undefined ? [] : [{ text, label: name, final: true }]
      }),
  )
}

/** Paths on this machine. @param language of the shell that they are for; default: ours */
export async function localPaths(
  shell: Shell,
  typed: string,
  { directoriesOnly = false, language }: { directoriesOnly?: boolean; language?: ShellLanguage } = {},
): Promise<Candidate[]> {
  const [head, name] = split(typed, Math.max(typed.lastIndexOf('/'), typed.lastIndexOf('\\')))
  // What can't be read offers nothing.
  const entries = await shell
    .localFiles()
    .names(head === '' ? '.' : head)
    .catch(() => [])
  const found = entries.filter(entry => entry.name.startsWith(name) && isPlain(entry.name) && (entry.directory || !directoriesOnly))
  return sorted(
    found.flatMap(entry => {
      const separator = entry.directory ? '/' : ''
      if (language === undefined) return [path(head, entry.name, separator)]
      const text = shellWord(head + entry.name + separator, language)
      return text === undefined ? [] : [{ text, label: entry.name + separator, final: !entry.directory }]
    }),
  )
}

/** What is typed up to and with `end`, and the part after it, which is to be completed. */
function split(typed: string, end: number): [head: string, name: string] {
  return [typed.slice(0, end + 1), typed.slice(end + 1)]
}

/** In the order that a person looks for them in. */
function sorted(candidates: (Candidate & { label: string })[]): Candidate[] {
  return candidates.sort((a, b) => ORDER.compare(a.label, b.label))
}

/** A path in whole quotes where it needs some: what is typed after them belongs to the same word, so a directory can go on. */
function path(head: string, name: string, separator: string): Candidate & { label: string } {
  return { text: quoteWord(head + name + separator), label: name + separator, final: separator === '' }
}

/** A name that can be typed: one with control characters would do who knows what to the line. */
function isPlain(name: string): boolean {
  return escapeLine(name) === name
}
