import { concurrentMap } from '../../core/concurrent-map.ts'
import { elementText } from '../../core/text/xml-element.ts'
import { isDirectory, type Entry } from '../../remote/normalize.ts'
import { contents } from '../../remote/files.ts'
import { fileName } from '../../remote/process-names.ts'
import { enumKey } from '../../remote/registry.ts'
import type { Context } from '../define.ts'
import { commandFacts, withFolders } from './commands.ts'
import type { Gathered, Item } from './item.ts'
import { filesAt, filesBelow, isRecent, looking, textOf, type Place } from './places.ts'
import data from './rules.json' with { type: 'json' }

const { windows: WHERE } = data
/** Tasks of Windows itself, which are read only where they were changed lately. */
const OWN_TASKS = /\\tasks\\microsoft\\/i
/** Folders of C:\Users that are nobody's profile. */
const NO_PROFILES = ['all users', 'default user', 'default', 'public']

/** Returns what starts by itself on Windows, and programs that came lately. @param sinceMs how long ago is lately, milliseconds */
export async function windowsItems(context: Context, missed: Gathered['missed'], sinceMs: number): Promise<Item[]> {
  const profiles = await profilesOf(context, missed)
  const ofUsers = (path: string) => (path.startsWith('%user%') ? profiles.map(home => path.replace('%user%', home)) : [path])
  const places = WHERE.recent.flatMap(({ path, depth }) => ofUsers(path).map(one => ({ path: one, depth })))
  const [keys, logon, startup, tasks, recent] = await Promise.all([
    runKeys(context, missed),
    logonValues(context, missed),
    startupItems(WHERE.startup_folders.flatMap(ofUsers), context, missed),
    taskItems(context, missed, sinceMs),
    recentFiles(places, new RegExp(WHERE.executable, 'i'), context, { missed, sinceMs }),
  ])
  return [keys, logon, startup, tasks, recent.map(entry => fileItem(entry, 'file', entry.path))].flat()
}

async function profilesOf({ session, signal }: Context, missed: Gathered['missed']): Promise<string[]> {
  const found = await looking(WHERE.users, missed, signal, async () => (await contents(session, WHERE.users, { signal })).entries)
  return (found ?? []).filter(entry => isDirectory(entry) && !NO_PROFILES.includes(entry.filename.toLowerCase())).map(({ path }) => path)
}

async function runKeys(context: Context, missed: Gathered['missed']): Promise<Item[]> {
  const { session, signal } = context
  const users = await looking('HKU', missed, signal, async () => (await enumKey(session, 'HKU', { signal })).sub_keys)
  const sids = (users ?? []).filter(name => !/_classes$/i.test(name))
  const keys = [...WHERE.run_keys, ...sids.flatMap(sid => WHERE.user_run_keys.map(key => `HKU\\${sid}\\${key}`))]
  const items: Item[] = []
  for await (const found of concurrentMap(keys, key => valuesOf(key, context, missed))) for (const item of found) items.push(item)
  return items
}

async function logonValues(context: Context, missed: Gathered['missed']): Promise<Item[]> {
  return (await valuesOf(WHERE.logon_key, context, missed)).filter(({ value = '' }) =>
    WHERE.logon_values.some(name => name.toLowerCase() === value.toLowerCase()),
  )
}

async function valuesOf(key: string, { session, signal }: Context, missed: Gathered['missed']): Promise<Item[]> {
  const found = await looking(key, missed, signal, () => enumKey(session, key, { signal }))
  return (found?.values ?? []).map(({ registry_name: value, registry_data }) => {
    const { facts, ...command } = commandFacts(withFolders(String(registry_data ?? '')), true)
    return { kind: 'autostart', subject: `the value ${value} of ${key}`, key, value, ...command, facts: { ...facts, key, value } }
  })
}

async function startupItems(folders: readonly string[], context: Context, missed: Gathered['missed']): Promise<Item[]> {
  const items: Item[] = []
  for await (const entries of concurrentMap(folders, folder => filesAt(folder, context, missed)))
    for (const entry of entries)
      if (entry.filename.toLowerCase() !== 'desktop.ini') items.push(fileItem(entry, 'autostart', `${entry.filename} in a startup folder`))
  return items
}

async function taskItems(context: Context, missed: Gathered['missed'], sinceMs: number): Promise<Item[]> {
  const all = await filesBelow({ path: WHERE.tasks, depth: 8 }, context, missed)
  const wanted = all.filter(entry => !OWN_TASKS.test(entry.path) || isRecent(entry, context, sinceMs))
  const items: Item[] = []
  for await (const item of concurrentMap(wanted, async entry => taskItem(entry, await textOf(entry, context, missed))))
    if (item !== undefined) items.push(item)
  return items
}

function taskItem({ path, ...entry }: Entry, xml: string | undefined): Item | undefined {
  const part = (name: string) => (elementText(xml ?? '', name) ?? '').trim()
  if (xml === undefined || part('Command') === '') return undefined
  const command = withFolders(part('Command'))
  const { facts, ...more } = commandFacts(
    `${/\s/.test(command) && !command.startsWith('"') ? `"${command}"` : command} ${part('Arguments')}`.trim(),
    true,
  )
  const name = path.slice(WHERE.tasks.length)
  return {
    kind: 'task',
    subject: `the task ${name}`,
    ...more,
    key: name,
    time: String(entry['last_write_time'] ?? ''),
    facts: { ...facts, task: name, file: path, hidden: part('Hidden').toLowerCase(), principal: part('UserId'), author: part('Author') },
  }
}

/** What counts as lately, and who is told what can't be looked at. */
export interface Recent {
  missed: Gathered['missed']
  sinceMs: number
}

/** Returns the programs and scripts that came lately. */
export async function recentFiles(
  places: readonly Place[],
  executable: RegExp,
  context: Context,
  { missed, sinceMs }: Recent,
): Promise<Entry[]> {
  const found: Entry[] = []
  for await (const entries of concurrentMap(places, place => filesBelow(place, context, missed), 4))
    for (const entry of entries) if (executable.test(entry.path) && isRecent(entry, context, sinceMs)) found.push(entry)
  return found
}

/** Returns a file as an item. */
export function fileItem({ path, filename, attributes, ...entry }: Entry, kind: 'file' | 'autostart', subject: string): Item {
  return {
    kind,
    subject,
    path,
    time: String(entry['last_write_time'] ?? ''),
    facts: { path, name: fileName(filename, true), attributes: attributes.join(' ') },
  }
}
