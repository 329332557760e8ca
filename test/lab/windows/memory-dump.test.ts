import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { HRESULT } from '../../../src/lab/endpoint.ts'
import { failure, openLab } from './support.ts'

const MIB = 1024 ** 2
const listed = async (lab: ReturnType<typeof openLab>, path: string) => (await lab.run('directory list', { path })).files ?? []

test('a memory dump writes a file, reports its progress, and takes a while', async () => {
  const lab = openLab()
  const before = lab.clock.now()
  expect(await lab.run('memdump', { path: 'C:\\Windows\\Temp\\memory.dmp' })).toEqual({
    mem_dump: { compressing: false, complete: true, dumping: false, return_code: 0, percentdone: 100 },
  })
  const percents = lab.reports.map(({ mem_dump }) => mem_dump?.percentdone ?? -1)
  expect(percents.length).toBeGreaterThan(3)
  expect(percents).toEqual([...percents].sort((a, b) => a - b))
  expect(lab.clock.now()).toBeGreaterThan(before)
  expect(await listed(lab, 'C:\\Windows\\Temp\\memory.dmp')).toMatchObject([{ size: 256 * MIB }])
})

test('a compressed memory dump is a valid archive', async () => {
  const lab = openLab('workstation')
  await lab.run('memdump', { path: 'C:\\memory.dmp', compress: true })
  const zip = await lab.get('C:\\memory.dmp.zip')
  expect(zip.readUInt32LE(0)).toBe(0x04034b50)
  const [size, name] = [zip.readUInt32LE(22), zip.readUInt16LE(26)]
  expect(zip.toString('utf8', 30, 30 + name)).toBe('memory.dmp')
  expect(size).toBe(8 * MIB)
  expect(crc32(zip.subarray(30 + name, 30 + name + size))).toBe(zip.readUInt32LE(14))
  const end = zip.length - 22
  expect(zip.readUInt32LE(end)).toBe(0x06054b50)
  const central = zip.readUInt32LE(end + 16)
  expect(zip.readUInt32LE(central)).toBe(0x02014b50)
  expect(zip.readUInt32LE(central + 16)).toBe(zip.readUInt32LE(14))
  expect(zip.readUInt32LE(central + 42)).toBe(0)
  expect(zip.toString('utf8', central + 46, central + 46 + name)).toBe('memory.dmp')
  expect(central + zip.readUInt32LE(end + 12)).toBe(end)
})

test('a memory dump that cannot be written, or fills the disk, leaves nothing', async () => {
  const lab = openLab()
  expect(await failure(lab.run('memdump', { path: 'C:\\none\\memory.dmp' }))).toBe(HRESULT.PATH_NOT_FOUND)
  lab.staged.set('big', { kind: 'generated', seed: 1, size: 2.4 * 1024 ** 3 })
  await lab.run('put file', { path: 'D:\\big', file_id: 'big' })
  expect(await failure(lab.run('memdump', { path: 'D:\\memory.dmp' }))).toBe(HRESULT.DISK_FULL)
  expect(await failure(listed(lab, 'D:\\memory.dmp'))).toBe(HRESULT.FILE_NOT_FOUND)
})

test('a memory dump that is stopped half way leaves nothing', async () => {
  const lab = openLab()
  const dump = lab.run('memdump', { path: 'C:\\memory.dmp' })
  while (lab.reports.length < 2) await new Promise(resolve => setImmediate(resolve))
  lab.abort.abort(new Error('closed'))
  await expect(dump).rejects.toThrow('closed')
  expect(await failure(listed(lab, 'C:\\memory.dmp'))).toBe(HRESULT.FILE_NOT_FOUND)
})
