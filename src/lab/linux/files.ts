import { type Stats, constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises'
import type { Random } from '../../core/ports.ts'
import { type Blobs, type CommandOutput, type CommandRequest, type Sensor, HRESULT } from '../endpoint.ts'
import { errno, refuse } from './errors.ts'
import type { Jail, Place } from './jail.ts'

const CHUNK_BYTES = 1 << 20
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * "get file": stages `count` bytes from `offset` (0 or absent: to the end), in constant memory.
 * @throws SensorError FILE_NOT_FOUND, ACCESS_DENIED for a directory, NOT_SUPPORTED for a pipe, socket or device.
 */
export async function getFile(jail: Jail, blobs: Blobs, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  const { path, offset = 0, count = 0 } = request
  const content = await jail.visit(path, true, async place => {
    requireExisting(place)
    const handle = await jail.open(place, constants.O_RDONLY)
    try {
      return await blobs.write(range(handle, offset, count > 0 ? count : Infinity, sensor.signal))
    } finally {
      await handle.close()
    }
  })
  await sensor.stage(content)
  return { file_details: { file_id: '', offset, count: content.size } }
}

async function* range(handle: FileHandle, offset: number, count: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = offset + count
  for (let at = offset; at < end;) {
    signal.throwIfAborted()
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at)), 0, undefined, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

/**
 * "put file": writes the staged bytes to a temporary file beside the target and renames it, so that nobody sees half a file. An existing
 * file is replaced; the new one gets its mode, and its owner if this user may give files away.
 * @throws SensorError INVALID_PARAMETER when nothing is staged under the id, ACCESS_DENIED for a directory, DISK_FULL.
 */
export async function putFile(jail: Jail, blobs: Blobs, random: Random, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  const content = (await sensor.staged(request.file_id ?? '')) ?? refuse(HRESULT.INVALID_PARAMETER, 'no staged file has that id')
  return jail.visit(request.path, true, async place => {
    const { folder, name, stat } = fileTarget(place)
    const part = folder.at(`.${random.uuid()}.part`)
    try {
      const handle = await open(part, NEW, 0o644)
      try {
        for await (const chunk of blobs.read(content)) {
          sensor.signal.throwIfAborted()
          await handle.writeFile(chunk)
        }
        if (stat !== undefined) await copyOwnership(handle, stat)
      } finally {
        await handle.close()
      }
      await rename(part, folder.at(name))
    } catch (error) {
      await unlink(part).catch(() => undefined)
      throw error
    }
    return {}
  })
}

/**
 * Opens a file for writing from its start: creates it, or empties an existing regular file.
 * @returns the handle, and `discard`, which removes the file if this call created it.
 * @throws SensorError ACCESS_DENIED for a directory, NOT_SUPPORTED for a pipe, socket or device.
 */
export async function openOutput(jail: Jail, place: Place): Promise<{ handle: FileHandle; discard: () => Promise<void> }> {
  const { folder, name, stat } = fileTarget(place)
  if (stat !== undefined) return { handle: await jail.open(place, constants.O_WRONLY | constants.O_TRUNC), discard: async () => undefined }
  const path = folder.at(name)
  return { handle: await open(path, NEW, 0o644), discard: () => unlink(path) }
}

/**
 * "delete file": deletes a file, a link (not its target), or an empty directory.
 * @throws SensorError FILE_NOT_FOUND, DIR_NOT_EMPTY, ACCESS_DENIED for the root.
 */
export async function deleteFile(jail: Jail, path: string | undefined): Promise<CommandOutput> {
  return jail.visit(path?.replace(/(.)\/+$/, '$1'), false, async place => {
    requireExisting(place)
    const { folder, name, stat } = place
    if (name === undefined) refuse(HRESULT.ACCESS_DENIED, 'not to be deleted')
    if (stat?.isDirectory() === true) await rmdir(folder.at(name))
    else if (path?.endsWith('/') === true) refuse(HRESULT.PATH_NOT_FOUND, 'is no directory')
    else await unlink(folder.at(name))
    return {}
  })
}

/**
 * "create directory"; the parent must exist.
 * @throws SensorError PATH_NOT_FOUND, ALREADY_EXISTS.
 */
export async function createDirectory(jail: Jail, path: string | undefined): Promise<CommandOutput> {
  return jail.visit(path?.replace(/(.)\/+$/, '$1'), false, async ({ folder, name, stat }) => {
    if (name === undefined || stat !== undefined) refuse(HRESULT.ALREADY_EXISTS, 'exists already')
    await mkdir(folder.at(name)).catch(error => {
      // The parent was removed after the walk found it.
      throw errno(error) === 'ENOENT' ? refuse(HRESULT.PATH_NOT_FOUND, 'no such directory') : error
    })
    return {}
  })
}

async function copyOwnership(handle: FileHandle, old: Stats): Promise<void> {
  await handle.chown(old.uid, old.gid).catch(() => undefined)
  await handle.chmod(old.mode & 0o7777)
}

function requireExisting(place: Place): void {
  if (place.stat === undefined) refuse(HRESULT.FILE_NOT_FOUND, 'no such file')
  if (place.trailing && !place.stat.isDirectory()) refuse(HRESULT.PATH_NOT_FOUND, 'is no directory')
}

/** Returns the place if a regular file exists or can be created there. */
function fileTarget(place: Place): Place & { name: string } {
  const { name, stat, trailing } = place
  if (name === undefined || trailing || stat?.isDirectory() === true) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
  if (stat !== undefined && !stat.isFile()) refuse(HRESULT.NOT_SUPPORTED, 'is no regular file')
  return { ...place, name }
}
