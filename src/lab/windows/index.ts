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
  /** What the inventory says of it; what it doesn't say is as the role has it. */
  inventory?: InventoryRecord
  document: Document<WindowsState>
  blobs: Blobs
  clock: Clock
  random: Random
  /** Epoch milliseconds at which this lab's state was made: all times of the seed lie before it. */
  born: number
  /** Milliseconds that every command takes at least. */
  latency?: number
}

/** A simulated Windows computer with a sensor on it. Opening it costs nothing: its parts are made when they are first looked at. */
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
