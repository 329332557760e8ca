import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEachFile } from '../../support/after-file.ts'
import {
  type Blobs,
  type CommandOutput,
  type CommandRequest,
  type Content,
  type Document,
  type Endpoint,
  type Sensor,
  SensorError,
} from '../../../src/lab/endpoint.ts'
import type { LinuxState } from '../../../src/lab/linux/state.ts'
import { initialLinuxState, openLinuxEndpoint } from '../../../src/lab/linux/index.ts'
import { clock, memoryBlobs, memoryDocument, random } from './memory.ts'

export { memoryBlobs, memoryDocument } from './memory.ts'

export const BORN = Date.UTC(2026, 2, 14, 9, 30)

export interface Lab {
  endpoint: Endpoint
  /** The path on this machine of the endpoint's `/`, without links. */
  disk: string
  /** The path on this machine of the folder that contains the disk. */
  outside: string
  document: Document<LinuxState> & { json(): string }
  /** Reports that commands made while they ran. */
  reports: CommandOutput[]
  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandOutput>
  /** The bytes of `get file`. */
  get(path: string, range?: { offset?: number; count?: number }): Promise<Buffer>
  /** `put file` of these bytes. */
  put(path: string, bytes: string | Buffer): Promise<CommandOutput>
  /** The HRESULT with which a request fails; undefined if it succeeds. */
  failure(request: CommandRequest): Promise<number | undefined>
  /** Returns the output of a program after its end. */
  output(path: string, more?: Partial<CommandRequest>): Promise<string>
}

export interface LabOptions {
  disk?: string
  document?: Lab['document']
  blobs?: Blobs
}

const folders: string[] = []

afterEachFile(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** Creates a folder that is deleted after the test file. */
export async function freshFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cbc-linux-')))
  folders.push(folder)
  return folder
}

/** Opens an endpoint with a new, stocked disk, or with the given one. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const outside = await freshFolder()
  const { disk = join(outside, 'disk'), document = memoryDocument(initialLinuxState()), blobs = memoryBlobs() } = options
  const endpoint = openLinuxEndpoint({ directory: disk, name: 'LNX-WEB-01', document, blobs, clock, random, born: BORN })
  const reports: CommandOutput[] = []
  const staged = new Map<string, Content>()

  async function command(
    request: CommandRequest,
    signal = new AbortController().signal,
  ): Promise<{ output: CommandOutput; content?: Content }> {
    let content: Content | undefined
    const sensor: Sensor = {
      signal,
      async staged(id) {
        return staged.get(id)
      },
      async stage(bytes) {
        content = bytes
      },
      async report(output) {
        reports.push(output)
      },
    }
    const output = await endpoint.run(request, sensor)
    return content ? { output, content } : { output }
  }

  const lab: Lab = {
    endpoint,
    disk,
    outside,
    document,
    reports,
    async run(request, signal) {
      return (await command(request, signal)).output
    },
    async get(path, range) {
      const { content } = await command({ name: 'get file', path, ...range })
      if (content === undefined) throw new Error('nothing was staged')
      const chunks: Uint8Array[] = []
      for await (const chunk of blobs.read(content)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    async put(path, bytes) {
      const id = randomUUID()
      staged.set(
        id,
        await blobs.write(
          (async function* () {
            yield Buffer.from(bytes)
          })(),
        ),
      )
      return lab.run({ name: 'put file', path, file_id: id })
    },
    async failure(request) {
      try {
        await lab.run(request)
        return undefined
      } catch (error) {
        if (error instanceof SensorError) return error.code
        throw error
      }
    },
    async output(path, more) {
      await lab.run({ name: 'create process', path, wait: true, output_file: '/output.txt', ...more })
      return (await lab.get('/output.txt')).toString()
    },
  }
  return lab
}

/** Waits until `holds` returns a true value, and returns it. */
export async function until<T>(holds: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 1000; tries++) {
    const result = await holds()
    if (result) return result
    await sleep(10)
  }
  throw new Error(`never came true: ${what}`)
}

/** Whether a pid is a running process: neither gone nor a zombie. */
export function runs(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
