import { CbcError } from '../../core/errors.ts'
import { shortened } from '../../core/text/shorten.ts'
import type { Variables } from '../../artifacts/variables.ts'
import { commandLine } from '../../remote/command-line.ts'
import { execute } from '../../remote/exec.ts'
import { resultCode } from '../../remote/hresult.ts'
import { createShadowCopy, deleteShadowCopy, type ShadowCopy } from '../../remote/shadow-copy.ts'
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
 * Copies files that are in use, by the endpoint's own programs: the registry saves its hives (`reg save`); esentutl copies from a shadow of the
 * volume, which it makes and removes itself; where it can't, a shadow copy is made here, once for all files of a volume, until `end`; and where
 * nothing makes one, event logs are exported.
 */
export class LockedFiles {
  readonly #variables: Variables
  readonly #context: Context
  readonly #shadows = new Map<string, Promise<ShadowCopy>>()

  constructor(variables: Variables, context: Context) {
    this.#variables = variables
    this.#context = context
  }

  /**
   * Makes a copy of a file, and deletes it again.
   * @param use what is done with the copy, by its path
   * @throws CbcError remote: it could not be copied, with what each way came to; whatever `use` throws
   */
  async withCopy<T>(path: string, use: (copy: string) => Promise<T>): Promise<T> {
    const { session, random, signal } = this.#context
    const copy = session.paths.temporary(`cbc-${random.uuid()}.copy`)
    noteTemporary(session, copy)
    try {
      await this.#copy(path, copy)
      return await use(copy)
    } finally {
      await removeTemporary(session, copy, { signal })
    }
  }

  /** Removes what was made for all copies. */
  async end(): Promise<void> {
    const { session } = this.#context
    for (const making of this.#shadows.values()) {
      const shadow = await making.catch(() => undefined)
      if (shadow !== undefined) await session.tidy(() => deleteShadowCopy(session, shadow, this.#context))
    }
  }

  async #copy(path: string, copy: string): Promise<void> {
    const key = hiveOf(path, this.#variables)
    const log = eventLogOf(path, this.#variables)
    const drive = path.slice(0, 2).toUpperCase()
    const ways: (() => Promise<void>)[] = [
      ...(key === undefined ? [] : [() => this.#run(['reg.exe', 'save', key, copy, '/y'])]),
      ...(this.#shadows.has(drive) ? [] : [() => this.#run(['esentutl.exe', '/y', path, '/vss', '/d', copy])]),
      () => this.#fromShadow(drive, path, copy),
      // No copy of the file: its events are written anew.
      ...(log === undefined ? [] : [() => this.#run(['wevtutil.exe', 'export-log', log, copy, '/overwrite:true'])]),
    ]
    const failed: string[] = []
    for (const way of ways) {
      try {
        return await way()
      } catch (error) {
        if (!(error instanceof CbcError) || error.code !== 'remote') throw error
        failed.push(error.message)
      }
    }
    throw new CbcError('remote', `${path}: in use, and could not be copied: ${failed.join('; ')}`, {
      device_id: this.#context.session.device.id,
    })
  }

  async #fromShadow(drive: string, path: string, copy: string): Promise<void> {
    // cmd.exe would replace it.
    if (path.includes('%')) throw new CbcError('remote', 'cmd.exe does not copy a file with % in its path')
    const making = this.#shadows.get(drive) ?? createShadowCopy(this.#context.session, drive, this.#context)
    this.#shadows.set(drive, making)
    const { device } = await making
    await this.#run(['cmd.exe', '/c', 'copy', '/b', '/y', `${device}${path.slice(2)}`, copy])
  }

  /** @throws CbcError remote: it is not there, could not be started, or failed */
  async #run(words: readonly string[]): Promise<void> {
    const [program = ''] = words
    const why = (text: string) => new CbcError('remote', `${program}: ${text}`)
    const { return_code: code, output } = await execute(this.#context.session, commandLine(words, true), {}, this.#context).catch(
      (error: unknown) => {
        if (!(error instanceof CbcError) || !['not_found', 'remote'].includes(error.code)) throw error
        throw why(error.code === 'not_found' ? 'it is not there' : error.message)
      },
    )
    if (code === 0) return
    const lines = Buffer.from(output)
      .toString('latin1')
      .trim()
      .split(/[\r\n]+/)
    throw why(shortened(lines.at(-1) || `exit code ${code}`))
  }
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

/** The name of the event log whose file it is. */
function eventLogOf(path: string, { system }: Variables): string | undefined {
  const folder = `${system.get('environ_systemroot') ?? 'C:\\Windows'}\\System32\\winevt\\Logs\\`
  const isLog = path.toLowerCase().startsWith(folder.toLowerCase()) && /\.evtx$/i.test(path)
  return isLog ? path.slice(folder.length, -'.evtx'.length).replaceAll('%4', '/') : undefined
}
