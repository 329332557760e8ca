/**
 * Where the reader stands in the history while a line is read. What is edited on the way is kept, entry by entry, until the line is
 * done; the new line, the draft, is the entry after the last.
 */
export interface Recall {
  readonly entries: readonly string[]
  /** 0 … entries.length. */
  readonly index: number
  readonly edited: ReadonlyMap<number, string>
}

export function startRecall(entries: readonly string[]): Recall {
  return { entries, index: entries.length, edited: new Map() }
}

/** What stands at an index, as it was left. */
export function entryAt({ entries, edited }: Recall, index: number): string {
  return edited.get(index) ?? entries[index] ?? ''
}

/** Goes to another entry and leaves `text` where the reader stood. */
export function goTo(recall: Recall, text: string, index: number): Recall {
  return { ...recall, index, edited: new Map(recall.edited).set(recall.index, text) }
}

/** The next entry in direction `step` (-1 older, 1 newer), or undefined at the end. */
export function neighbour({ entries, index }: Recall, step: -1 | 1): number | undefined {
  const next = index + step
  return next >= 0 && next <= entries.length ? next : undefined
}

/** The next entry in that direction that starts with `prefix` and isn't what is there already. */
export function withPrefix(recall: Recall, step: -1 | 1, prefix: string, text: string): number | undefined {
  for (let index = recall.index + step; index >= 0 && index <= recall.entries.length; index += step) {
    const entry = entryAt(recall, index)
    if (entry.startsWith(prefix) && entry !== text) return index
  }
  return undefined
}
