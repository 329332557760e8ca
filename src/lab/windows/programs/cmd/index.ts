import { splitArguments } from '../../processes/command-line.ts'
import type { Program } from '../../processes/run.ts'
import { runBatch } from './batch.ts'
import { BUILTINS } from './builtins.ts'
import { Exit, NOT_RECOGNIZED_ERRORLEVEL, Shell } from './shell.ts'
import { versionLine } from './version.ts'

/** cmd.exe: `/c` and `/k` run what follows; without them it prints its banner and exits, as there is nobody at its keyboard. */
export const cmd: Program = async run => {
  const shell = new Shell(run, BUILTINS)
  const match = /(?:^|\s)\/[ckr]\s*/i.exec(run.tail)
  if (match === null) {
    run.print(`${versionLine(run.machine.seed.profile)}\n(c) Microsoft Corporation. All rights reserved.\n\n${run.directory}>`)
    return 0
  }
  if (/(^|\s)\/q/i.test(run.tail.slice(0, match.index))) shell.echo = false
  const line = stripQuotes(run.tail.slice(match.index + match[0].length).trim())
  try {
    const batch = await batchOf(shell, line)
    const code = batch === undefined ? await shell.line(line) : await runBatch(shell, batch.path, batch.args, run.streams)
    return code === NOT_RECOGNIZED_ERRORLEVEL ? 1 : code
  } catch (error) {
    if (error instanceof Exit) return error.code
    throw error
  }
}

/**
 * Applies the rule of `cmd /?`: when the line begins with a quote and isn't just one quoted program name without special characters, its
 * first and last quote are removed.
 */
function stripQuotes(line: string): string {
  if (!line.startsWith('"')) return line
  const oneName = (line.match(/"/g) ?? []).length === 2 && !/[&<>()@^|]/.test(line) && /^"[^"]*\.(exe|com|bat|cmd)"/i.test(line)
  const last = line.lastIndexOf('"')
  return oneName || last === 0 ? line : line.slice(1, last) + line.slice(last + 1)
}

/** When the line is just a batch file and its arguments, the batch file runs in this shell. */
async function batchOf(shell: Shell, line: string): Promise<{ path: string; args: string[] } | undefined> {
  const match = /^\s*(?:"([^"]+)"|([^\s"&|<>()]+))(.*)$/.exec(line)
  const name = match?.[1] ?? match?.[2] ?? ''
  const rest = match?.[3] ?? ''
  if (/[&|<>]/.test(rest) || !/\.(bat|cmd)$/i.test(name)) return undefined
  const found = await shell.run.machine.look(({ files }) => files.tryFind(name, shell.run.directory))
  return found === undefined ? undefined : { path: found.path, args: [name, ...splitArguments(rest)] }
}
