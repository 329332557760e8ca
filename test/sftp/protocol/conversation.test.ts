import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PACKET, STATUS } from '../../../src/sftp/protocol/constants.ts'
import { FieldReader, FieldWriter, MalformedPacket } from '../../../src/sftp/protocol/fields.ts'
import { converse } from '../../../src/sftp/protocol/conversation.ts'
import type { FileSystem, OpenFile } from '../../../src/sftp/protocol/file-system.ts'
import { Refusal } from '../../../src/sftp/protocol/refusal.ts'
import { NEVER } from '../../remote/support.ts'
import { memoryInUse } from '../../support/garbage.ts'
import { Client, Pipe } from '../client.ts'

/** One file of ten bytes, whatever its name; a file that is written remembers what was done to it. */
class OneFile implements FileSystem {
  readonly done: string[] = []
  open_ = 0
  realPath = (path: string) => `/${path}`
  attributes = async () => ({ size: 10, mode: 0o100444 })
  list = async () => [{ name: 'file', longName: 'file', attributes: {} }]
  setAttributes = async () => {}
  makeDirectory = async () => {}
  remove = async () => {}
  removeDirectory = async () => {}

  async open(_path: string, flags: number): Promise<OpenFile> {
    this.open_ += 1
    const end = async () => {
      this.open_ -= 1
      this.done.push('end')
    }
    return {
      writes: flags > 1,
      attributes: this.attributes,
      read: async (offset, length) => Buffer.from('0123456789').subarray(offset, offset + length),
      write: async (offset, data) => {
        await new Promise(resolve => setImmediate(resolve))
        this.done.push(`${offset} ${Buffer.from(data).toString()}`)
      },
      setAttributes: async () => {},
      sync: async () => void this.done.push('sync'),
      close: end,
      abandon: () => void end(),
    }
  }
}

/** Lets a server answer a stream of bytes. @returns its packets, and how it ended */
async function answersTo(chunks: readonly Uint8Array[], files: FileSystem = new OneFile()) {
  const sent: Buffer[] = []
  const input = (async function* () {
    yield* chunks
  })()
  const write = async (bytes: Uint8Array) => {
    sent.push(Buffer.from(bytes))
  }
  const refusal = (error: unknown) => (error instanceof Refusal ? error : new Refusal(STATUS.FAILURE, String(error)))
  const failure = await converse({ files, input, write, refusal, signal: NEVER }).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { packets: split(Buffer.concat(sent)), failure }
}

function split(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let rest = bytes; rest.length > 0;) {
    const end = 4 + rest.readUInt32BE()
    expect(rest.length).toBeGreaterThanOrEqual(end)
    packets.push(rest.subarray(4, end))
    rest = rest.subarray(end)
  }
  return packets
}

const INIT = new FieldWriter().uint8(PACKET.INIT).uint32(3).packet()
const LSTAT = new FieldWriter().uint8(PACKET.LSTAT).uint32(7).string('/x').packet()

describe('whatever a client sends', () => {
  const known = fc.constantFrom(...Object.values(PACKET))
  const bytes = fc.uint8Array({ maxLength: 60 })
  const field = fc.oneof(
    fc.nat().map(number => new FieldWriter().uint32(number)),
    bytes.map(text => new FieldWriter().string(text)),
    fc.constantFrom('1', '2', '../..', '/C/a').map(text => new FieldWriter().string(text)),
    fc.constantFrom(0, 1, 2 ** 53).map(number => new FieldWriter().uint64(number)),
    fc.constantFrom(0xffffffff, 0x80000000, 0x7fffffff).map(number => new FieldWriter().uint32(number)),
  )
  const request = fc.tuple(known, fc.nat(0xffffffff), fc.array(field, { maxLength: 5 })).map(([type, id, fields]) => {
    const packet = new FieldWriter().uint8(type).uint32(id)
    for (const one of fields) packet.fields(one)
    return packet.packet()
  })
  const garbage = fc
    .tuple(fc.nat(300_000), bytes)
    .map(([length, rest]) => Buffer.concat([new FieldWriter().uint32(length).packet().subarray(4), rest]))
  const stream = fc.array(fc.oneof({ weight: 8, arbitrary: request }, garbage, bytes), { maxLength: 20 })

  it('each request that can be read is answered once, by an answer of the protocol; after anything else the server ends', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.integer({ min: 1, max: 50 }), fc.nat(2000), async (parts, size, cut) => {
        const whole = Buffer.concat([INIT, ...parts])
        const all = whole.subarray(0, Math.max(0, whole.length - (cut % 7 === 0 ? cut : 0)))
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.subarray(at * size, (at + 1) * size))
        const files = new OneFile()
        const { packets, failure } = await answersTo(chunks, files)
        expect(failure === undefined || failure instanceof MalformedPacket).toBe(true)
        const asked = requestsIn(all)
        const ids = packets.slice(1).map(packet => {
          expect([101, 102, 103, 104, 105, 201]).toContain(packet[0])
          return new FieldReader(packet.subarray(1)).uint32()
        })
        expect(ids.sort()).toEqual(asked.sort())
        expect(files.open_).toBe(0)
      }),
    )
  })

  /** The numbers of the requests after the first packet, up to the first that can't be read. */
  function requestsIn(all: Buffer): number[] {
    const ids: number[] = []
    let isFirst = true
    for (let rest = all; rest.length >= 4;) {
      const length = rest.readUInt32BE()
      if (length === 0 || length > 262_144 || rest.length < 4 + length) break
      if (!isFirst && length < 5) break
      if (!isFirst) ids.push(rest.readUInt32BE(5))
      isFirst = false
      rest = rest.subarray(4 + length)
    }
    return ids
  }

  it.each([
    ['nothing', []],
    ['half of the first packet', [INIT.subarray(0, 6)]],
  ])('%s: the server ends quietly', async (_what, chunks) => {
    expect(await answersTo(chunks)).toEqual({ packets: [], failure: undefined })
  })

  it.each([
    ['a shell session', [Buffer.from('ls -la\n')]],
    ['a request before the first packet', [LSTAT]],
    ['a packet without end', [INIT, Buffer.from([0xff, 0xff, 0xff, 0xff])]],
    ['a packet without content', [INIT, Buffer.alloc(4)]],
    ['a request without a number', [INIT, new FieldWriter().uint8(PACKET.LSTAT).packet()]],
  ])('%s: the server says that it is not SFTP', async (_what, chunks) => {
    expect((await answersTo(chunks)).failure).toBeInstanceOf(MalformedPacket)
  })
})

