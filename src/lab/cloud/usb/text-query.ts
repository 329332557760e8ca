import type { Test } from '../search/search.ts'

/**
 * Returns "a plaintext value search": each word of the query must occur in one of an item's texts, in any case.
 * An empty query, `*` and `*:*` match everything.
 */
export function containing<T>(textsOf: (item: T) => readonly string[]): (query: string) => Test<T> {
  return query => {
    const words = query
      .toLowerCase()
      .split(/\s+/)
      .filter(word => !['', '*', '*:*'].includes(word))
    if (words.length === 0) return () => true
    return item => {
      const texts = textsOf(item).map(text => text.toLowerCase())
      return words.every(word => texts.some(text => text.includes(word)))
    }
  }
}
