/** A packet that breaks off, or has a field that can't be one. */
export class MalformedPacket extends Error {
  override name = 'MalformedPacket'
}

/** Reads the fields of a packet. What a length promises is never taken before it is there. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  uint8(): number {
    return this.#take(1).readUInt8()
  }

  uint32(): number {
    return this.#take(4).readUInt32BE()
  }

  /** Returns an unsigned number of 64 bits; one beyond 2^53 is only about as large. */
  uint64(): number {
    return Number(this.#take(8).readBigUInt64BE())
  }

  /** Returns a string of bytes, which shares the memory of the packet. */
  bytes(): Buffer {
    return this.#take(this.uint32())
  }

  /** @throws MalformedPacket: it is not UTF-8 */
  text(): string {
    const bytes = this.bytes()
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw new MalformedPacket('a name is not UTF-8')
    }
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new MalformedPacket('a packet is shorter than its fields')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}

/** Collects the fields of a packet. */
export class FieldWriter {
  readonly #parts: Buffer[] = []
  #length = 0

  /** How many bytes there are so far. */
  get length(): number {
    return this.#length
  }

  uint8(value: number): this {
    return this.#add(Buffer.from([value]))
  }

  uint32(value: number): this {
    const bytes = Buffer.allocUnsafe(4)
    bytes.writeUInt32BE(value)
    return this.#add(bytes)
  }

  uint64(value: number): this {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigUInt64BE(BigInt(value))
    return this.#add(bytes)
  }

  /** Adds a string: its length, and its bytes. */
  string(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return this.uint32(bytes.length).#add(bytes)
  }

  /** Adds what another one has collected. */
  fields(other: FieldWriter): this {
    for (const part of other.#parts) this.#add(part)
    return this
  }

  /** Returns the packet: its length, and its fields. */
  packet(): Buffer {
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(this.#length)
    return Buffer.concat([length, ...this.#parts], 4 + this.#length)
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes)
    this.#length += bytes.length
    return this
  }
}
