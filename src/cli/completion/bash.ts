import { largest } from '../../core/lists.ts'
import type { Candidate, Dialect } from './dialect.ts'
import { lex, POSIX, type Lexed } from '../../engine/lex-shell.ts'

const SCRIPT = `# bash completion for cbc. Put this into ~/.bashrc:
#   source <(cbc completion bash)
# or, if the package bash-completion is installed, write it to where that looks:
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

/** COMP_TYPE of `menu-complete` and `insert-completions`: the answer goes into the line, and not only into a list. */
const INSERTS = ['37', '42']

/** Readline replaces the part of the word after its last break, or after the open quote, with the answer. */
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
  // If a quote was closed within the word, there is no telling which part of it readline replaces.
  const possible = lexed.closed ? [] : candidates
  const before = lexed.raw.slice(0, lexed.quote === '' ? lexed.breaksAt : lexed.quotedFrom)
  const kept = lex(before, POSIX).typed.length
  const quoted = possible.map(({ text }) => quote(text.slice(kept), lexed.quote))
  const kind = possible.length === 1 && possible[0]?.final === false ? 'open' : 'words'
  const shown = listed && possible.length > 1 ? described(quoted, possible, columns) : quoted
  return [kind, ...shown].map(line => `${line}\n`).join('')
}

/** Adds descriptions to candidates for a list. They are never inserted: readline inserts the common prefix, and the candidates differ. */
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

/** Quotes a word for bash, to be typed after the open quote, if there is one. */
export function quote(text: string, open: Lexed['quote']): string {
  if (open === "'") return text.replaceAll("'", "'\\''")
  // Between double quotes a backslash does not protect an exclamation mark from history expansion.
  if (open === '"') return text.replace(/["$`\\]/g, '\\$&').replaceAll('!', '"\'!\'"')
  return text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&')
}
