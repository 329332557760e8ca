import type { Clock, Random } from '../../core/ports.ts'
import { type Blobs, COMMANDS, type Document, type Endpoint } from '../endpoint.ts'
import { runCommand } from './commands.ts'
import { Machine } from './machine.ts'
import { makeSeed } from './seed/index.ts'
import type { InventoryRecord } from './seed/profile.ts'
import type { WindowsRole } from './seed/role.ts'
import type { WindowsState } from './state.ts'

export { initialWindowsState } from './state.ts'

export interface WindowsEndpointOptions {
  role: WindowsRole
  /** The computer's name. */
  name: string
  /** The inventory's facts about it; the others come from its role. */
  inventory?: InventoryRecord
  document: Document<WindowsState>
  blobs: Blobs
  clock: Clock
  random: Random
  /** When this lab's state was created, epoch milliseconds: all times of the seed are earlier. */
  born: number
  /** The least time that every command takes, ms. */
  latency?: number
}

/** Opens a simulated Windows computer with a sensor. Opening is cheap: the computer's parts are made on first use. */
export function openWindowsEndpoint(options: WindowsEndpointOptions): Endpoint {
  const { role, name, inventory = {}, born, document, blobs, clock, random, latency = 0 } = options
  const machine = new Machine({ seed: makeSeed(role, name, born, inventory), document, blobs, clock, random })
  return {
    supportedCommands: COMMANDS,
    drives: ['A:\\', 'C:\\', 'D:\\'],
    directory: 'C:\\Windows\\system32',
    async run(request, sensor) {
      if (latency > 0) await clock.sleep(latency, sensor.signal)
      return runCommand(machine, request, sensor)
    },
  }
}
