/**
 * `*` and `?` with the meaning that FindFirstFile gives them: `*.*` matches every name; `?` matches one character, or none at the end of
 * the name (or of the part before a dot); a dot before a wildcard also matches the end of a name; `*.` matches names without a dot.
 */

/**
 * The kinds of pieces: any number of characters; one character, or none at the end or before a dot; a dot, or the end; a literal character.
 */
interface Step {
  kind: 'any' | 'one' | 'dot' | 'char'
  char: string
}

export function hasWildcards(text: string): boolean {
  return /[*?]/.test(text)
}

/** Compiles a pattern into a case-insensitive test of names. */
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

/**
 * Tracks all positions in the pattern that can be reached, character by character: the time is linear in the name, whatever the pattern.
 */
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

/** Adds the positions that are reached without consuming a character; `next` is the next one (undefined at the end of the name). */
function closure(program: Step[], places: Set<number>, next: string | undefined): Set<number> {
  for (const place of places) {
    const kind = program[place]?.kind
    const skips = kind === 'any' || (kind === 'one' && (next === undefined || next === '.')) || (kind === 'dot' && next === undefined)
    if (skips) places.add(place + 1)
  }
  return places
}
