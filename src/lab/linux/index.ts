import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { platform } from 'node:os'
import type { Clock, Random } from '../../core/ports.ts'
import {
  type Blobs,
  type CommandName,
  type CommandOutput,
  type CommandRequest,
  type Document,
  type Endpoint,
  type Sensor,
  COMMANDS,
  HRESULT,
} from '../endpoint.ts'
import { asSensorError, refuse } from './errors.ts'
import { createProcess } from './execute.ts'
import { createDirectory, deleteFile, getFile, putFile } from './files.ts'
import { Jail } from './jail.ts'
import { kill } from './kill.ts'
import { list } from './listing.ts'
import { procProcesses } from './proc.ts'
import type { Processes } from './processes.ts'
import { psProcesses } from './ps.ts'
import type { LinuxState } from './state.ts'
import { stockDirectory } from './stock.ts'

export { initialLinuxState } from './state.ts'

const SUPPORTED: readonly CommandName[] = COMMANDS.filter(name => !name.startsWith('reg ') && name !== 'memdump')

export interface LinuxOptions {
  /** Host path of the directory that is the endpoint's `/`. If it is missing or empty at first use, it is filled with example files. */
  directory: string
  /** The device's name. */
  name: string
  document: Document<LinuxState>
  blobs: Blobs
  clock: Clock
  random: Random
  /** When the lab was created, in milliseconds since 1970 UTC: the example files are older. */
  born: number
}

/**
 * Opens the endpoint that is this machine: files below one directory, this machine's processes, and programs that really run.
 * Nothing is touched before the first command. No path leads out of the directory; but programs run with this user's rights on the whole
 * machine, so the endpoint is only for the person who runs the lab. On Windows every command is NOT_SUPPORTED.
 */
export function openLinuxEndpoint(options: LinuxOptions): Endpoint {
  const proc = existsSync('/proc/self/fd')
  const jail = new Jail(options.directory, proc ? '/proc/self/fd' : undefined)
  const processes = proc ? procProcesses('/proc', '/etc/passwd') : psProcesses()
  let ready: Promise<void> | undefined
  return {
    supportedCommands: SUPPORTED,
    drives: ['/'],
    directory: '/',
    async run(request, sensor) {
      if (platform() === 'win32') refuse(HRESULT.NOT_SUPPORTED, 'this endpoint needs Linux or macOS')
      try {
        ready ??= prepare(options).catch(error => {
          ready = undefined
          throw error
        })
        await ready
        return await carryOut(request, sensor, options, jail, processes)
      } catch (error) {
        throw asSensorError(error)
      }
    },
  }
}

/** Makes sure that the directory exists. One that was emptied during an investigation stays empty. */
async function prepare({ directory, document, born, name }: LinuxOptions): Promise<void> {
  const exists = existsSync(directory)
  const stocked = await document.read(state => state.stocked)
  if (exists && (stocked || (await readdir(directory)).length > 0)) return
  await stockDirectory(directory, born, name)
  await document.update(state => {
    state.stocked = true
  })
}

async function carryOut(
  request: CommandRequest,
  sensor: Sensor,
  options: LinuxOptions,
  jail: Jail,
  processes: Processes,
): Promise<CommandOutput> {
  const { blobs, clock, document, random } = options
  switch (request.name) {
    case 'directory list':
      return { files: await list(jail, request.path) }
    case 'get file':
      return getFile(jail, blobs, request, sensor)
    case 'put file':
      return putFile(jail, blobs, random, request, sensor)
    case 'delete file':
      return deleteFile(jail, request.path)
    case 'create directory':
      return createDirectory(jail, request.path)
    case 'process list':
      return { processes: await processes.list() }
    case 'create process':
      return createProcess({ jail, processes, document, random }, request, sensor)
    case 'kill':
      return kill(request.pid ?? 0, document, processes, clock, sensor.signal)
    default:
      return refuse(HRESULT.NOT_SUPPORTED, 'not supported on Linux')
  }
}
