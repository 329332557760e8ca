import type { FileHandle } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { BackgroundFlush } from '../../src/host/background-flush.ts'
import { until } from '../support/host.ts'

/** A file that counts what is asked of it. @param datasync how its flushes end */
function file(datasync: () => Promise<void> = async () => {}) {
  const flushes: string[] = []
  const asked = {
    datasync: async () => {
      flushes.push('datasync')
      await datasync()
    },
    sync: async () => void flushes.push('sync'),
  }
  return { file: asked as unknown as FileHandle, flushes }
}
const MIB = 1024 * 1024

it('a large file is brought to disk while it is written, one flush at a time, and a small one at its end', async () => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const large = file(() => held)
  const flush = new BackgroundFlush()
  for (let written = 0; written < 200; written++) flush.wrote(large.file, MIB)
  expect(large.flushes).toEqual(['datasync'])
  const ended = flush.end(large.file)
  release()
  await ended
  expect(large.flushes).toEqual(['datasync', 'sync'])

  const small = file()
  const once = new BackgroundFlush()
  once.wrote(small.file, MIB)
  await once.end(small.file)
  expect(small.flushes).toEqual(['sync'])
})

it('a flush that fails fails the next write and the end, though the system reports it only once', async () => {
  const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  const { file: disk } = file(async () => {
    throw broken
  })
  const flush = new BackgroundFlush()
  flush.wrote(disk, 64 * MIB)
  const fails = () => {
    try {
      flush.wrote(disk, 1)
    } catch (error) {
      return error === broken
    }
    return false
  }
  await until(fails)
  await expect(flush.end(disk)).rejects.toBe(broken)
})
