import { locateOne } from '../../remote/locate.ts'
import { checkScript, runScript } from '../../remote/script.ts'
import { any, defineVerb, LONG_WORK_TIMEOUT_MS, required, value } from '../define.ts'
import { ENCODING, PROGRAM_FIELDS, programResult, readingOf, tellCrash } from './output.ts'

export const script = defineVerb({
  name: 'script',
  summary: 'run a script of this machine on the endpoint and print its output',
  details:
    "The script goes to the endpoint's temporary directory, is run, and is deleted again, also when it fails or is cancelled. By its extension it is run by PowerShell (.ps1), " +
    "cmd.exe (.bat, .cmd), Python (.py) or the shell (.sh); elsewhere than on Windows its first line (#!) goes before. It arrives fit for what runs it: with a byte order mark for PowerShell where it has letters beyond ASCII, with LF for a shell, with CRLF and in the code page of the endpoint's console for cmd.exe (as UTF-8 where the file sets that itself, by chcp 65001). What follows the file is the script's own; options of cbc come before it. " +
    "One-shot, without --json, the exit code is the script's own. In arguments of a batch file cmd.exe expands %NAME%.",
  examples: [
    { line: 'script collect.ps1', does: 'a PowerShell script' },
    { line: 'script greet.bat "two words" three', does: 'a batch file with arguments' },
    { line: 'script --interpreter "findstr.exe /n ." notes.txt', does: 'a file of any kind, and what reads it' },
  ],
  effect: 'change',
  fields: PROGRAM_FIELDS,
  needs: ['put file', 'create process'],
  patience: LONG_WORK_TIMEOUT_MS,
  arguments: { file: required('local-path', 'script on this machine'), args: any('command-line', 'its arguments') },
  options: {
    encoding: ENCODING,
    interpreter: value('--interpreter <command>', 'what runs it: python3, or a path on the endpoint'),
    cwd: value('--cwd <dir>', 'remote directory to run in', { kind: 'remote-path' }),
  },
  check({ file, args, interpreter }) {
    checkScript(file, args, interpreter)
  },
  async checkLocal({ file }, files) {
    await files.open(file)
  },
  async run({ file, args, interpreter, cwd, encoding }, context) {
    const { session, directory, local, clock, progress, notice, signal, patience } = context
    const { paths } = session
    const source = await local.open(file)
    const from = clock.monotonic()
    const options = { directory: paths.bare(cwd === undefined ? directory : await locateOne(session, directory, cwd, context)) }
    const ended = await runScript(session, { source, args, ...(interpreter === undefined ? {} : { interpreter }) }, options, {
      signal,
      progress,
      patience,
    })
    tellCrash(ended, source.name, notice)
    return programResult(ended, readingOf(encoding, context), clock, from)
  },
})
