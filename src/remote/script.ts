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

/** The interpreters for scripts, by extension; absent when the system has none of its own. */
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

/** Bytes within which a script's first line has to end. */
const MAX_FIRST_LINE_BYTES = 256

/** A script and how to run it. */
export interface Script {
  source: LocalSource
  args: string[]
  /** Replaces the interpreter that the extension or the script's first line names: `node`, `python3 -u`. */
  interpreter?: string
}

/**
 * Returns the extension in lower case, with its dot: `.ps1`; empty when there is none, or it holds characters that mean something to a
 * shell.
 */
function extension(name: string): string {
  return /[^\\/](\.[\w-]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/**
 * Checks what can be checked of a script without reading it.
 * @param name its file name
 * @throws CbcError usage: no interpreter is known for it, its arguments are too long, or one can't be quoted for cmd.exe
 */
export function checkScript(name: string, args: readonly string[], interpreter: string | undefined): void {
  const kind = extension(name)
  checkLength({ name: 'create process', path: [interpreter, ...args].join(' ') }, name)
  if (interpreter === undefined && !Object.hasOwn(INTERPRETERS, kind)) {
    throw usage(
      `${name}: no interpreter is known for ${kind === '' ? 'a script without an extension' : kind}`,
      args.includes('--interpreter')
        ? '--interpreter comes before the file: what follows it belongs to the script'
        : `name it with --interpreter, or use ${Object.keys(INTERPRETERS).join(', ')}`,
    )
  }
  const unquotable = isBatch(kind) && interpreter === undefined ? args.find(arg => /["\r\n]/.test(arg)) : undefined
  if (unquotable !== undefined)
    throw usage(
      `${name}: a batch file can't be given the argument ${JSON.stringify(unquotable)}`,
      'cmd.exe has no way to escape quotes and line ends',
    )
}

/**
 * Puts a script on the endpoint under a temporary name with the same extension, in a form that its interpreter can read, runs it, and
 * always deletes it.
 * @throws CbcError refused: this system has no interpreter for it; what `upload` and `runProgram` throw
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
  const runner = interpreter ?? (paths.windows ? undefined : await shebang(source)) ?? defaultInterpreter(session, source.name, kind)
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

/** Returns the command line; cmd.exe needs its own quoting. */
function scriptLine(runner: string, path: string, args: readonly string[], windows: boolean): string {
  const word = !windows ? posixWord : /^(?:\S*[\\/])?cmd(?:\.exe)?(?:\s|$)/i.test(runner) ? cmdWord : windowsWord
  return [runner, ...[path, ...args].map(word)].join(' ')
}

function isBatch(kind: string): boolean {
  return kind === '.bat' || kind === '.cmd'
}

function defaultInterpreter(session: RemoteSession, name: string, kind: string): string {
  const runner = INTERPRETERS[kind]?.[session.paths.windows ? 'windows' : 'posix']
  if (runner === undefined)
    throw new CbcError('refused', `${name}: ${session.label} has no interpreter of its own for ${kind}`, {
      hint: 'name it with --interpreter',
      device_id: session.device.id,
    })
  return runner
}

/** Returns the interpreter that a script's first line names: a shell script may need more than /bin/sh. */
async function shebang(source: LocalSource): Promise<string | undefined> {
  for await (const chunk of source.bytes())
    return /^\ufeff?#! *([^\r\n]+)/.exec(Buffer.from(chunk.subarray(0, MAX_FIRST_LINE_BYTES)).toString())?.[1]?.trim()
  return undefined
}
