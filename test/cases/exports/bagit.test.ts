import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../../support/folder.ts'
import { exported, hashOf, madeCase, ran } from '../../support/made-case.ts'
import { isHere, tool } from '../../support/tool.ts'

const LOG = 'C:\\Windows\\System32\\winevt\\Logs\\Microsoft-Windows-TaskScheduler%4Operational.evtx'
const LOG_FILE = 'files/WIN-FIN-01/C/Windows/System32/winevt/Logs/Microsoft-Windows-TaskScheduler%4Operational.evtx'
const COMMANDS = [
  { verb: 'get', line: `get ${LOG}`, brought: [{ path: LOG, file: LOG_FILE, text: 'ElfFile', last_write_time: '2024-03-01T10:00:00Z' }] },
  { verb: 'ps', line: 'ps', rows: [{ process_pid: 4 }] },
]

/** Names that manifests, shells and file systems stumble over. */
const HOSTILE = [
  'a\nb',
  'a\rb',
  '100%25',
  '=25',
  '=3D%',
  'a\\b',
  '\\n',
  ' leading',
  'trailing ',
  '*',
  'ü–😀',
  '-c',
  "it's",
  '%'.repeat(200),
]

/** A reader of bags as RFC 8493 describes them. @returns what is wrong */
function invalid(bag: string): string[] {
  const listed = (name: string) =>
    readFileSync(join(bag, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => /^([0-9a-f]{64}) +(.*)$/s.exec(line) ?? [])
      .map(([, sha256 = '', path = '']) => ({ sha256, path: path.replace(/%(0A|0D|25)/gi, escape => decodeURIComponent(escape)) }))
  const below = (folder: string): string[] =>
    readdirSync(join(bag, folder), { withFileTypes: true }).flatMap(entry =>
      entry.isDirectory() ? below(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
  const [payload, tags] = [listed('manifest-sha256.txt'), listed('tagmanifest-sha256.txt')]
  const wrong = [...payload, ...tags].filter(({ sha256, path }) => hashOf(readFileSync(join(bag, path))) !== sha256).map(({ path }) => path)
  const unlisted = below('data').filter(path => !payload.some(entry => entry.path === path))
  const untagged = readdirSync(bag).filter(
    name => name !== 'data' && !name.startsWith('tagmanifest') && !tags.some(({ path }) => path === name),
  )
  const bytes = payload.reduce((sum, { path }) => sum + readFileSync(join(bag, path)).length, 0)
  const oxum = readFileSync(join(bag, 'bag-info.txt'), 'utf8').includes(`Payload-Oxum: ${bytes}.${payload.length}\n`)
    ? []
    : ['Payload-Oxum']
  return [...wrong, ...unlisted, ...untagged, ...oxum]
}

describe('a bag', () => {
  it('holds the case as it is, and says what it is', async () => {
    const folder = await madeCase(COMMANDS)
    const { path, files, size, sha256 } = await exported(folder, 'bagit')
    expect(path).toBe(join(folder.path, 'exports', 'bagit'))
    expect(readFileSync(join(path, 'bagit.txt'), 'utf8')).toBe('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')
    expect(invalid(path)).toEqual([])
    for (const name of ['journal.jsonl', 'head.json'])
      expect(readFileSync(join(path, 'data', name), 'utf8')).toBe(readFileSync(join(folder.path, name), 'utf8'))
    expect(readFileSync(join(path, 'bag-info.txt'), 'utf8')).toMatch(new RegExp(`^Payload-Oxum: ${String(size)}\\.${String(files)}$`, 'm'))
    expect(hashOf(readFileSync(join(path, 'tagmanifest-sha256.txt')))).toBe(sha256)
    expect(files).toBe(4)
  })

  it.skipIf(!isHere('sha256sum'))('is checked by sha256sum, with whatever names', async () => {
    const brought = HOSTILE.map(name => ({ path: name, file: `files/WIN-FIN-01/x${name}/${name}`, text: name }))
    const folder = await madeCase([...COMMANDS, { verb: 'get', brought }])
    const { path } = await exported(folder, 'bagit')
    for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt'])
      expect(tool('sha256sum', ['--strict', '-c', manifest], path)).toMatchObject({ status: 0, err: '' })
    expect(invalid(path)).toEqual([])
    const renamed = readFileSync(join(path, 'renamed-files.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { path: string; file: string })
    expect(renamed.find(({ file }) => file === LOG_FILE)?.path).toBe(`data/${LOG_FILE.replace('%4', '=254')}`)
    for (const { path: at, file } of renamed) expect(readFileSync(join(path, at)).equals(readFileSync(join(folder.path, file)))).toBe(true)
  })

  it('keeps the times of files', async () => {
    const folder = await madeCase(COMMANDS)
    const { path } = await exported(folder, 'bagit')
    const { modified } = await first(folder.list('results'))
    expect((await first((await madeAgain(path)).list('results'))).modified).toBe(modified)
  })

  it('has no links, and what was left out is said', async () => {
    const folder = await madeCase(COMMANDS)
    symlinkSync('/etc/passwd', join(folder.path, 'files', 'passwd'))
    const { code, out } = await ran(['case', 'export', folder.path, '--format', 'bagit', '--json'])
    const { path, errors } = JSON.parse(out) as { path: string; errors: { error: { message: string } }[] }
    expect({ code, errors: errors.map(({ error }) => error.message) }).toEqual({
      code: 7,
      errors: ['files/passwd: is neither a file nor a folder: it was left out'],
    })
    expect(existsSync(join(path, 'data/files/passwd'))).toBe(false)
  })

  it('of a case that was changed says so, to whoever exports it and in the bag', async () => {
    const folder = await madeCase(COMMANDS)
    writeFileSync(join(folder.path, LOG_FILE), 'ElfFilX')
    writeFileSync(join(folder.path, 'files/a\nCase-Problem: none'), '')
    const { code, out, err } = await ran(['case', 'export', folder.path, '--format', 'bagit', '--json'])
    const { path, problems } = JSON.parse(out) as { path: string; problems: string[] }
    expect({ code, problems }).toEqual({
      code: 7,
      problems: [
        expect.stringContaining(`${LOG_FILE}: was changed`) as string,
        expect.stringMatching(/^files\/a\nCase-Problem: none: /) as string,
      ],
    })
    expect(err).toContain('the case is not as it was recorded')
    expect(readFileSync(join(path, 'bag-info.txt'), 'utf8').match(/^Case-Problem: .*$/gm)).toEqual(
      problems.map(problem => `Case-Problem: ${problem.replace('\n', '\\u000a')}`),
    )
    expect(invalid(path)).toEqual([])
  })

  it('takes an empty folder, and refuses one with something in it', async () => {
    const folder = await madeCase(COMMANDS)
    const place = testFolder()
    expect((await exported(folder, 'bagit', place)).path).toBe(place)
    const before = readFileSync(join(place, 'tagmanifest-sha256.txt'), 'utf8')
    expect(await ran(['case', 'export', folder.path, '--format', 'bagit', place])).toMatchObject({
      code: 8,
      err: expect.stringContaining('exists on this machine, and is no empty folder') as string,
    })
    expect(readFileSync(join(place, 'tagmanifest-sha256.txt'), 'utf8')).toBe(before)
  })
})

async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item
  throw new Error('there is none')
}

/** Opens the case in a bag. */
async function madeAgain(bag: string): ReturnType<typeof madeCase> {
  const copy = await madeCase()
  cpSync(join(bag, 'data'), copy.path, { recursive: true, preserveTimestamps: true })
  return copy
}
