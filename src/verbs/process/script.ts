import type { ExecOptions } from '../../remote/exec.ts'
import { locateOne } from '../../remote/locate.ts'
import { checkScript, runScript } from '../../remote/script.ts'
import { any, defineVerb, LONG_WORK_TIMEOUT_MS, required, value } from '../define.ts'
import { ENCODING, PROGRAM_FIELDS, growingResult, programResult, readingOf, noticeCrash } from './output.ts'

export const script = defineVerb({
  name: 'script',
  summary: 'run a local script on the endpoint and print its output',
  details:
    "The script is copied to the endpoint's temporary directory, run, and deleted again, even if it fails or is cancelled. Its extension decides whether PowerShell (.ps1), " +
    "cmd.exe (.bat, .cmd), Python (.py) or the shell (.sh) runs it; except on Windows, its first line (#!) takes precedence. The text is adapted to the interpreter: PowerShell gets a byte order mark if there are characters beyond ASCII, a shell gets LF line ends, and cmd.exe gets CRLF and the code page of the endpoint's console (UTF-8 if the file selects that itself with chcp 65001). Everything after the file belongs to the script; put options of cbc before it. " +
    "A terminal shows the output while the script runs, if the endpoint allows reading it. One-shot without --json, the exit code is the script's own. cmd.exe expands %NAME% in the arguments of a batch file.",
  examples: [
    { line: 'script collect.ps1', does: 'a PowerShell script' },
    { line: 'script greet.bat "two words" three', does: 'a batch file with arguments' },
    { line: 'script --interpreter "findstr.exe /n ." notes.txt', does: 'any kind of file, with a program that reads it' },
  ],
  effect: 'change',
  fields: PROGRAM_FIELDS,
  needs: ['put file', 'create process'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: { file: required('local-path', 'local script'), args: any('command-line', 'arguments of the script') },
  options: {
    encoding: ENCODING,
    interpreter: value('--interpreter <command>', 'program that runs it: python3, or a path on the endpoint'),
    cwd: value('--cwd <dir>', 'remote directory to run in', { kind: 'remote-path' }),
  },
  check({ file, args, interpreter }) {
    checkScript(file, args, interpreter)
  },
  async checkLocal({ file }, files) {
    await files.open(file)
  },
  async run({ file, args, interpreter, cwd, encoding }, context) {
    const { session, directory, local, clock, progress, notice, signal, timeoutMs } = context
    const { paths } = session
    const source = await local.open(file)
    const from = clock.monotonic()
    const options = { directory: paths.bare(cwd === undefined ? directory : await locateOne(session, directory, cwd, context)) }
    const run = async (more: Pick<ExecOptions, 'onOutput'>, stop: AbortSignal) => {
      const what = { source, args, ...(interpreter === undefined ? {} : { interpreter }) }
      const ended = await runScript(session, what, { ...options, ...more }, { signal: stop, progress, timeoutMs })
      noticeCrash(ended, source.name, notice)
      return ended
    }
    if (context.watched) return growingResult((onOutput, stop) => run({ onOutput }, stop), signal, readingOf(encoding, context))
    return programResult(await run({}, signal), readingOf(encoding, context), clock, from)
  },
})
