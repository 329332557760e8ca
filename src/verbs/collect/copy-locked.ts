import { CbcError } from '../../core/errors.ts'
import { shortened } from '../../core/text/shorten.ts'
import type { Variables } from '../../artifacts/variables.ts'
import { commandLine } from '../../remote/command-line.ts'
import { execute } from '../../remote/exec.ts'
import { resultCode } from '../../remote/hresult.ts'
import { noteTemporary, removeTemporary } from '../../remote/temporary.ts'
import type { Context } from '../define.ts'

/** What the endpoint answers for a file, or a part of it, that another process holds: as Win32 errors and as NTSTATUS. */
const LOCKED: ReadonlySet<number> = new Set([0x80070020, 0x80070021, 0xc0000043, 0xc0000054, 0xd0000043, 0xd0000054])

/** The keys of the machine's hives, by the names of their files. */
const MACHINE_HIVES: Readonly<Record<string, string>> = {
  system: 'HKLM\\SYSTEM',
  software: 'HKLM\\SOFTWARE',
  sam: 'HKLM\\SAM',
  security: 'HKLM\\SECURITY',
  default: 'HKU\\.DEFAULT',
}

/** Whether a failure says that another process has the file open. */
export function isLocked(error: unknown): error is CbcError {
  const code = resultCode(error)
  return code !== undefined && LOCKED.has(code)
}

/**
 * Makes a copy of a file that is in use, by the endpoint's own programs, and deletes it again: the registry saves its hives (`reg save`), and other files are copied from a shadow of their volume, which esentutl makes and removes.
 * @param use what is done with the copy, by its path
 * @throws CbcError remote: it could not be copied; whatever `use` throws
 */
export async function withCopy<T>(path: string, variables: Variables, context: Context, use: (copy: string) => Promise<T>): Promise<T> {
  const { session, random, signal, progress, timeoutMs } = context
  const copy = session.paths.temporary(`cbc-${random.uuid()}.copy`)
  const key = hiveOf(path, variables)
  const words = key === undefined ? ['esentutl.exe', '/y', path, '/vss', '/d', copy] : ['reg.exe', 'save', key, copy, '/y']
  noteTemporary(session, copy)
  try {
    await run(words, path, { session, signal, progress, timeoutMs })
    return await use(copy)
  } finally {
    await removeTemporary(session, copy, { signal })
  }
}

async function run(
  words: string[],
  path: string,
  { session, ...work }: Pick<Context, 'session' | 'signal' | 'progress' | 'timeoutMs'>,
): Promise<void> {
  const [program = ''] = words
  const why = (text: string) =>
    new CbcError('remote', `${path}: in use, and ${program} did not copy it: ${text}`, { device_id: session.device.id })
  const { return_code: code, output } = await execute(session, commandLine(words, true), {}, work).catch((error: unknown) => {
    throw error instanceof CbcError && error.code === 'not_found' ? why('it is not there') : error
  })
  if (code === 0) return
  const lines = Buffer.from(output)
    .toString('latin1')
    .trim()
    .split(/[\r\n]+/)
  throw why(shortened(lines.at(-1) || `exit code ${code}`))
}

/** The key whose hive a file is. */
function hiveOf(path: string, { system, users }: Variables): string | undefined {
  const lower = path.toLowerCase()
  const config = `${system.get('environ_systemroot') ?? 'C:\\Windows'}\\System32\\config\\`.toLowerCase()
  if (lower.startsWith(config)) return MACHINE_HIVES[lower.slice(config.length)]
  for (const { sid, userprofile, localappdata } of users) {
    if (sid === undefined) continue
    if (lower === `${userprofile}\\NTUSER.DAT`.toLowerCase()) return `HKU\\${sid}`
    if (lower === `${localappdata}\\Microsoft\\Windows\\UsrClass.dat`.toLowerCase()) return `HKU\\${sid}_Classes`
  }
  return undefined
}
