/**
 * `*` and `?` as FindFirstFile takes them: `*.*` is every name, `?` is one character or none where the name (or the part before a dot)
 * is over, a dot before a wildcard also fits the end of a name, and `*.` fits names without a dot.
 */

/** Any number of characters; one character, or none at the end or before a dot; a dot, or the end; that very character. */
interface Step {
  kind: 'any' | 'one' | 'dot' | 'char'
  char: string
}

export function hasWildcards(text: string): boolean {
  return /[*?]/.test(text)
}

/** A test of names against one pattern, case-insensitive. */
export function wildcard(pattern: string): (name: string) => boolean {
  if (pattern === '*' || pattern === '*.*') return () => true
  if (pattern.length > 1 && pattern.endsWith('*.')) {
    const stem = steps(pattern.slice(0, -1))
    return name => !name.includes('.') && matches(stem, name.toLowerCase())
  }
  const program = steps(pattern)
  return name => matches(program, name.toLowerCase())
}

function steps(pattern: string): Step[] {
  const chars = [...pattern.toLowerCase()]
  return chars.map((char, at): Step => {
    if (char === '*') return { kind: 'any', char }
    if (char === '?') return { kind: 'one', char }
    if (char === '.' && /[*?]/.test(chars[at + 1] ?? '')) return { kind: 'dot', char }
    return { kind: 'char', char }
  })
}

/** All places in the pattern that can be reached, character by character: linear in the name, whatever the pattern. */
function matches(program: Step[], name: string): boolean {
  const chars = [...name]
  let places = closure(program, new Set([0]), chars[0])
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    const next = new Set<number>()
    for (const place of places) {
      const step = program[place]
      if (step === undefined) continue
      if (step.kind === 'any') next.add(place)
      else if (step.kind === 'one' || step.char === char) next.add(place + 1)
    }
    places = closure(program, next, chars[at + 1])
  }
  return places.has(program.length)
}

/** Adds the places that are reached without a character, `next` being the one to come (undefined at the end of the name). */
function closure(program: Step[], places: Set<number>, next: string | undefined): Set<number> {
  for (const place of places) {
    const kind = program[place]?.kind
    const skips = kind === 'any' || (kind === 'one' && (next === undefined || next === '.')) || (kind === 'dot' && next === undefined)
    if (skips) places.add(place + 1)
  }
  return places
}
