import { CbcError, usage } from '../core/errors.ts'
import { any, flag, optional, type Kind } from '../engine/catalog.ts'
import type { CommandNode, Spec } from '../engine/spec.ts'
import { stat } from '../engine/remote.ts'
import type { Shell } from './shell.ts'

/** A command that only makes sense in the shell. */
interface Builtin extends Spec {
  name: string
  run(shell: Shell, input: Record<string, unknown>): Promise<void> | void
}

const only = (name: string, summary: string, run: Builtin['run'], argument?: { name: string, kind: Kind, summary: string }): Builtin => ({
  name, summary, run, examples: [], options: {},
  arguments: argument === undefined ? {} : { [argument.name]: optional(argument.kind, argument.summary) },
})

const BUILTINS: readonly Builtin[] = [
  only('cd', 'change the remote directory; - is the one before', changeDirectory, { name: 'path', kind: 'remote-path', summary: 'directory; none: where the session began' }),
  only('pwd', 'print the remote directory', shell => shell.print(`${shell.directory}\n`)),
  { ...only('help', 'list the commands, or explain one', (shell, { command }) => shell.help(command as string[])), arguments: { command: any('text', 'a command') } },
  only('history', 'print the lines of before', shell => shell.print(shell.history().map((line, at) => `${String(at + 1).padStart(5)}  ${line}\n`).join(''))),
  only('clear', 'clear the screen', shell => shell.clear()),
  only('detach', 'leave, and leave the session open', shell => {
    shell.session.detach()
    shell.leave()
  }),
  {
    ...only('set', 'set -e: a script ends at the first error; set +e: it goes on', setOption, { name: 'off', kind: 'text', summary: '+e' }),
    options: { errexit: flag('-e', 'end a script at the first error') },
  },
  only('exit', 'close the session and leave (also Ctrl-D)', (shell, { code }) => {
    if (code !== undefined && !/^\d{1,3}$/.test(String(code))) throw usage(`exit: "${String(code)}" is not an exit code`)
    shell.leave(code === undefined ? undefined : Number(code))
  }, { name: 'code', kind: 'text', summary: 'exit code of cbc' }),
]

/** The shell's own commands as nodes of its command tree. */
export function builtinNodes(shell: Shell): CommandNode[] {
  return BUILTINS.map(builtin => ({
    name: builtin.name,
    load: async () => ({
      spec: builtin,
      async run({ input }) {
        await builtin.run(shell, input)
        return 0
      },
    }),
  }))
}

function setOption(shell: Shell, { errexit, off }: Record<string, unknown>): void {
  if ((errexit === true) === (off !== undefined) || (off !== undefined && off !== '+e')) throw usage('set: say -e or +e')
  shell.failFast = errexit === true
}

async function changeDirectory(shell: Shell, { path }: Record<string, unknown>): Promise<void> {
  const { session } = shell
  const typed = path === undefined ? session.home : path === '-' ? shell.previous : String(path)
  const target = session.paths.bare(session.paths.resolve(shell.directory, typed))
  const found = await stat(session, target, { signal: shell.signal })
  if (!found.attributes.includes('DIRECTORY')) throw new CbcError('remote', `${target}: is not a directory`, { device_id: session.device.id })
  shell.previous = shell.directory
  shell.directory = target
}