it('an announced packet takes no memory before it is there', async () => {
  const pipes = Array.from({ length: 200 }, () => new Pipe())
  const before = memoryInUse()
  const all = pipes.map(pipe => {
    pipe.write(INIT)
    pipe.write(Buffer.from([0, 3, 0xff, 0xff, PACKET.WRITE]))
    return converse({ files: new OneFile(), input: pipe, write: async () => {}, refusal: () => new Refusal(4, ''), signal: NEVER })
  })
  await new Promise(resolve => setImmediate(resolve))
  expect(memoryInUse() - before).toBeLessThan(20 * 2 ** 20)
  for (const pipe of pipes) pipe.end()
  await Promise.all(all)
})

describe('a client', () => {
  it('learns the version, the extensions and the limits', async () => {
    const client = new Client(new OneFile())
    const { fields } = await client.start()
    expect([1, 2, 3, 4].map(() => fields.text())).toEqual(['limits@openssh.com', '1', 'fsync@openssh.com', '1'])
    const limits = await client.ask(PACKET.EXTENDED, new FieldWriter().string('limits@openssh.com'))
    expect(limits.type).toBe(PACKET.EXTENDED_REPLY)
    expect([limits.fields.uint64(), limits.fields.uint64(), limits.fields.uint64(), limits.fields.uint64()]).toEqual([
      262_144, 261_120, 261_120, 1000,
    ])
  })

  it('gets the writes to a file done in their order, and the end after them, however many it sends at once', async () => {
    const files = new OneFile()
    const client = new Client(files)
    await client.start()
    const handle = await client.open('/x', 0x1a)
    const writes = ['a', 'b', 'c'].map((text, at) => client.write(handle, at, text))
    expect(await Promise.all([...writes, client.sync(handle), client.close(handle)])).toEqual([0, 0, 0, 0, 0])
    expect(files.done).toEqual(['0 a', '1 b', '2 c', 'sync', 'end'])
  })

  it('reads to the end of a file, and not after it is closed', async () => {
    const client = new Client(new OneFile())
    await client.start()
    const handle = await client.open('/x')
    expect([await client.read(handle, 8, 4), await client.read(handle, 10, 4)]).toEqual([Buffer.from('89'), undefined])
    expect(await client.close(handle)).toBe(0)
    expect(await client.close(handle)).toBe(4)
    await expect(client.read(handle, 0, 1)).rejects.toThrow('not that of an open file')
  })

  it('is refused a thousand and first open file, and what nobody can do', async () => {
    const client = new Client(new OneFile())
    await client.start()
    for (let count = 0; count < 1000; count++) await client.open('/x')
    await expect(client.open('/x')).rejects.toThrow('more than 1000')
    expect(await client.status(client.path(PACKET.RENAME, '/x', new FieldWriter().string('/y')))).toBe(STATUS.OP_UNSUPPORTED)
    expect(await client.status(client.path(PACKET.READLINK, '/x'))).toBe(STATUS.OP_UNSUPPORTED)
    expect(await client.status(client.path(PACKET.SYMLINK, '/x', new FieldWriter().string('/y')))).toBe(STATUS.OP_UNSUPPORTED)
    expect(await client.status(client.path(PACKET.EXTENDED, 'statvfs@openssh.com'))).toBe(STATUS.OP_UNSUPPORTED)
    expect(await client.status(client.ask(99))).toBe(STATUS.OP_UNSUPPORTED)
  })

  it('that is gone gives up what it only wanted to know, and has its files closed', async () => {
    const files = new OneFile()
    let given: AbortSignal | undefined
    files.attributes = async (...[, , signal]: unknown[]) => {
      given = signal as AbortSignal
      return await new Promise((_, reject) => given?.addEventListener('abort', () => reject(given?.reason as Error)))
    }
    const client = new Client(files)
    await client.start()
    await client.open('/x')
    void client.path(PACKET.LSTAT, '/slow')
    await client.leave()
    expect(given?.aborted).toBe(true)
    expect(files.done).toEqual(['end'])
    expect(client.told).toEqual([])
  })

  it('whose pipe is closed ends the server, also when it sends nothing more', async () => {
    const pipe = new Pipe()
    pipe.write(INIT)
    pipe.write(LSTAT)
    let writes = 0
    const write = async () => {
      writes += 1
      if (writes > 1) throw new Error('EPIPE')
    }
    const over = converse({ files: new OneFile(), input: pipe, write, refusal: () => new Refusal(4, ''), signal: NEVER })
    await expect(over).rejects.toThrow('EPIPE')
  })
})
