import { CbcError, usage } from '../core/errors.ts'
import type { LocalSource } from '../core/ports.ts'
import { cmdWord, posixWord, windowsWord } from '../core/quote.ts'
import { codePageOf } from './code-page.ts'
import { runProgram, type Ended, type ExecOptions } from './exec.ts'
import { checkLength } from './request-length.ts'
import { fitFor } from './fit-script.ts'
import { Planned, type RemoteSession } from './session.ts'
import { noteTemporary, removeTemporary } from './temporary.ts'
import { upload, type TransferWork } from './transfer.ts'

/** What runs a script, by its extension; absent where the system has nothing of its own for it. */
const INTERPRETERS: Readonly<Record<string, { windows?: string; posix?: string }>> = {
  '.ps1': {
    windows: 'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File',
    posix: 'pwsh -NoProfile -NonInteractive -File',
  },
  '.bat': { windows: 'cmd.exe /c' },
  '.cmd': { windows: 'cmd.exe /c' },
  '.py': { windows: 'python.exe', posix: 'python3' },
  '.sh': { posix: '/bin/sh' },
}

/** Bytes in which a script's first line has to end. */
const MAX_FIRST_LINE_BYTES = 256

/** A script and how it is to be run. */
export interface Script {
  source: LocalSource
  args: string[]
  /** Instead of what the extension and the script's first line say: `node`, `python3 -u`. */
  interpreter?: string
}

/** The extension in lower case, with its dot: `.ps1`; empty where there is none, or one of characters that a shell reads something into. */
function extension(name: string): string {
  return /[^\\/](\.[\w-]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/**
 * What can be told of a script without its bytes.
 * @param name its file name
 * @throws CbcError usage: nothing is known to run it, its arguments are too long, or cmd.exe has no way to write one
 */
export function checkScript(name: string, args: readonly string[], interpreter: string | undefined): void {
  const kind = extension(name)
  checkLength({ name: 'create process', path: [interpreter, ...args].join(' ') }, name)
  if (interpreter === undefined && !Object.hasOwn(INTERPRETERS, kind)) {
    throw usage(
      `${name}: nothing is known to run ${kind === '' ? 'a script without an extension' : kind}`,
      args.includes('--interpreter')
        ? "--interpreter comes before the file: what follows it is the script's own"
        : `name it with --interpreter, or use ${Object.keys(INTERPRETERS).join(', ')}`,
    )
  }
  const unwritable = isBatch(kind) && interpreter === undefined ? args.find(arg => /["\r\n]/.test(arg)) : undefined
  if (unwritable !== undefined)
    throw usage(
      `${name}: a batch file can't be given the argument ${JSON.stringify(unwritable)}`,
      'cmd.exe has no way to write quotes and line ends',
    )
}

/**
 * Puts a script on the endpoint under a temporary name that keeps its extension, in a form that what runs it can read, runs it, and deletes
 * it, however that ends.
 * @throws CbcError refused: nothing on this system runs it; what `upload` and `runProgram` throw
 */
export async function runScript(
  session: RemoteSession,
  { source, args, interpreter }: Script,
  options: ExecOptions,
  work: TransferWork,
): Promise<Ended> {
  const { paths } = session
  const kind = extension(source.name)
  const path = paths.temporary(`cbc-${session.random.uuid()}${kind}`)
  const runner = interpreter ?? (paths.windows ? undefined : await shebang(source)) ?? ownRunner(session, source.name, kind)
  const { source: fitting, warning } = await fitFor(source, runner, () => codePageOf(session, 'oem', work))
  if (warning !== undefined) session.notice(warning)
  noteTemporary(session, path)
  try {
    try {
      await upload(session, fitting, path, work)
    } catch (error) {
      // In a dry run the plan goes on.
      if (!(error instanceof Planned)) throw error
    }
    work.progress.step(`Running ${source.name} on ${session.label}`)
    return await runProgram(session, scriptLine(runner, path, args, paths.windows), options, work)
  } finally {
    await removeTemporary(session, path, work)
  }
}

/** The command line; cmd.exe reads arguments in a way of its own. */
function scriptLine(runner: string, path: string, args: readonly string[], windows: boolean): string {
  const word = !windows ? posixWord : /^(?:\S*[\\/])?cmd(?:\.exe)?(?:\s|$)/i.test(runner) ? cmdWord : windowsWord
  return [runner, ...[path, ...args].map(word)].join(' ')
}

function isBatch(kind: string): boolean {
  return kind === '.bat' || kind === '.cmd'
}

function ownRunner(session: RemoteSession, name: string, kind: string): string {
  const runner = INTERPRETERS[kind]?.[session.paths.windows ? 'windows' : 'posix']
  if (runner === undefined)
    throw new CbcError('refused', `${name}: ${session.label} has nothing of its own to run ${kind}`, {
      hint: 'name it with --interpreter',
      device_id: session.device.id,
    })
  return runner
}

/** The interpreter that a script's first line names: a shell script may need more than /bin/sh. */
async function shebang(source: LocalSource): Promise<string | undefined> {
  for await (const chunk of source.bytes())
    return /^\ufeff?#! *([^\r\n]+)/.exec(Buffer.from(chunk.subarray(0, MAX_FIRST_LINE_BYTES)).toString())?.[1]?.trim()
  return undefined
}
