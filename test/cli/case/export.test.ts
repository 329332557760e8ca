import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localFiles } from '../../../src/host/local-files.ts'
import { testFolder } from '../../support/folder.ts'
import { exported, hashOf, madeCase, ran } from '../../support/made-case.ts'

const COMMANDS = [{ verb: 'ls', line: 'ls /tmp', rows: [{ path: '/tmp/a', last_write_time: '2024-03-01T10:00:00Z' }] }]

describe('case export', () => {
  it('writes below the case, each time under a new name, and tells size and SHA-256', async () => {
    const folder = await madeCase(COMMANDS)
    for (const name of ['timesketch.jsonl', 'timesketch-2.jsonl', 'timesketch-3.jsonl']) {
      const { path, size, sha256, format } = await exported(folder, 'timesketch')
      expect({ path, format, size }).toEqual({
        path: join(folder.path, 'exports', name),
        format: 'timesketch',
        size: readFileSync(path).length,
      })
      expect(hashOf(readFileSync(path))).toBe(sha256)
    }
    await exported(folder, 'bagit')
    expect(readdirSync(join((await exported(folder, 'bagit')).path, 'data')).sort()).toEqual(['head.json', 'journal.jsonl', 'results'])
    expect(readdirSync(join(folder.path, 'exports')).sort()).toEqual([
      'bagit',
      'bagit-2',
      'timesketch-2.jsonl',
      'timesketch-3.jsonl',
      'timesketch.jsonl',
    ])
  })

  it('writes to a file, or into a folder, and overwrites neither', async () => {
    const folder = await madeCase(COMMANDS)
    const place = testFolder()
    expect((await exported(folder, 'bodyfile', join(place, 'x.body'))).path).toBe(join(place, 'x.body'))
    expect((await exported(folder, 'velociraptor', place)).path).toBe(join(place, 'velociraptor.zip'))
    for (const [format, at] of [
      ['bodyfile', 'x.body'],
      ['velociraptor', ''],
    ] as const)
      expect(await ran(['case', 'export', folder.path, '--format', format, join(place, at)])).toMatchObject({
        code: 8,
        err: expect.stringContaining('exists on this machine') as string,
      })
    expect(readdirSync(place).sort()).toEqual(['velociraptor.zip', 'x.body'])
  })

  it('writes nothing into the evidence', async () => {
    const folder = await madeCase(COMMANDS)
    mkdirSync(join(folder.path, 'files'))
    for (const at of ['timeline', 'files', 'files/x', 'exports/../x'])
      expect(await ran(['case', 'export', folder.path, '--format', 'timesketch', join(folder.path, at)])).toMatchObject({
        code: 2,
        err: expect.stringContaining('is part of the case') as string,
      })
    expect((await exported(folder, 'bodyfile', join(folder.path, 'exports', 'mine'))).path).toBe(join(folder.path, 'exports', 'mine'))
  })

  it.each(['bagit', 'timesketch', 'bodyfile', 'velociraptor'])(
    '%s appears complete or not at all, also where the disk is full',
    async format => {
      const folder = await madeCase([{ ...COMMANDS[0], brought: [{ path: '/tmp/a', file: 'files/a', text: 'abc' }] }])
      const place = testFolder()
      const full = async (): Promise<never> => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })
      }
      const local = {
        ...localFiles,
        create: async (...words: Parameters<typeof localFiles.create>) => ({ ...(await localFiles.create(...words)), write: full }),
      }
      const newFolder = async (path: string) => {
        const { openNewFolder } = await import('../../../src/host/new-folder.ts')
        const { random } = await import('../../../src/host/clock.ts')
        const made = await openNewFolder(path, random)
        return {
          ...made,
          create: async (file: string) => ({ ...(await made.create(file)), write: file.startsWith('data/files') ? full : async () => {} }),
        }
      }
      const { code, err } = await ran(['case', 'export', folder.path, '--format', format, join(place, 'x')], { local, newFolder })
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('no space left on this disk') as string })
      expect(readdirSync(place)).toEqual([])
    },
  )

  it('says what is wrong with its words', async () => {
    const { path } = await madeCase(COMMANDS)
    expect(await ran(['case', 'export', path])).toMatchObject({ code: 2, err: expect.stringContaining('--format is missing') as string })
    expect(await ran(['case', 'export', path, '--format', 'pdf'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('bagit') as string,
    })
    expect((await ran(['case', 'export', testFolder(), '--format', 'bagit'])).code).toBe(4)
  })

  it('has a journal as it was, while others go on with the case', async () => {
    const folder = await madeCase(COMMANDS)
    const before = readFileSync(join(folder.path, 'journal.jsonl'), 'utf8')
    const newFolder = async (path: string) => {
      writeFileSync(join(folder.path, 'journal.jsonl'), `${before}{"sequence":3}\n`)
      const { openNewFolder } = await import('../../../src/host/new-folder.ts')
      const { random } = await import('../../../src/host/clock.ts')
      return await openNewFolder(path, random)
    }
    const { out } = await ran(['case', 'export', folder.path, '--format', 'bagit', '--json'], { newFolder })
    expect(readFileSync(join((JSON.parse(out) as { path: string }).path, 'data/journal.jsonl'), 'utf8')).toBe(before)
  })
})
