import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HRESULT, SensorError } from '../../../src/lab/endpoint.ts'
import { Jail } from '../../../src/lab/linux/jail.ts'
import { type Lab, freshFolder, openLab } from './support.ts'

const SECRET = 'nobody may read this'

/** A disk, and next to it files that must stay out of reach. */
async function guarded(): Promise<Lab> {
  const outside = await freshFolder()
  const disk = join(outside, 'disk')
  await mkdir(join(outside, 'beside'))
  await writeFile(join(outside, 'beside/secret'), SECRET)
  await writeFile(join(outside, 'secret'), SECRET)
  await mkdir(join(disk, 'a/b'), { recursive: true })
  await writeFile(join(disk, 'a/b/file'), 'inside')
  return { ...(await openLab({ disk })), outside }
}

/** Everything outside the disk, by path. */
async function surroundings(outside: string): Promise<string[]> {
  const paths = [await readdir(outside), await readdir(join(outside, 'beside'))].flat().filter(path => path !== 'disk')
  return [...paths.sort(), await readFile(join(outside, 'secret'), 'utf8'), await readFile(join(outside, 'beside/secret'), 'utf8')]
}

describe('a link that leads outside', () => {
  it.each(['../secret', '../../secret', 'OUT/secret', 'OUT/disk/../secret', '/etc/passwd', 'a/../../secret', 'OUT'])(
    '%s is not followed',
    async target => {
      const lab = await guarded()
      await symlink(target.replace('OUT', lab.outside), join(lab.disk, 'link'))
      const code = { name: 'get file', path: '/link' } as const
      expect(await lab.failure(code)).toBe(HRESULT.ACCESS_DENIED)
      await expect(lab.put('/link', 'x')).rejects.toMatchObject({ code: HRESULT.ACCESS_DENIED })
      expect(await lab.failure({ name: 'directory list', path: '/link/' })).toBe(HRESULT.ACCESS_DENIED)
      expect(await lab.failure({ name: 'create process', path: 'true', working_directory: '/link' })).toBe(HRESULT.ACCESS_DENIED)
      expect(await lab.failure({ name: 'create process', path: 'true', output_file: '/link' })).toBe(HRESULT.ACCESS_DENIED)
      // A link itself can be listed and deleted.
      expect((await lab.run({ name: 'directory list', path: '/link' })).files).toMatchObject([{ attributes: ['REPARSE_POINT'] }])
      await lab.run({ name: 'delete file', path: '/link' })
      expect(await surroundings(lab.outside)).toEqual(['beside', 'secret', 'secret', SECRET, SECRET])
    },
  )

  it('is distinguished from a neighbour whose path starts the same', async () => {
    const lab = await guarded()
    await mkdir(`${lab.disk}-neighbour`)
    await writeFile(`${lab.disk}-neighbour/secret`, SECRET)
    await symlink(`${lab.disk}-neighbour/secret`, join(lab.disk, 'link'))
    expect(await lab.failure({ name: 'get file', path: '/link' })).toBe(HRESULT.ACCESS_DENIED)
  })
})

it('links that stay inside are followed, and loops are not', async () => {
  const lab = await guarded()
  await symlink('../a/b/../b/file', join(lab.disk, 'a/relative'))
  await symlink(join(lab.disk, 'a/relative'), join(lab.disk, 'absolute'))
  await symlink('loop', join(lab.disk, 'loop'))
  expect((await lab.get('/absolute')).toString()).toBe('inside')
  expect(await lab.failure({ name: 'get file', path: '/loop' })).toBe(HRESULT.ACCESS_DENIED)
})

/** Both ways to open directories: by descriptor, and by path as on macOS. */
const WAYS = [
  ['descriptors', '/proc/self/fd'],
  ['paths', undefined],
].filter(([, fd]) => fd === undefined || existsSync(fd)) as [string, string | undefined][]

const part = fc.constantFrom('a', 'b', 'file', 'l0', 'l1', 'l2', '..', '.', '', 'secret', 'beside', 'disk', 'new')
const path = fc.array(part, { minLength: 1, maxLength: 7 }).map(parts => `/${parts.join('/')}`)
const target = fc
  .tuple(fc.constantFrom('', '/', 'OUT/', 'DISK/', '../', '../../'), fc.array(part, { maxLength: 5 }))
  .map(([start, parts]) => start + parts.join('/') || '.')
const links = fc.array(fc.record({ at: fc.constantFrom('l0', 'a/l0', 'a/l1', 'a/b/l2', 'l1'), target }), { maxLength: 4 })

