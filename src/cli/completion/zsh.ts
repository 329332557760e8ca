import type { Candidate, Dialect } from './dialect.ts'

const SCRIPT = `#compdef cbc
# zsh completion for cbc. Put this into ~/.zshrc, after compinit:
#   source <(cbc completion zsh)
# or write it into a directory of $fpath:
#   cbc completion zsh > "\${fpath[1]}/_cbc"

_cbc() {
  local typed=$PREFIX line
  local -a answer whole open
  # As the program would receive it: without quotes and escapes.
  case $compstate[quote] in
    '') typed=\${(Q)PREFIX} ;;
    '"') typed=\${(Q):-"\\"$PREFIX\\""} ;;
  esac
  answer=("\${(@f)$(command cbc __complete zsh "\${(@Q)words[2,CURRENT-1]}" "$typed" 2>/dev/null </dev/null)}")
  if [[ $answer[1] == files ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in "\${(@)answer[2,-1]}"; do
    if [[ $line == +* ]]; then open+=("\${line#?}"); else whole+=("\${line#?}"); fi
  done
  # Match names without regard to case.
  local any='m:{[:lower:][:upper:]}={[:upper:][:lower:]}'
  _describe -t values cbc whole -M "$any" -- open -M "$any" -S ''
}

# In $fpath this file is the function's body; sourced, it only defines it.
if [[ $funcstack[1] == _cbc ]]; then _cbc "$@"; else compdef _cbc cbc; fi
`

/** zsh quotes what it inserts by itself. Its candidates have the format of `_describe`. */
export const dialect: Dialect = {
  script: SCRIPT,
  read(asked) {
    return {
      line: { words: asked.slice(0, -1), typed: asked.at(-1) ?? '' },
      write: answer => (answer === 'files' ? 'files\n' : ['words', ...answer.map(described)].map(line => `${line}\n`).join('')),
    }
  },
}

/** Formats a candidate for `_describe`: it ends at the first colon that no backslash escapes. */
function described({ text, about, final }: Candidate): string {
  const value = text.replace(/[\\:]/g, '\\$&')
  return `${final ? '.' : '+'}${value}${about === undefined ? '' : `:${about.replaceAll('\\', '\\\\')}`}`
}
