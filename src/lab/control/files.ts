import { createHash } from 'node:crypto'
import { fields, InvalidSettings, text, whole } from '../behaviour/checks.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { HttpError } from '../cloud/http.ts'
import type { RosterDevice } from '../cloud/roster.ts'
import { SensorError, type Content } from '../endpoint.ts'

interface FileOrder {
  /** Id or name. */
  device: string
  /** Path on the endpoint. */
  path: string
  /** Bytes. */
  size: number
  /** Determines the bytes, together with `size`. */
  seed: number
}

const checkOrder = fields<FileOrder>({
  device: (value, name) => text(typeof value === 'number' ? String(value) : value, name),
  path: text,
  size: whole(0),
  seed: whole(0),
})

/** The answer: the file that was made. */
interface MadeFile extends FileOrder {
  device_id: number
  sha256: string
}

/**
 * Makes a file of any size on an endpoint. Its bytes are generated from a seed whenever they are read, so that it takes no space. The same
 * seed and size always give the same SHA-256.
 * @throws InvalidSettings
 * @throws HttpError 404: no such device; 400: the endpoint refuses (no such directory, disk full)
 */
export async function makeFile(cloud: Cloud, json: unknown): Promise<MadeFile> {
  const { device: wanted, path, size, seed = 1 } = checkOrder(json, '')
  if (wanted === undefined || path === undefined || size === undefined) throw new InvalidSettings('device, path and size are needed')
  const device = deviceOf(cloud, wanted)
  const content: Content = { kind: 'generated', seed, size }
  const endpoint = await cloud.endpoint(device)
  try {
    await endpoint.run(
      { name: 'put file', path, file_id: 'made' },
      {
        signal: cloud.closing.signal,
        staged: async () => content,
        stage: async () => undefined,
        report: async () => undefined,
      },
    )
  } catch (error) {
    if (error instanceof SensorError)
      throw new HttpError(400, `${device.name} refuses ${path}: ${error.message} (0x${error.code.toString(16)})`)
    throw error
  }
  return { device: device.name, device_id: device.id, path, size, seed, sha256: await sha256(cloud, content) }
}

async function sha256(cloud: Cloud, content: Content): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of cloud.store.blobs.read(content)) {
    hash.update(chunk)
    // Generating bytes never waits for anything, so yield to other tasks.
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return hash.digest('hex')
}

function deviceOf(cloud: Cloud, wanted: string): RosterDevice {
  const name = wanted.toLowerCase()
  const device = [...cloud.devices.values()].find(one => String(one.id) === wanted || one.name.toLowerCase() === name)
  if (device === undefined) throw new HttpError(404, `Device ${wanted} not found`)
  return device
}
