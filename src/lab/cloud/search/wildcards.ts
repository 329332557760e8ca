/** A piece of a pattern: a character, any one character, or any number of characters. */
type Piece = { character: string } | 'one' | 'any'

/**
 * Compiles a case-insensitive pattern with `*` and `?`. Quotes around (a part of) it are ignored; a backslash makes a special character
 * literal, and is itself literal before any other, as in `CORP\name`. Memory is linear, time at most pattern length times text length.
 * @param anywhere whether the pattern may match anywhere in the text
 */
export function compileWildcards(pattern: string, anywhere: boolean): (text: string) => boolean {
  const pieces = (pattern.toLowerCase().match(/\\[\\:"*?()\s+-]|[\s\S]/g) ?? []).flatMap(pieceOf)
  const all: Piece[] = anywhere ? ['any', ...pieces, 'any'] : pieces
  return text => matches(all, text.toLowerCase())
}

function pieceOf(source: string): Piece[] {
  if (source === '"') return []
  if (source === '*') return ['any']
  if (source === '?') return ['one']
  return [{ character: source.length === 2 ? source.slice(1) : source }]
}

/** Matches greedily; on a mismatch it goes back to the last `*`, which then takes one more character. */
function matches(pieces: readonly Piece[], text: string): boolean {
  let [at, piece] = [0, 0]
  let star: { at: number; piece: number } | undefined
  while (at < text.length) {
    const here = pieces[piece]
    if (here === 'any') star = { at, piece: ++piece }
    else if (here === 'one' || here?.character === text[at]) [at, piece] = [at + 1, piece + 1]
    else if (star === undefined) return false
    else [at, piece] = [++star.at, star.piece]
  }
  return pieces.slice(piece).every(rest => rest === 'any')
}
