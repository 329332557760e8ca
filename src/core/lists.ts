/** Adds any number of items to the end of a list. Spread into `push`, they would all lie on the stack. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}

/** Returns the largest of some numbers, and at least `least`. Spread into `Math.max`, they would all lie on the stack. */
export function largest(numbers: Iterable<number>, least = 0): number {
  let most = least
  for (const number of numbers) if (number > most) most = number
  return most
}

/** Returns the first lines, followed by how many more there are. */
export function firstOf(lines: readonly string[], most: number): string[] {
  return lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : [...lines]
}
