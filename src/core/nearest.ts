/** How many names are suggested. */
const MAX_SUGGESTIONS = 3

/**
 * The names that `typed` may have been meant for, the likeliest first: names that differ only in case, that begin with it or contain it, or
 * that are a few edits away.
 */
export function nearest(typed: string, names: readonly string[]): string[] {
  const wanted = typed.trim().toLowerCase()
  if (wanted === '') return []
  return [...new Set(names)]
    .map(name => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name)
}

function distanceOf(wanted: string, name: string): number {
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 0.3
  if (name.includes(wanted)) return 0.6
  return name.length > 200 ? Infinity : edits(wanted, name)
}

/** The number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function edits(from: string, to: string): number {
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    ;[before, above] = [above, row]
  }
  return above[to.length] ?? 0
}
