import { concurrentMap } from '../../core/concurrent-map.ts'
import type { Context } from '../define.ts'
import type { Gathered, Item } from './item.ts'
import { filesAt, textOf } from './places.ts'
import data from './rules.json' with { type: 'json' }
import { fileItem, recentFiles } from './windows.ts'

const { linux: WHERE } = data

/** Returns what starts by itself on Linux and its like, and programs that came lately. @param sinceMs how long ago is lately, milliseconds */
export async function linuxItems(context: Context, missed: Gathered['missed'], sinceMs: number): Promise<Item[]> {
  const items: Item[] = []
  for await (const files of concurrentMap(WHERE.autostarts, path => filesAt(path, context, missed)))
    for (const entry of files) {
      const text = await textOf(entry, context, missed)
      if (text === undefined) continue
      const active = text.split('\n').filter(line => !/^\s*(?:#|$)/.test(line))
      const item = fileItem(entry, 'autostart', entry.path)
      items.push({
        ...item,
        command_line: active.join('; ').slice(0, 500),
        facts: { ...item.facts, command: active.join('\n'), text: active.join('\n') },
      })
    }
  return [...items, ...(await recentFiles(WHERE.recent, new RegExp(WHERE.executable, 'i'), context, { missed, sinceMs }))]
}
