import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/core/file-store.ts'
import { fileNameKey } from '../../src/core/text/file-name-key.ts'
import { fileStore } from '../../src/evidence-store/stored-files.ts'
import { HOSTILE_TEXTS } from '../support/hostile.ts'

const NEVER = new AbortController().signal

/** Objects in memory, by path. */
function memoryObjects(objects = new Map<string, string>()): ObjectStore & { objects: Map<string, string> } {
  return {
    objects,
    locate: path => `mem://${path}`,
    has: async path => objects.has(path),
    async begin(path) {
      let text = ''
      return {
        async write(chunk) {
          text += Buffer.from(chunk).toString()
        },
        async drop() {
          text = ''
        },
        isAt: async other => objects.get(other) === text,
        async commit() {
          if (objects.has(path)) return false
          objects.set(path, text)
          return true
        },
        async discard() {},
      }
    },
  }
}

async function put(files: ReturnType<ReturnType<typeof fileStore>['open']>, path: string, name: string, text: string): Promise<string> {
  const target = await files.local.create(path, name, false)
  await target.write(Buffer.from(text))
  await target.commit(0)
  return target.path
}

describe('the files of a device in a store', () => {
  it('have paths of safe names below the run and the device, whatever an endpoint or a job calls them', async () => {
    const name = fc.oneof(
      fc.constantFrom(...HOSTILE_TEXTS, '..', '.', 'too-long', 'CON', 'a/../b', 'a\\b', '.carbonblack'),
      fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 20 }).map(points => String.fromCodePoint(...points)),
      fc.integer({ min: 200, max: 300 }).map(length => 'ä'.repeat(length)),
    )
    await fc.assert(
      fc.asyncProperty(
        name,
        name,
        fc.array(fc.tuple(fc.array(name, { maxLength: 4 }), name), { maxLength: 5 }),
        async (run, device, wanted) => {
          const memory = memoryObjects()
          const files = fileStore(memory).open(run, device, NEVER)
          const top = await files.local.folder('', undefined)
          for (const [n, [folders, file]] of wanted.entries()) {
            let folder = top
            for (const one of folders) folder = await folder.folder(one)
            const target = await folder.create(file, false)
            await target.write(Buffer.from(String(n)))
            await target.commit()
          }
          const paths = [...memory.objects.keys()]
          expect(new Set(paths.map(fileNameKey)).size).toBe(wanted.length)
          const [above] = new Set(paths.map(path => path.split('/').slice(0, 2).join('/')))
          for (const path of paths) {
            expect(path.startsWith(`${above}/`)).toBe(true)
            expect(Buffer.byteLength(path)).toBeLessThanOrEqual(1000)
            for (const part of path.split('/')) {
              expect(part).not.toMatch(/^\.{0,2}$|[\p{Cc}\p{Cf}\p{Cs}\\:*?"<>|]/u)
              expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255)
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('of a path that was typed, only the last part is the name of a file', async () => {
    const memory = memoryObjects()
    const files = fileStore(memory).open('run', 'device', NEVER)
    for (const path of ['../../etc/passwd', 'C:\\Windows\\x.dmp', '/', '.', '..']) await put(files, path, 'name', path)
    expect([...memory.objects.keys()]).toEqual(['passwd', 'x.dmp', 'name', 'name (2)', 'name (3)'].map(name => `run/device/${name}`))
  })

  it('are listed with size, hash and time once their device has ended; without files there is no list', async () => {
    const memory = memoryObjects()
    const store = fileStore(memory)
    await store.open('run', 'empty', NEVER).list()
    const files = store.open('run', 'device', NEVER)
    await put(files, '', 'a.txt', 'abc')
    await files.list()
    expect([...memory.objects.keys()]).toEqual(['run/device/a.txt', 'run/device.files.jsonl'])
    expect(JSON.parse(memory.objects.get('run/device.files.jsonl') ?? '')).toEqual({
      path: 'device/a.txt',
      size: 3,
      sha256: createHash('sha256').update('abc').digest('hex'),
      modified: '1970-01-01T00:00:00.000Z',
    })
  })

  it('that were begun again have the hash of what was written since', async () => {
    const memory = memoryObjects()
    const files = fileStore(memory).open('run', 'device', NEVER)
    const target = await files.local.create('', 'a', false)
    await target.write(Buffer.from('first'))
    await target.drop?.()
    await target.write(Buffer.from('second'))
    await target.commit()
    await files.list()
    expect(memory.objects.get('run/device/a')).toBe('second')
    expect(memory.objects.get('run/device.files.jsonl')).toContain(createHash('sha256').update('second').digest('hex'))
  })

  it('of an earlier attempt stay: the same bytes are the same file, other bytes another one', async () => {
    const memory = memoryObjects()
    const store = fileStore(memory)
    const at = []
    for (const text of ['one', 'one', 'two', 'one', 'two']) at.push(await put(store.open('run', 'device', NEVER), '', 'log.txt', text))
    expect(at).toEqual(['log.txt', 'log.txt', 'log (2).txt', 'log.txt', 'log (2).txt'].map(name => `mem://run/device/${name}`))
    expect(memory.objects.size).toBe(2)
  })

  it('that somebody else stored in the meantime are refused, unless they are the same', async () => {
    const memory = memoryObjects()
    const files = fileStore(memory).open('run', 'device', NEVER)
    for (const [theirs, outcome] of [
      ['theirs', 'refused'],
      ['ours', 'done'],
    ] as const) {
      const target = await files.local.create('', theirs, false)
      await target.write(Buffer.from('ours'))
      memory.objects.set(`run/device/${theirs}`, theirs)
      expect(
        await target.commit().then(
          () => 'done',
          ({ code }: { code: string }) => code,
        ),
      ).toBe(outcome)
      expect(memory.objects.get(`run/device/${theirs}`)).toBe(theirs)
    }
  })

  it('are not resumed, which is said', async () => {
    const target = await fileStore(memoryObjects()).open('run', 'device', NEVER).local.create('', 'a', false, true)
    expect(target.unused).toBe('mem://run/device/a: a store keeps no partial downloads')
  })
})