describe.each(WAYS)('with %s', (_, descriptors) => {
  it('no path over any links reads or lists anything outside', async () => {
    const lab = await guarded()
    const jail = new Jail(lab.disk, descriptors)
    await fc.assert(
      fc.asyncProperty(links, fc.array(path, { minLength: 1, maxLength: 6 }), async (made, paths) => {
        for (const link of made) {
          await symlink(link.target.replace('OUT', lab.outside).replace('DISK', lab.disk), join(lab.disk, link.at)).catch(() => undefined)
        }
        try {
          for (const one of paths) {
            const seen = await Promise.all(
              [
                jail.visit(one, true, async place => {
                  const file = await jail.open(place, 0)
                  try {
                    return await file.readFile('utf8')
                  } finally {
                    await file.close()
                  }
                }),
                jail.within(one, async folder => (await readdir(folder.at('.'))).join()),
                jail.within(one, folder => jail.hostPath(folder)),
              ].map(promise => promise.catch(() => undefined)),
            )
            expect(seen[0] ?? 'inside').toBe('inside')
            expect(seen[1] ?? '').not.toMatch(/secret|beside/)
            expect(`${seen[2] ?? lab.disk}/`.startsWith(`${lab.disk}/`)).toBe(true)
          }
        } finally {
          for (const at of ['l0', 'a/l0', 'a/l1', 'a/b/l2', 'l1']) await rm(join(lab.disk, at), { force: true })
        }
      }),
      { numRuns: 150 },
    )
  })

  it('what becomes a link between check and use leads nowhere', async () => {
    const lab = await guarded()
    const jail = new Jail(lab.disk, descriptors)
    await writeFile(join(lab.disk, 'a/secret'), 'inside')
    const read = (swap: () => Promise<void>): Promise<string> =>
      jail
        .visit('/a/secret', true, async place => {
          await swap()
          const file = await jail.open(place, 0)
          try {
            return await file.readFile('utf8')
          } finally {
            await file.close()
          }
        })
        .catch(error => (error instanceof SensorError ? 'refused' : String(error)))
    const directory = await read(async () => {
      await rename(join(lab.disk, 'a'), join(lab.disk, 'moved'))
      await symlink('../beside', join(lab.disk, 'a'))
    })
    // By descriptor it is still the same directory, which a path cannot guarantee.
    expect(directory).toBe(descriptors === undefined ? 'refused' : 'inside')
    await rm(join(lab.disk, 'a'))
    await rename(join(lab.disk, 'moved'), join(lab.disk, 'a'))
    const file = await read(async () => {
      await rm(join(lab.disk, 'a/secret'))
      await symlink('../../secret', join(lab.disk, 'a/secret'))
    })
    expect(file).toBe('refused')
  })

  it('a directory that is constantly replaced by a link leads nowhere', async () => {
    const lab = await guarded()
    const jail = new Jail(lab.disk, descriptors)
    await mkdir(join(lab.disk, 'real'))
    await writeFile(join(lab.disk, 'real/secret'), 'inside')
    await symlink('../beside', join(lab.disk, 'fake'))
    let going = true
    const swapping = (async () => {
      while (going) {
        await rename(join(lab.disk, 'real'), join(lab.disk, 'door')).catch(() => undefined)
        await rename(join(lab.disk, 'door'), join(lab.disk, 'real')).catch(() => undefined)
        await rename(join(lab.disk, 'fake'), join(lab.disk, 'door')).catch(() => undefined)
        await rename(join(lab.disk, 'door'), join(lab.disk, 'fake')).catch(() => undefined)
      }
    })()
    const outcomes = new Set<string>()
    for (let n = 0; n < 400; n++) {
      const read = jail.visit('/door/secret', true, async place => {
        const file = await jail.open(place, 0)
        try {
          return await file.readFile('utf8')
        } finally {
          await file.close()
        }
      })
      outcomes.add(await read.catch(error => (error instanceof SensorError ? 'refused' : `${error.code}`)))
    }
    going = false
    await swapping
    expect(outcomes).not.toContain(SECRET)
    expect(outcomes).toContain('refused')
  })
})

it('no command changes anything outside, over any links', async () => {
  const lab = await guarded()
  const before = await surroundings(lab.outside)
  const command = fc.constantFrom('put file', 'delete file', 'create directory', 'create process')
  await fc.assert(
    fc.asyncProperty(links, fc.array(fc.tuple(command, path), { minLength: 1, maxLength: 5 }), async (made, steps) => {
      for (const link of made) {
        await mkdir(join(lab.disk, 'a/b'), { recursive: true }).catch(() => undefined)
        await symlink(link.target.replace('OUT', lab.outside).replace('DISK', lab.disk), join(lab.disk, link.at)).catch(() => undefined)
      }
      for (const [name, where] of steps) {
        if (name === 'put file') await lab.put(where, 'put').catch(() => undefined)
        else if (name === 'create process') await lab.failure({ name, path: 'printf x', output_file: where, wait: true })
        else await lab.failure({ name, path: where } as never)
      }
      expect(await surroundings(lab.outside)).toEqual(before)
      for (const name of await readdir(lab.disk)) await rm(join(lab.disk, name), { recursive: true, force: true })
    }),
    { numRuns: 80, endOnFailure: true },
  )
})
