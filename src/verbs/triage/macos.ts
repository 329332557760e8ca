import { concurrentMap } from '../../core/concurrent-map.ts'
import { elementText } from '../../core/text/xml-element.ts'
import { contents } from '../../remote/files.ts'
import { isDirectory, isReparsePoint, type Entry } from '../../remote/normalize.ts'
import { posixWord } from '../../core/quote.ts'
import type { Context } from '../define.ts'
import type { Gathered, Item } from './item.ts'
import { keysItem, linesOf, scripts } from './linux.ts'
import { filesAt, isRecent, looking, textOf } from './places.ts'
import data from './rules.json' with { type: 'json' }
import { fileItem, recentFiles, type Recent } from './windows.ts'

const { macos: WHERE } = data
/** The most words of a command line that are looked at. */
const MAX_WORDS = 50

/** Returns what starts by itself on macOS, who may log in without a password, and programs that came lately. @param sinceMs how long ago is lately, milliseconds */
export async function macosItems(context: Context, missed: Gathered['missed'], sinceMs: number): Promise<Item[]> {
  const homes = await homesOf(context, missed)
  const ofUsers = (path: string): string[] => (path.startsWith('%user%') ? homes.map(home => path.replace('%user%', home)) : [path])
  const places = WHERE.recent.flatMap(({ path, depth }) => ofUsers(path).map(one => ({ path: one, depth })))
  const recent = { missed, sinceMs }
  const found = await Promise.all([
    autostarts(WHERE.autostarts.flatMap(ofUsers), context, missed),
    keys(WHERE.keys.flatMap(ofUsers), context, recent),
    scripts(await recentFiles(places, new RegExp(WHERE.executable, 'i'), context, recent), context, missed),
  ])
  return found.flat()
}

async function homesOf({ session, signal }: Context, missed: Gathered['missed']): Promise<string[]> {
  const found = await looking(WHERE.users, missed, signal, async () => (await contents(session, WHERE.users, { signal })).entries)
  const own = (found ?? []).filter(entry => isDirectory(entry) && !isReparsePoint(entry) && entry.filename !== 'Shared')
  return ['/var/root', ...own.map(({ path }) => path)]
}

async function autostarts(places: readonly string[], context: Context, missed: Gathered['missed']): Promise<Item[]> {
  const items: Item[] = []
  for await (const files of concurrentMap(places, path => filesAt(path, context, missed)))
    for (const entry of files) {
      const text = await textOf(entry, context, missed)
      if (text !== undefined) items.push(autostartItem(entry, text))
    }
  return items
}

/** Returns what a property list of launchd starts, or the lines of any other file. A binary property list is said by its name alone. */
function autostartItem(entry: Entry, text: string): Item {
  const isList = entry.path.endsWith('.plist')
  const words = isList ? wordsOf(text) : []
  const command = isList ? words.map(posixWord).join(' ') : linesOf(text).join('\n')
  const { facts, ...item } = fileItem(entry, 'autostart', entry.path)
  const label = isList ? valueOf(text, 'Label') : undefined
  return {
    ...item,
    command_line: command.replaceAll('\n', '; ').slice(0, 500),
    facts: { ...facts, command, text: words.join(' ') || command, program: words[0] ?? '', label: label ?? '' },
  }
}

/** The command line of a job of launchd. */
function wordsOf(list: string): string[] {
  const [, array = ''] = /<key>ProgramArguments<\/key>\s*<array>([^]*?)<\/array>/.exec(list) ?? []
  const words = array.split('</string>', MAX_WORDS).flatMap(part => elementText(`${part}</string>`, 'string') ?? [])
  const program = valueOf(list, 'Program')
  return words.length > 0 || program === undefined ? words : [program]
}

function valueOf(list: string, key: string): string | undefined {
  const at = list.indexOf(`<key>${key}</key>`)
  return at < 0 ? undefined : elementText(list.slice(at), 'string')
}

async function keys(paths: readonly string[], context: Context, { missed, sinceMs }: Recent): Promise<Item[]> {
  const items: Item[] = []
  for await (const files of concurrentMap(paths, path => filesAt(path, context, missed)))
    for (const entry of files) items.push(keysItem(entry, isRecent(entry, context, sinceMs)))
  return items
}
