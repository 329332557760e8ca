import { z } from 'zod'
import { MAX_CHARS, MAX_ITEMS, type Definition, type Source } from './definition.ts'

const text = z.string().max(MAX_CHARS)
const yes = z
  .string()
  .nullish()
  .transform(value => value?.toLowerCase() === 'true')

const target = z
  .object({
    Name: text.optional(),
    Path: text.min(1),
    FileMask: text.nullish(),
    Recursive: yes,
    AlwaysAddToQueue: yes,
  })
  .transform(({ Path, FileMask, Recursive, AlwaysAddToQueue }): Source => {
    const path = Path.trim()
    const mask = FileMask?.trim() ?? ''
    if (/\.tkape$/i.test(path)) return { type: 'group', platforms: [], names: [path] }
    // Another folder of targets, named without a drive.
    if (!/^(?:[A-Za-z]:|\\\\|%)/.test(path)) return { type: 'group', platforms: [], names: [path.replaceAll('/', '\\')] }
    if (AlwaysAddToQueue) return { type: 'raw', platforms: [], path: `${path.replace(/\\?$/, '\\')}${mask}` }
    return {
      type: 'files',
      content: true,
      platforms: [],
      patterns: [{ path, separator: '\\', mask: mask === '' ? '*' : mask, recursive: Recursive }],
    }
  })

const file = z.object({
  Description: z.string().nullish(),
  Targets: z.array(target).min(1, 'has no targets').max(MAX_ITEMS),
})

/** Checks a KAPE target file. Its name is that of the file: `EventLogs.tkape` is EventLogs. */
export function kapeTarget(value: unknown, path: string) {
  const name = (path.split(/[\\/]/).at(-1) ?? '').replace(/\.tkape$/i, '')
  return file
    .transform(({ Description, Targets }): Omit<Definition, 'line'> => ({
      name,
      aliases: [],
      set: 'kape',
      doc: Description?.trim() ?? '',
      platforms: ['Windows'],
      sources: Targets,
      urls: [],
      file: path,
    }))
    .safeParse(value)
}
