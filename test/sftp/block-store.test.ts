import fc from 'fast-check'
import { expect, it } from 'vitest'
import { localFiles } from '../../src/host/local-files.ts'
import { BLOCK_BYTES, BlockStore } from '../../src/sftp/block-store.ts'

const place = fc.integer({ min: 0, max: 3 * BLOCK_BYTES })
const step = fc.oneof(
  fc.record({ write: place, length: fc.integer({ min: 0, max: 2 * BLOCK_BYTES }), value: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ resize: place }),
  fc.record({ other: fc.constant(true) }),
)

it('files in blocks behave like files, whatever is written where, and show nothing of one that was freed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
      const store = new BlockStore(localFiles)
      const file = store.create()
      let model = Buffer.alloc(0)
      const grow = (size: number) => Buffer.concat([model, Buffer.alloc(Math.max(0, size - model.length))])
      for (const one of steps) {
        if ('write' in one) {
          await file.write(one.write, Buffer.alloc(one.length, one.value))
          model = grow(one.write + one.length)
          model.fill(one.value, one.write, one.write + one.length)
        } else if ('resize' in one) {
          await file.resize(one.resize)
          model = grow(one.resize).subarray(0, one.resize)
        } else {
          const other = store.create()
          await other.write(0, Buffer.alloc(2 * BLOCK_BYTES, 0xaa))
          await other.free()
        }
      }
      expect(file.size).toBe(model.length)
      expect((await file.read(0, model.length + 5)).equals(model)).toBe(true)
      const parts: Uint8Array[] = []
      for await (const part of file.bytes()) parts.push(part)
      expect(Buffer.concat(parts).equals(model)).toBe(true)
      await store.close()
    }),
    { numRuns: 40 },
  )
})
