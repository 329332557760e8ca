import type { Clock, Random } from '../../core/ports.ts'
import {
  type Blobs,
  type CommandOutput,
  type CommandRequest,
  COMMANDS,
  type Document,
  type Endpoint,
  HRESULT,
  type Sensor,
} from '../endpoint.ts'
import { refuse } from '../linux/errors.ts'
import { slice } from '../windows/read-range.ts'
import { createProcess } from './create-process.ts'
import { listDirectory } from './listing.ts'
import { Machine, type MacState } from './machine.ts'
import { makeSeed, type Inventory } from './seed/index.ts'

export { initialMacState } from './machine.ts'

export interface MacOptions {
  /** The inventory's facts about it. */
  inventory: Inventory
  document: Document<MacState>
  blobs: Blobs
  clock: Clock
  random: Random
  /** When this lab's state was created, epoch milliseconds: all times of the seed are earlier. */
  born: number
}

/** Opens a simulated Mac with a sensor, which has no commands for a registry and for memory. Opening is cheap: its parts are made on first use. */
export function openMacEndpoint({ inventory, born, ...parts }: MacOptions): Endpoint {
  const machine = new Machine({ ...parts, seed: makeSeed(inventory, born) })
  return {
    supportedCommands: COMMANDS.filter(name => !name.startsWith('reg ') && name !== 'memdump'),
    drives: ['/'],
    directory: '/',
    run: (request, sensor) => carryOut(machine, request, sensor),
  }
}

async function carryOut(machine: Machine, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  const { path = '', offset = 0, count = 0, pid = -1 } = request
  switch (request.name) {
    case 'directory list':
      return machine.look(({ disk }) => ({ files: listDirectory(disk, path) }))
    case 'get file': {
      const content = await slice(machine.blobs, await machine.look(({ disk }) => disk.read(path)), offset, count)
      await sensor.stage(content)
      return { file_details: { file_id: '', offset, count: content.size } }
    }
    case 'put file': {
      const content = (await sensor.staged(request.file_id ?? '')) ?? refuse(HRESULT.INVALID_PARAMETER, 'no staged file has that id')
      await machine.change(({ disk }) => disk.write(path, content))
      return {}
    }
    case 'delete file':
      await machine.change(({ disk }) => disk.delete(path))
      return {}
    case 'create directory':
      await machine.change(({ disk }) => disk.createDirectory(path))
      return {}
    case 'process list':
      return machine.look(({ processes }) => ({ processes: processes.entries() }))
    case 'kill':
      await machine.change(({ processes }) => processes.kill(pid))
      return {}
    case 'create process':
      return createProcess(machine, request, sensor)
    default:
      return refuse(HRESULT.NOT_SUPPORTED, 'not supported on macOS')
  }
}
