import { createHash } from 'node:crypto'
import { CbcError } from '../../core/errors.ts'
import type { LocalTarget } from '../../core/ports.ts'
import { fieldsOf, type Column, type Row } from '../../core/result.ts'
import { longPath, type Key } from '../../remote/registry.ts'
import { HEADER, keyLine, valueLines } from '../../remote/registry-file.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import { Planned } from '../../remote/session.ts'
import { LOCAL_PATH, PATH, SHA256 } from '../columns.ts'
import { cantOverwrite } from '../file/cant-overwrite.ts'
import { defineVerb, flag, LONG_WORK_TIMEOUT_MS, optional, required, type Context } from '../define.ts'

const COLUMNS: Column[] = [PATH, LOCAL_PATH, { key: 'keys' }, { key: 'values' }, SHA256]

export const regExport = defineVerb({
  name: 'reg export',
  summary: 'export a registry key and everything below it, for reg import',
  details:
    "The file has the format of regedit (UTF-16LE, Windows Registry Editor Version 5.00), so reg import on Windows accepts it. What can't be read is left out and reported, and the exit code is then 7.",
  examples: [
    {
      line: 'reg export HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run run.reg',
      does: 'a key to a file in the working directory',
    },
    {
      line: 'reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI acpi.reg /y',
      does: 'overwriting an existing file, with the switch of reg.exe',
    },
  ],
  effect: 'read',
  brings: 'file',
  fields: fieldsOf(COLUMNS),
  needs: ['reg enum key'],
  timeoutMs: LONG_WORK_TIMEOUT_MS,
  arguments: {
    key: required('registry-key', 'key'),
    file: optional('local-path', 'local file, or a directory for it; default: the case, or else the working directory'),
  },
  options: { force: flag('-f, --force', 'overwrite the local file') },
  slashes: { '/y': '--force' },
  async run({ key: path, file, force }, context) {
    const { session, progress, signal, moved } = context
    if (session.planning) {
      session.plan({ name: 'reg enum key', path })
      throw new Planned()
    }
    const target = await targetFor(path, file, force, context)
    const reg = new RegFile(target, session.device.id)
    progress.step(`Reading ${path} on ${session.label}`)
    try {
      for await (const key of walkKeys(session, path, { signal })) {
        if (isUnread(key)) reg.failed.push({ ...key })
        else await reg.add(key)
      }
      const { sha256, size } = await reg.end()
      moved?.({ path, local_path: target.path, size, sha256 })
      return {
        kind: 'object',
        value: { path, local_path: target.path, keys: reg.keys, values: reg.values, sha256 },
        columns: COLUMNS,
        failed: reg.failed,
      }
    } catch (error) {
      await target.discard()
      throw error
    } finally {
      progress.end()
    }
  },
})

async function targetFor(path: string, file: string | undefined, force: boolean, { local, home }: Context): Promise<LocalTarget> {
  const name = `${path.slice(path.lastIndexOf('\\') + 1)}.reg`
  if (file !== undefined || home === undefined) return await local.create(file ?? '.', name, force)
  if (force) throw cantOverwrite('reg export')
  return await (await home.results()).create(name, false)
}

/** Writes a `.reg` file. */
class RegFile {
  keys = 0
  values = 0
  /** What could not be written, each with its `error`. */
  readonly failed: Row[] = []
  readonly #target: LocalTarget
  readonly #deviceId: number
  readonly #hash = createHash('sha256')
  #begun = false
  #size = 0

  constructor(target: LocalTarget, deviceId: number) {
    this.#target = target
    this.#deviceId = deviceId
  }

  async add({ path, values }: Key): Promise<void> {
    const line = keyLine(longPath(path))
    if (line === undefined) return this.#leaveOut(path, "its name can't be written in a .reg file")
    this.keys += 1
    const lines = [line]
    for (const value of values) {
      const written = valueLines(value)
      if (written === undefined)
        this.#leaveOut(
          `${path}\\${value.registry_name}`,
          `this ${value.registry_type ?? 'value of unknown type'} can't be written in a .reg file`,
        )
      else lines.push(written)
    }
    this.values += lines.length - 1
    await this.#write(lines.join(''))
  }

  /** @returns SHA-256, hexadecimal, and bytes */
  async end(): Promise<{ sha256: string; size: number }> {
    await this.#write('\r\n')
    await this.#target.commit()
    return { sha256: this.#hash.digest('hex'), size: this.#size }
  }

  #leaveOut(path: string, why: string): void {
    this.failed.push({ path, error: new CbcError('remote', `${path}: ${why}`, { device_id: this.#deviceId }) })
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(this.#begun ? text : HEADER + text, 'utf16le')
    this.#begun = true
    this.#hash.update(bytes)
    this.#size += bytes.length
    await this.#target.write(bytes)
  }
}
