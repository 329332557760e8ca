/** A piece of a pattern: a character, any one of them, or any number. */
type Piece = { character: string } | 'one' | 'any'

/**
 * A pattern with `*` and `?`, that regards no case. Quotes around (a part of) it are left out; a backslash takes the meaning from the
 * character after it, or stands for itself, as in `CORP\name`. Linear in memory, and never worse than pattern times text in time.
 * @param anywhere whether it is enough that the pattern is somewhere in the text
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

/** Goes along both, and back to the last `*` when they differ: it then takes one character more. */
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
