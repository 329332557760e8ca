import { encodeBytes, object } from '../../core/result.ts'
import { commandLine, execute, launch } from '../../remote/exec.ts'
import { defineVerb, flag, HOURS, many, value } from '../define.ts'

export const exec = defineVerb({
  name: 'exec',
  summary: 'run a program and print its output',
  details: 'It waits for the program, prints what it wrote to standard output and error, and leaves no file behind. One-shot, without --json, the exit code is the program\'s own. '
    + 'Options of cbc come before the command line, or at its very end; after -- everything belongs to the program. Ctrl-C ends the program.',
  examples: [
    { line: 'exec whoami', does: 'a program with its output' },
    { line: 'exec cmd.exe /c dir C:\\Users', does: 'with arguments' },
    { line: 'exec --shell "echo %COMPUTERNAME% & ver"', does: 'a line for the endpoint\'s own shell' },
  ],
  effect: 'change',
  needs: ['create process'],
  patience: HOURS,
  arguments: { command: many('command-line', 'program and arguments') },
  options: {
    shell: flag('--shell', 'through cmd.exe /c, or sh -c'),
    noWait: flag('--no-wait', 'start it and don\'t wait'),
    cwd: value('--cwd <dir>', 'remote directory to run in', { kind: 'remote-path' }),
    outputFile: value('--output-file <path>', 'write the output there on the endpoint, and keep it', { kind: 'remote-path' }),
  },
  async run({ command, shell, noWait, cwd, outputFile }, { session, directory, clock, progress, signal, patience }) {
    const { windows } = session.paths
    const line = commandLine(command, windows)
    const whole = !shell ? line : windows ? `cmd.exe /c "${command.length === 1 ? line : command.join(' ')}"` : commandLine(['/bin/sh', '-c', command.join(' ')], false)
    const options = {
      directory: session.paths.bare(cwd === undefined ? directory : session.paths.resolve(directory, cwd)),
      ...(outputFile === undefined ? {} : { outputFile: session.paths.resolve(directory, outputFile) }),
    }
    const from = clock.now()
    if (noWait) return object({ process_pid: await launch(session, whole, options, { signal }) }, [{ key: 'process_pid', title: 'pid' }])
    progress.step(`Running ${whole} on ${session.label}`)
    const { process_pid, return_code, output } = await execute(session, whole, options, { signal, progress, patience })
    const { text, encoding } = encodeBytes(output)
    return {
      kind: 'bytes',
      bytes: once(output),
      object: () => ({ process_pid, return_code, output: text, output_encoding: encoding, duration_ms: clock.now() - from }),
      exitCode: return_code ?? 0,
    }
  },
})

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
