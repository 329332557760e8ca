import { describe, expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { DEVICE, FaultBench } from '../support/fault-matrix.ts'

const BIG = 'C:\\Users\\Public\\big.bin'

describe('a full disk on this machine', () => {
  it.each([1, 2, 3])(
    'at write number %i: nothing appears under the final name, nothing is left, and with space the file arrives whole',
    async nth => {
      const bench = new FaultBench()
      await bench.ask('POST', '/lab/files', { device: DEVICE, path: BIG, size: 3_000_000 })
      const get = async () => await bench.cbc(['lr', 'get', DEVICE, BIG, 'big.bin', '--resume'])
      await get()
      bench.local.files.clear()
      let writes = 0
      bench.local.onWrite = () => {
        if (++writes === nth) throw new CbcError('io', 'big.bin.part: no space left on this disk')
      }
      const { code, err } = await get()
      expect([code, JSON.parse(err)]).toEqual([
        1,
        { error: expect.objectContaining({ code: 'io', message: 'big.bin.part: no space left on this disk' }) as object },
      ])
      expect([bench.local.files.has('big.bin'), await bench.left()]).toEqual([false, []])
      bench.local.onWrite = () => {}
      expect((await get()).code).toBe(0)
      expect(bench.local.files.get('big.bin')).toHaveLength(3_000_000)
      await bench.close()
    },
  )
})
