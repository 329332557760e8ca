import { concurrentMap } from '../../core/concurrent-map.ts'
import type { Entry } from '../../remote/normalize.ts'
import type { Context } from '../define.ts'
import type { Gathered, Item } from './item.ts'
import { filesAt, isRecent, textOf } from './places.ts'
import data from './rules.json' with { type: 'json' }
import { fileItem, recentFiles, type Recent } from './windows.ts'

const { linux: WHERE } = data
/** Scripts are short: of what is longer nothing is read, bytes. */
const MAX_SCRIPT_BYTES = 64 * 1024
/** How many of them are read: a new release of a web site can be thousands. */
const MAX_SCRIPTS = 50
/** Shells with which nobody logs in. */
const NO_SHELL = /\/(?:nologin|false|sync)$/

/** Returns what starts by itself on Linux and its like, who may log in, and programs that came lately. @param sinceMs how long ago is lately, milliseconds */
export async function linuxItems(context: Context, missed: Gathered['missed'], sinceMs: number): Promise<Item[]> {
  const recent = { missed, sinceMs }
  const found = await Promise.all([
    autostarts(context, missed),
    accounts(context, recent),
    scripts(await recentFiles(WHERE.recent, new RegExp(WHERE.executable, 'i'), context, recent), context, missed),
    scripts(await recentFiles(WHERE.web, new RegExp(WHERE.web_script, 'i'), context, recent), context, missed),
  ])
  return found.flat()
}

async function autostarts(context: Context, missed: Gathered['missed']): Promise<Item[]> {
  const items: Item[] = []
  for await (const files of concurrentMap(WHERE.autostarts, path => filesAt(path, context, missed)))
    for (const entry of files) {
      const text = await textOf(entry, context, missed)
      if (text === undefined) continue
      const active = linesOf(text)
      const item = fileItem(entry, 'autostart', entry.path)
      items.push({
        ...item,
        command_line: active.join('; ').slice(0, 500),
        facts: { ...item.facts, command: active.join('\n'), text: active.join('\n') },
      })
    }
  return items
}

/** Returns the accounts, and the keys that let somebody in without a password. */
async function accounts(context: Context, { missed, sinceMs }: Recent): Promise<Item[]> {
  const [file] = await filesAt(WHERE.accounts, context, missed)
  const text = file === undefined ? undefined : await textOf(file, context, missed)
  if (file === undefined || text === undefined) return []
  const items = linesOf(text).map((line): Item => {
    const [name = '', , uid = '', , , home = '', shell = ''] = line.split(':')
    const facts = { name, uid, home, enabled: NO_SHELL.test(shell) ? 'no' : 'yes' }
    return { kind: 'account', subject: `the account ${name}`, path: file.path, user: name, command_line: line, facts }
  })
  const homes = new Set(items.flatMap(({ facts: { home = '', enabled } }) => (enabled === 'yes' && /^\/./.test(home) ? [home] : [])))
  for await (const keys of concurrentMap(homes, home => filesAt(`${home}/${WHERE.keys}`, context, missed)))
    for (const entry of keys) items.push(keysItem(entry, isRecent(entry, context, sinceMs)))
  return items
}

/** Returns the keys that let somebody in without a password. */
export function keysItem(entry: Entry, changed: boolean): Item {
  const { facts, ...item } = fileItem(entry, 'file', entry.path)
  return { ...item, kind: 'account', facts: { ...facts, keys: changed ? 'changed' : 'unchanged' } }
}

/** Returns files with what short ones say: they are scripts, where they are anything. Of many, those that came last are read. */
export async function scripts(files: readonly Entry[], context: Context, missed: Gathered['missed']): Promise<Item[]> {
  const sorted = [...files].sort((a, b) => String(b['last_write_time']).localeCompare(String(a['last_write_time'])))
  const items: Item[] = []
  for await (const item of concurrentMap(sorted.entries(), async ([at, entry]) => {
    const { facts, ...item } = fileItem(entry, 'file', entry.path)
    const isRead = at < MAX_SCRIPTS && Number(entry.size) <= MAX_SCRIPT_BYTES
    return { ...item, facts: { ...facts, text: (isRead ? await textOf(entry, context, missed) : undefined) ?? '' } }
  }))
    items.push(item)
  return items
}

/** Returns the lines of a file that are neither empty nor comments. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter(line => !/^\s*(?:#|$)/.test(line))
}
