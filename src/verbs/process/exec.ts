import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { commandLine, shellLine } from '../../remote/command-line.ts'
import { launch, runProgram, type ExecOptions } from '../../remote/exec.ts'
import { locateNew, locateOne } from '../../remote/locate.ts'
import { checkLength } from '../../remote/request-length.ts'
import { builtinIn } from '../../remote/shell-builtins.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, many, value } from '../define.ts'
import { ENCODING, PROGRAM_FIELDS, growingResult, programResult, programRow, readingOf, noticeCrash } from './output.ts'

export const exec = defineVerb({
  name: 'exec',
  summary: 'run a program and print its output',
  details:
    "exec waits for the program, prints its standard output and error, and leaves no file behind. A terminal shows the output while the program runs, if the endpoint allows reading it. One-shot without --json, the exit code is the program's own. " +
    "Put options of cbc before the command line: everything after the program's name belongs to the program, as with ssh and docker. On a terminal and in JSON the output is text, even if the program writes UTF-16 or a Windows code page; source_encoding names the original encoding, and output_encoding is base64 if the output is not text. A pipe gets the bytes unchanged. Quotes in a command for cmd.exe arrive as typed. " +
    'With --shell, a single word is taken as the whole command line. With several words, each stays one word, and the shell interprets only variables, patterns, and operators that stand alone. Ctrl-C ends the program.',
  examples: [
    { line: 'exec whoami', does: 'a program with its output' },
    { line: 'exec cmd.exe /c dir C:\\Users', does: 'a program with arguments' },
    { line: 'exec --shell "echo %COMPUTERNAME% & ver"', does: "a command line for the endpoint's shell" },
  ],
  effect: 'change',
  fields: PROGRAM_FIELDS,
  needs: ['create process'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { command: many('command-line', 'program and arguments') },
  options: {
    shell: flag('--shell', 'run through cmd.exe /c, or sh -c'),
    noWait: flag('--no-wait', "start the program and don't wait for it"),
    cwd: value('--cwd <dir>', 'remote directory to run in', { kind: 'remote-path' }),
    encoding: ENCODING,
    outputFile: value('--output-file <path>', 'write the output to this file on the endpoint, and keep it', { kind: 'remote-path' }),
  },
  check({ command }) {
    if (command.every(word => word.trim() === '')) throw usage('exec: the command line is empty')
    checkLength({ name: 'create process', path: command.join(' ') }, 'exec')
  },
  async plan({ command, shell, cwd, outputFile }, context) {
    const { session, directory } = context
    const { paths } = session
    const whole = (shell ? shellLine : commandLine)(command, paths.windows)
    const options = {
      directory: paths.bare(cwd === undefined ? directory : await locateOne(session, directory, cwd, context)),
      ...(outputFile === undefined ? {} : { outputFile: await locateNew(session, directory, outputFile, context) }),
    }
    const output = options.outputFile === undefined ? [] : [`its output goes to ${options.outputFile}`]
    return {
      targets: { whole, options },
      exact: { what: `run a program on ${session.label}`, to: [whole, `in ${options.directory}`, ...output] },
    }
  },
  async run({ command, shell, noWait, outputFile, encoding }, context, { whole, options }) {
    const { session, clock, progress, notice, signal, timeoutMs } = context
    const { paths } = session
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
      const ended = await runProgram(session, whole, { ...options, ...more }, { signal: stop, progress, timeoutMs }).catch(
        (error: unknown) => explained(error, command, shell, paths.windows),
      )
      noticeCrash(ended, command[0] ?? whole, notice)
      return ended
    }
    if (context.watched && outputFile === undefined)
      return growingResult((onOutput, stop) => run({ onOutput }, stop), signal, readingOf(encoding, context))
    return programResult(await run({}, signal), readingOf(encoding, context), clock, from)
  },
})

/** Adds a hint if the missing program is a built-in of the endpoint's shell. @throws the error in any case */
function explained(error: unknown, command: readonly string[], shell: boolean, windows: boolean): never {
  const builtin = shell ? undefined : builtinIn(command, windows)
  if (!(error instanceof CbcError) || (error.code !== 'not_found' && error.code !== 'remote') || builtin === undefined) throw error
  throw error.with(error.message, {
    hint: `${builtin} is a command of ${windows ? 'cmd.exe' : "the endpoint's shell"}, not a program: exec --shell ${command.join(' ')}`,
  })
}
