import { append } from '../../../../core/lists.ts'
import { listPath } from '../../fs/listing.ts'
import { isDirectory } from '../../fs/node.ts'
import { parsePath } from '../../fs/path.ts'
import { hasWildcards } from '../../fs/wildcards.ts'
import type { Run } from '../../processes/run.ts'
import { isWin32 } from '../../win32.ts'

/** The most iterations of a counting loop. */
const MAX_ITERATIONS = 100_000

/** Returns the items of a `for` loop: `(start,step,end)` with `/l`, otherwise words; words with `*` or `?` stand for the matching files. */
export async function loopItems(run: Run, set: string, counting: boolean): Promise<string[]> {
  if (counting) return counted(set)
  const words = [...set.matchAll(/"[^"]*"|[^\s,;="]+/g)].map(([word]) => word)
  const items: string[] = []
  for (const word of words) {
    if (hasWildcards(word)) append(items, await matching(run, word.replaceAll('"', '')))
    else items.push(word.replace(/^"(.*)"$/, words.length === 1 && set.startsWith('"') ? '$1' : '"$1"'))
  }
  return items
}

function counted(set: string): string[] {
  const [start = 0, step = 0, end = 0] = set.split(/[\s,]+/).map(Number)
  const items: string[] = []
  for (let at = start; items.length < MAX_ITERATIONS && step !== 0 && (step > 0 ? at <= end : at >= end); at += step) items.push(String(at))
  return items
}

async function matching(run: Run, pattern: string): Promise<string[]> {
  const prefix = pattern.slice(0, Math.max(pattern.lastIndexOf('\\'), pattern.lastIndexOf('/'), pattern.lastIndexOf(':')) + 1)
  try {
    return await run.machine.look(({ files }) =>
      listPath(files, parsePath(pattern, run.directory, true))
        .filter(({ found }) => !isDirectory(found.place.node))
        .map(({ name }) => prefix + name),
    )
  } catch (error) {
    if (isWin32(error)) return []
    throw error
  }
}
