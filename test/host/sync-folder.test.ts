import { mkdirSync, readFileSync, statSync } from 'node:fs'
import type * as Files from 'node:fs/promises'
import type * as SyncFiles from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openLedger } from '../../src/host/ledger-file.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { testFolder } from '../support/folder.ts'
import { ManualClock, sameRandom } from '../support/host.ts'

/** Records each synchronization of a file or folder; `fails` is the error for folders. */
const disk = vi.hoisted(() => ({ steps: [] as string[], fails: undefined as string | undefined }))

vi.mock('node:fs/promises', async original => {
  const real = await original<typeof Files>()
  const failing = (): never => {
    throw Object.assign(new Error(`${disk.fails}: fsync`), { code: disk.fails, syscall: 'fsync' })
  }
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const handle = await real.open(...args)
      const isFolder = (await handle.stat()).isDirectory()
      const sync = handle.sync.bind(handle)
      handle.sync = async () => {
        disk.steps.push(isFolder ? 'folder' : 'file')
        return isFolder && disk.fails !== undefined ? failing() : await sync()
      }
      return handle
    },
    async rename(...args: Parameters<typeof real.rename>) {
      disk.steps.push('name')
      await real.rename(...args)
    },
  }
})

vi.mock('node:fs', async original => {
  const real = await original<typeof SyncFiles>()
  return {
    ...real,
    fsyncSync(handle: number) {
      if (disk.fails !== undefined && real.fstatSync(handle).isDirectory())
        throw Object.assign(new Error(`${disk.fails}: fsync`), { code: disk.fails, syscall: 'fsync' })
      real.fsyncSync(handle)
    },
  }
})

let folder = ''
beforeEach(() => {
  folder = testFolder()
  ;[disk.steps, disk.fails] = [[], undefined]
})

async function save(): Promise<void> {
  const target = await localFiles.create(join(folder, 'x'), '', false)
  await target.write(Buffer.from('all of it'))
  await target.commit()
}

describe('a downloaded file', () => {
  it('is on the disk before it gets its name, and has its name before anything else is done', async () => {
    await save()
    expect(disk.steps).toEqual(['file', 'name', 'folder'])
  })

  it.each(['EIO', 'ENOSPC', 'EDQUOT'])('is not reported as safe if synchronizing its folder fails with %s', async code => {
    disk.fails = code
    await expect(save()).rejects.toMatchObject({ code: 'io', message: expect.stringMatching(new RegExp(`^${folder}: .*disk`)) as string })
  })

  it.each(['EINVAL', 'EPERM', 'ENOTSUP'])('does not need a folder that can be synchronized: %s', async code => {
    disk.fails = code
    await save()
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('all of it')
  })
})

it.each([
  ['EIO', 1],
  ['EINVAL', 0],
])('a ledger entry whose folder fails with %s is reported %i times', (code, times) => {
  disk.fails = code
  const told: string[] = []
  mkdirSync(join(folder, 'ledger'))
  const ledger = openLedger({
    directory: join(folder, 'ledger'),
    place: 'here',
    clock: new ManualClock(),
    random: sameRandom,
    processes: { pid: 1, alive: () => true, startOf: () => undefined },
    warn: line => {
      told.push(line)
    },
  })
  ledger.note({ kind: 'file', device_id: 1, path: 'C:\\Windows\\Temp\\x.tmp' })
  expect(told.filter(line => line.includes(code))).toHaveLength(times)
  expect(statSync(join(folder, 'ledger')).isDirectory()).toBe(true)
})
