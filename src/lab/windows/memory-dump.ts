import { crc32 } from 'node:zlib'
import type { CommandOutput, CommandRequest, Content, Sensor } from '../endpoint.ts'
import { textBody } from './fs/body.ts'
import type { Machine } from './machine.ts'
import { hash } from './seed/hash.ts'
import { storedZip } from './zip.ts'

/** How long a dump takes, and in how many steps it is told of; milliseconds. */
const DURATION_MS = 2000
const PROGRESS_STEPS = 8
/** With `compress` only the pages in use are written: real bytes in a real archive, so that part of it that costs little. */
const COMPRESSED_SHARE = 16

/**
 * `memdump`: writes the kernel's memory to a file on the endpoint, its bytes made on the fly. With `compress` it is a zip archive, `.zip`
 * is appended to its name, and it holds a sixteenth: the pages in use.
 * @throws SensorError PATH_NOT_FOUND, DISK_FULL, and whatever else keeps the file from being written
 */
export async function memoryDump(machine: Machine, request: CommandRequest & { path: string }, sensor: Sensor): Promise<CommandOutput> {
  const compressing = request.compress ?? false
  const path = compressing ? `${request.path}.zip` : request.path
  const dump: Content = {
    kind: 'generated',
    seed: hash(`${machine.seed.profile.name} ${machine.clock.now()}`),
    size: machine.seed.profile.dumpSize,
  }
  const told = (percent: number, complete = false): CommandOutput => ({
    mem_dump: { compressing: compressing && !complete, complete, dumping: !complete, return_code: 0, percentdone: percent },
  })
  const size = compressing ? dump.size / COMPRESSED_SHARE : dump.size
  // An empty file first: it shows at once whether one can be written there.
  const { path: file } = await machine.change(({ files }) => files.write(path, textBody('')))
  try {
    await machine.look(({ files }) => files.assertSpace(file.slice(0, 2), size))
    for (let step = 1; step < PROGRESS_STEPS; step++) {
      await machine.clock.sleep(DURATION_MS / PROGRESS_STEPS, sensor.signal)
      await sensor.report(told(Math.floor((step * 100) / PROGRESS_STEPS)))
    }
    const content = compressing ? await compressed(machine, dump, size, request.path) : dump
    await machine.change(({ files }) => files.rewrite(file, content))
  } catch (error) {
    await machine.change(({ files }) => {
      if (files.lookFor(file) !== undefined) files.delete(file)
    })
    throw error
  }
  return told(100, true)
}

async function compressed(machine: Machine, dump: Content, size: number, path: string): Promise<Content> {
  let sum = 0
  for await (const chunk of machine.blobs.read(dump, 0, size)) sum = crc32(chunk, sum)
  const name = path.slice(path.lastIndexOf('\\') + 1)
  return machine.blobs.write(storedZip({ name, size, crc: sum, written: machine.clock.now() }, machine.blobs.read(dump, 0, size)))
}
