import type { CommandName, CommandOutput, CommandRequest, RegistryValue, Sensor } from '../endpoint.ts'
import { createProcess } from './create-process.ts'
import { listDirectory } from './fs/listing.ts'
import type { Machine } from './machine.ts'
import { memoryDump } from './memory-dump.ts'
import type { KeyValue } from './registry/node.ts'
import { slice } from './read-range.ts'
import { win32 } from './win32.ts'

type Handler = (machine: Machine, request: CommandRequest & { path: string }, sensor: Sensor) => Promise<CommandOutput>

/** The handlers of the fifteen commands of "Issue Command". */
const HANDLERS: Record<CommandName, Handler> = {
  'directory list': (machine, { path }) => machine.look(({ files }) => ({ files: listDirectory(files, path) })),

  'get file': async (machine, request, sensor) => {
    const { path, offset = 0, count = 0 } = request
    const body = await machine.look(({ files }) => files.read(path))
    const content = await slice(machine.blobs, body, offset, count)
    await sensor.stage(content)
    return { file_details: { file_id: '', offset, count: content.size } }
  },

  'put file': async (machine, { path, file_id = '' }, sensor) => {
    const content = await sensor.staged(file_id)
    if (content === undefined) throw win32('FILE_NOT_FOUND')
    await machine.change(({ files }) => files.write(path, content))
    return {}
  },

  'delete file': (machine, { path }) => done(machine.change(({ files }) => files.delete(path))),
  'create directory': (machine, { path }) => done(machine.change(({ files }) => files.createDirectory(path))),
  memdump: memoryDump,

  'reg enum key': (machine, { path }) =>
    machine.look(({ registry }) => {
      const { subKeys, values } = registry.enumerate(path)
      return { sub_keys: subKeys, values: values.map(onTheWire) }
    }),

  'reg query value': (machine, { path }) =>
    machine.look(({ registry }) => {
      const { key, name } = registry.split(path)
      const value = registry.value(key, name)
      if (value === undefined) throw win32('FILE_NOT_FOUND')
      return { value: onTheWire(value) }
    }),

  'reg create key': (machine, { path }) => done(machine.change(({ registry }) => registry.createKey(path))),
  'reg delete key': (machine, { path }) => done(machine.change(({ registry }) => registry.deleteKey(path))),

  'reg set value': (machine, { path, value_type = '', value_data, overwrite }) =>
    machine.change(({ registry }) => {
      const { key, name } = registry.split(path)
      return { value: onTheWire(registry.setValue(key, name, value_type, value_data, overwrite)) }
    }),

  'reg delete value': (machine, { path }) =>
    machine.change(({ registry }) => {
      const { key, name } = registry.split(path)
      return { value: onTheWire(registry.deleteValue(key, name)) }
    }),

  'process list': machine => machine.look(({ processes }) => ({ processes: processes.entries() })),

  kill: (machine, { pid }) => {
    if (pid === undefined) return Promise.reject(win32('INVALID_PARAMETER'))
    return done(machine.change(({ processes }) => processes.kill(pid)))
  },

  'create process': createProcess,
}

/** @throws SensorError for everything that the endpoint refuses or can't do */
export async function runCommand(machine: Machine, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  return HANDLERS[request.name](machine, { ...request, path: request.path ?? '' }, sensor)
}

async function done(change: Promise<unknown>): Promise<CommandOutput> {
  await change
  return {}
}

function onTheWire({ name, type, data }: KeyValue): RegistryValue {
  return { registry_name: name, registry_type: `pb${type}`, registry_data: data }
}
