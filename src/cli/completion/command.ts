import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { object } from '../../core/result.ts'
import { choice } from '../../verbs/define.ts'
import { SHELLS } from './answer.ts'

/** `cbc completion`. */
export const completion = defineProgramVerb({
  summary: "print a script that makes a shell complete cbc's commands with Tab",
  details:
    'It completes commands, options and their values, profiles, names of devices, and paths on this machine. Names of devices are looked up with the profile ' +
    'that the command line names, and remembered for five minutes.',
  examples: [
    { line: 'source <(cbc completion bash)', does: 'bash: a line for ~/.bashrc' },
    { line: 'source <(cbc completion zsh)', does: 'zsh: a line for ~/.zshrc, after compinit' },
    { line: 'cbc completion fish > ~/.config/fish/completions/cbc.fish', does: 'fish: run it once' },
    { line: 'cbc completion powershell | Out-String | Invoke-Expression', does: 'PowerShell: a line for the file that $PROFILE names' },
  ],
  example: line => line,
  fields: [],
  arguments: {
    shell: choice(
      Object.keys(SHELLS),
      Object.keys(SHELLS)
        .join(', ')
        .replace(/, (\w+)$/, ' or $1'),
    ),
  },
  options: {},
  async run({ shell }) {
    const script = (await SHELLS[shell]?.())?.script ?? ''
    return { ...object({ shell, script }), text: script }
  },
})
