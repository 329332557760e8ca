import type { Dialect } from './dialect.ts'
import { FISH, lex } from '../../engine/lex-shell.ts'

const SCRIPT = `# fish completion for cbc:
#   cbc completion fish > ~/.config/fish/completions/cbc.fish

function __cbc_complete
    set -l line (commandline --current-process --cut-at-cursor | string collect --allow-empty)
    set -l answer (command cbc __complete fish "$line" 2>/dev/null </dev/null)
    set -g __cbc_answer $answer[2..]
    # Without candidates fish completes paths by itself.
    test "$answer[1]" != files
end

complete --command cbc --erase
complete --command cbc --condition __cbc_complete --no-files --arguments '$__cbc_answer'
`

/** fish quotes what it inserts by itself. */
export const dialect: Dialect = {
  script: SCRIPT,
  read([text = '']) {
    const { words, typed, redirected } = lex(text, FISH)
    return {
      line: { words: words.slice(1), typed, redirected },
      write: answer =>
        answer === 'files'
          ? 'files\n'
          : ['words', ...answer.map(({ text, about }) => (about === undefined ? text : `${text}\t${about}`))]
              .map(line => `${line}\n`)
              .join(''),
    }
  },
}
