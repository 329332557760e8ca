import { largest } from '../../core/lists.ts'
import type { Candidate, Dialect } from './dialect.ts'
import { lex, POSIX, type Lexed } from '../../engine/lex-shell.ts'

const SCRIPT = `# bash completion for cbc. Put this into ~/.bashrc:
#   source <(cbc completion bash)
# or, where the package bash-completion is installed, write it where that finds it:
#   cbc completion bash > ~/.local/share/bash-completion/completions/cbc

_cbc() {
  local kind line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <(command cbc __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" "\${COLUMNS:-80}" 2>/dev/null </dev/null)
  # Without candidates bash completes paths by itself.
  [[ $kind == files ]] || compopt +o default 2>/dev/null
  [[ $kind == open ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _cbc cbc
`

/** COMP_TYPE of `menu-complete` and `insert-completions`: what is answered goes into the line, and not only into a list. */
const INSERTS = ['37', '42']

/** Readline replaces the part of the word after its last break, or after the quote that is open, with what is answered. */
export const dialect: Dialect = {
  script: SCRIPT,
  read([text = '', breaks = '', type = '', columns = '']) {
    const lexed = lex(text, { ...POSIX, breaks })
    return {
      line: { words: lexed.words.slice(1), typed: lexed.typed, redirected: lexed.redirected },
      write: answer => (answer === 'files' ? 'files\n' : replies(answer, lexed, !INSERTS.includes(type), Number(columns) || 80)),
    }
  },
}

function replies(candidates: readonly Candidate[], lexed: Lexed, listed: boolean, columns: number): string {
  // Which part of a word readline replaces is not known once a quote was closed in it.
  const possible = lexed.closed ? [] : candidates
  const before = lexed.raw.slice(0, lexed.quote === '' ? lexed.breaksAt : lexed.quotedFrom)
  const kept = lex(before, POSIX).typed.length
  const quoted = possible.map(({ text }) => quote(text.slice(kept), lexed.quote))
  const kind = possible.length === 1 && possible[0]?.final === false ? 'open' : 'words'
  const shown = listed && possible.length > 1 ? described(quoted, possible, columns) : quoted
  return [kind, ...shown].map(line => `${line}\n`).join('')
}

/** Candidates with what they are. Of that nothing is ever inserted: before it the candidates differ already. */
function described(quoted: readonly string[], candidates: readonly Candidate[], columns: number): string[] {
  const width = largest(quoted.map(({ length }) => length))
  const room = columns - width - 6
  return quoted.map((text, at) => {
    const about = candidates[at]?.about
    return about === undefined || room < 8
      ? text
      : `${text.padEnd(width)}  (${about.length > room ? `${about.slice(0, room - 1)}…` : about})`
  })
}

/** A word so that bash reads it as it is, typed after the quote that is open. */
export function quote(text: string, open: Lexed['quote']): string {
  if (open === "'") return text.replaceAll("'", "'\\''")
  // Between double quotes no backslash hides an exclamation mark from the history's expansion.
  if (open === '"') return text.replace(/["$`\\]/g, '\\$&').replaceAll('!', '"\'!\'"')
  return text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&')
}
