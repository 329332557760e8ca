import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { commandLine, shellLine } from '../../remote/command-line.ts'
import { launch, runProgram, type ExecOptions } from '../../remote/exec.ts'
import { locateNew, locateOne } from '../../remote/locate.ts'
import { checkLength } from '../../remote/request-length.ts'
import { builtinIn } from '../../remote/shell-builtins.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, many, value } from '../define.ts'
import { ENCODING, PROGRAM_FIELDS, growingResult, programResult, programRow, readingOf, tellCrash } from './output.ts'

export const exec = defineVerb({
  name: 'exec',
  summary: 'run a program and print its output',
  details:
    "It waits for the program, prints what it wrote to standard output and error, on a terminal while it runs where the endpoint lets that be read, and leaves no file behind. One-shot, without --json, the exit code is the program's own. " +
    "Options of cbc come before the command line: what follows the program's name belongs to the program, as with ssh and docker. On a terminal and in JSON the output is text, also where the program writes UTF-16 or in a code page of Windows; source_encoding says what it was in, and output_encoding is base64 where it is no text. In a pipe it is the bytes as they are. What is for cmd.exe arrives with its quotes as they were typed. " +
    "With --shell one word is a whole line; of several each stays one, and only variables, patterns and operators that stand alone are the shell's. Ctrl-C ends the program.",
  examples: [
    { line: 'exec whoami', does: 'a program with its output' },
    { line: 'exec cmd.exe /c dir C:\\Users', does: 'with arguments' },
    { line: 'exec --shell "echo %COMPUTERNAME% & ver"', does: "a line for the endpoint's own shell" },
  ],
  effect: 'change',
  fields: PROGRAM_FIELDS,
  needs: ['create process'],
  patience: LONG_WORK_TIMEOUT_MS,
  arguments: { command: many('command-line', 'program and arguments') },
  options: {
    shell: flag('--shell', 'through cmd.exe /c, or sh -c'),
    noWait: flag('--no-wait', "start it and don't wait"),
    cwd: value('--cwd <dir>', 'remote directory to run in', { kind: 'remote-path' }),
    encoding: ENCODING,
    outputFile: value('--output-file <path>', 'write the output there on the endpoint, and keep it', { kind: 'remote-path' }),
  },
  check({ command }) {
    if (command.every(word => word.trim() === '')) throw usage('exec: the command line is empty')
    checkLength({ name: 'create process', path: command.join(' ') }, 'exec')
  },
  async run({ command, shell, noWait, cwd, outputFile, encoding }, context) {
    const { session, directory, clock, progress, notice, signal, patience } = context
    const { paths } = session
    const whole = (shell ? shellLine : commandLine)(command, paths.windows)
    const options = {
      directory: paths.bare(cwd === undefined ? directory : await locateOne(session, directory, cwd, context)),
      ...(outputFile === undefined ? {} : { outputFile: await locateNew(session, directory, outputFile, context) }),
    }
    const from = clock.monotonic()
    if (noWait) {
      const started = await launch(session, whole, options, { signal }).catch((error: unknown) =>
        explained(error, command, shell, paths.windows),
      )
      return object(programRow(started, { text: '', encoding: 'utf8', source: null }, clock.monotonic() - from), [
        { key: 'process_pid', title: 'pid' },
        { key: 'return_code', title: 'return code' },
      ])
    }
    progress.step(`Running ${whole} on ${session.label}`)
    const run = async (more: Pick<ExecOptions, 'onOutput'>, stop: AbortSignal) => {
      const ended = await runProgram(session, whole, { ...options, ...more }, { signal: stop, progress, patience }).catch(
        (error: unknown) => explained(error, command, shell, paths.windows),
      )
      tellCrash(ended, command[0] ?? whole, notice)
      return ended
    }
    if (context.watched && outputFile === undefined)
      return growingResult((onOutput, stop) => run({ onOutput }, stop), signal, readingOf(encoding, context))
    return programResult(await run({}, signal), readingOf(encoding, context), clock, from)
  },
})

/** What is no program may be a command of the endpoint's shell. @throws the error, with that said */
function explained(error: unknown, command: readonly string[], shell: boolean, windows: boolean): never {
  const builtin = shell ? undefined : builtinIn(command, windows)
  if (!(error instanceof CbcError) || (error.code !== 'not_found' && error.code !== 'remote') || builtin === undefined) throw error
  throw error.with(error.message, {
    hint: `${builtin} is a command of ${windows ? 'cmd.exe' : "the endpoint's shell"} and no program: exec --shell ${command.join(' ')}`,
  })
}
