import { CbcError } from '../../core/errors.ts'
import { encodeBytes, type Row } from '../../core/result.ts'
import { shortened } from '../../core/text/shorten.ts'
import type { ProgramWish, Wishes } from '../../artifacts/wishes.ts'
import { commandLine } from '../../remote/command-line.ts'
import { execute } from '../../remote/exec.ts'
import type { Context } from '../define.ts'
import type { Gathered } from './gathered.ts'

/**
 * Runs the programs that artifacts ask for, one after the other, and keeps what they print. Where nothing may be changed, none is run: what a program does is its own to decide.
 * @throws CbcError interrupted
 */
export async function collectPrograms({ programs }: Wishes, gathered: Gathered, context: Context): Promise<void> {
  const { session, readOnly, signal, progress, timeoutMs } = context
  for (const program of programs) {
    const { artifact } = program
    const line = lineOf(program, session.paths.windows)
    if (session.planning) session.plan({ name: 'create process', path: line })
    else if (readOnly) gathered.skipped(artifact, line, 'it runs a program, which --read-only refuses')
    else {
      progress.step(`Running ${line} on ${session.label}`)
      try {
        const { output, return_code } = await execute(session, line, {}, { signal, progress, timeoutMs })
        const result = resultOf(program, output)
        if (result === undefined) continue
        gathered.found(artifact)
        gathered.result(artifact, program.type === 'wmi' ? 'wmi' : 'commands', { ...result, return_code })
      } catch (error) {
        if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
        // A program that isn't there has nothing to say.
        if (error.code !== 'not_found') gathered.failed(artifact, line, error)
      }
    }
  }
}

function lineOf(program: ProgramWish, windows: boolean): string {
  if (program.type === 'command') return commandLine([program.cmd, ...program.args], windows)
  const { query, namespace } = program
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`
  const script = `Get-CimInstance -Query ${text(query)}${namespace === '' ? '' : ` -Namespace ${text(namespace)}`} | ConvertTo-Json -Depth 3 -Compress`
  return commandLine(['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script], windows)
}

/** What a program printed; nothing where the class that was asked for doesn't exist. @throws CbcError remote: the query failed */
function resultOf(program: ProgramWish, output: Uint8Array): Row | undefined {
  const { text, encoding } = encodeBytes(output)
  if (program.type === 'command') return { cmd: program.cmd, args: program.args, output: text, output_encoding: encoding }
  const { query, namespace } = program
  const asked = { query, ...(namespace === '' ? {} : { namespace }) }
  try {
    return { ...asked, instances: text.trim() === '' ? [] : [JSON.parse(text)].flat() }
  } catch {
    if (/Invalid (?:class|namespace)/i.test(text)) return undefined
    throw new CbcError('remote', `${query}: ${shortened(text.trim())}`)
  }
}
