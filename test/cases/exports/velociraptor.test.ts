import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, hashOf, madeCase, ran, type MadeCommand } from '../../support/made-case.ts'
import { readZip } from '../../support/read-zip.ts'

type Row = Record<string, unknown>

/** What Velociraptor imports of a collection, written from what its importer does (`import_collection`). */
function imported(
  files: Map<string, Buffer>,
  below = '',
): { client: Row; context: Row; results: Map<string, Row[]>; log: Row[]; uploads: Map<string, string> } {
  const read = (name: string) => files.get(below + name)?.toString() ?? ''
  // It takes a line only with its line break.
  const rows = (name: string) =>
    read(name)
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Row)
  const context = JSON.parse(read('collection_context.json')) as Row
  const results = (context['artifacts_with_results'] as string[]).map((name): [string, Row[]] => [name, rows(`results/${name}.json`)])
  const uploads = new Map<string, string>()
  const unescaped = new Map(
    [...files].map(([name, bytes]) => [
      name
        .split('/')
        .map(part => part.replace(/%([0-9A-F]{2})/g, decodeEscape))
        .join('\0'),
      bytes,
    ]),
  )
  const folders = below.split('/').filter(Boolean)
  for (const { _Components: components, vfs_path: path } of rows('uploads.json')) {
    if ((components as string[])[0] !== 'uploads') throw new Error('it would be dropped')
    uploads.set(
      `${String(path)} ${(components as string[])[1]}`,
      unescaped.get([...folders, ...(components as string[])].join('\0'))?.toString() ?? 'missing',
    )
  }
  return { client: JSON.parse(read('client_info.json')) as Row, context, results: new Map(results), log: rows('log.json'), uploads }
}

function decodeEscape(_: string, hex: string): string {
  return String.fromCharCode(parseInt(hex, 16))
}

const EXE = { path: 'C:\\Users\\mia\\100%\\a.exe', file: 'files/WIN-FIN-01/C/Users/mia/100%/a.exe', text: 'MZ' }
const COMMANDS: MadeCommand[] = [
  { verb: 'get', line: `get ${EXE.path}`, organization: 'ABCD1234', brought: [EXE], device: { id: 7, name: 'WIN-FIN-01', os: 'windows' } },
  { verb: 'ps', line: 'ps', rows: [{ process_pid: 4 }, { process_pid: 8 }] },
  { verb: 'stat', line: 'stat C:\\x', rows: { path: 'C:\\x', attributes: ['ARCHIVE'] } },
  { verb: 'ps', line: 'ps', rows: [{ process_pid: 4 }] },
  { verb: 'rm', line: 'rm C:\\x', outcome: 'failed', error: { code: 'remote', message: 'access denied' } },
]

async function zipOf(commands: readonly MadeCommand[]): Promise<Map<string, Buffer>> {
  return readZip(readFileSync((await exported(await madeCase(commands), 'velociraptor')).path))
}

describe('a collection for Velociraptor', () => {
  it('has the device, its results by verb, its log, and its files under their own paths', async () => {
    const files = await zipOf(COMMANDS)
    expect(files.get('uploads/auto/C%3A/Users/mia/100%25/a.exe')?.toString()).toBe('MZ')
    const { client, context, results, log, uploads } = imported(files)
    expect(client).toMatchObject({
      hostname: 'WIN-FIN-01',
      client_id: expect.stringMatching(/^C\.[0-9a-f]{16}$/) as string,
      system: 'windows',
    })
    expect(context).toMatchObject({
      session_id: expect.stringMatching(/^F\.[0-9A-F]{13}$/) as string,
      client_id: client['client_id'],
      artifacts_with_results: ['LiveResponse.Ps', 'LiveResponse.Stat'],
      total_collected_rows: 4,
      total_uploaded_files: 1,
      total_uploaded_bytes: 2,
    })
    expect(results.get('LiveResponse.Ps')?.map(row => [row['process_pid'], row['_Command']])).toEqual([
      [4, 'ps'],
      [8, 'ps'],
      [4, 'ps'],
    ])
    expect(results.get('LiveResponse.Stat')).toMatchObject([{ path: 'C:\\x', attributes: ['ARCHIVE'] }])
    expect(log.map(({ level, message }) => [level, message])).toEqual([
      ['INFO', `mia: finished: get ${EXE.path}: done`],
      ...['ps', 'stat C:\\x', 'ps'].map(line => ['INFO', `mia: finished: ${line}: done`]),
      ['ERROR', 'mia: finished: rm C:\\x: failed: access denied'],
    ])
    expect([...uploads]).toEqual([[`${EXE.path} auto`, 'MZ']])
  })

  it('has a file that was fetched twice twice, and names that no zip should have encoded', async () => {
    const [path, names] = ['/tmp/.a:b\n\\c?/..', ['x', 'y', 'z']]
    const commands = names.map(name => ({ verb: 'get', brought: [{ path, file: `files/LNX/${name}`, text: name }] }))
    const files = await zipOf(commands)
    expect([...files.keys()].filter(name => name.startsWith('uploads/auto'))).toEqual(['uploads/auto/tmp/%2Ea%3Ab%0A%5Cc%3F'])
    expect([...imported(files).uploads].map(([, text]) => text)).toEqual(names)
  })

  it('of several devices is a hunt with a folder for each', async () => {
    const files = await zipOf([
      ...COMMANDS,
      { id: 8, name: 'WIN-HR-01', verb: 'ps', rows: [{ process_pid: 1 }] },
      { id: 9, name: 'WIN-HR-01', verb: 'ps', rows: [] },
    ])
    expect(JSON.parse(files.get('hunt_info.json')?.toString() ?? '')).toMatchObject({ hunt_id: expect.stringMatching(/^H\./) as string })
    expect([...new Set([...files.keys()].map(name => name.split('/')[0]))]).toEqual([
      'hunt_info.json',
      'WIN-FIN-01',
      'WIN-HR-01',
      'WIN-HR-01 (2)',
    ])
    expect(imported(files, 'WIN-HR-01/').results.get('LiveResponse.Ps')).toMatchObject([{ process_pid: 1 }])
    expect(imported(files, 'WIN-FIN-01/').uploads.size).toBe(1)
  })

  it('says which files are missing, and has the others', async () => {
    const folder = await madeCase([{ verb: 'get', brought: [EXE, { ...EXE, path: 'C:\\b', file: 'files/b' }] }])
    rmSync(join(folder.path, EXE.file))
    const { code, out } = await ran(['case', 'export', folder.path, '--format', 'velociraptor', '--json'])
    const { path, errors, sha256 } = JSON.parse(out) as { path: string; sha256: string; errors: { error: { message: string } }[] }
    expect({ code, errors: errors.map(({ error }) => error.message) }).toEqual({ code: 7, errors: [`${EXE.file}: is missing`] })
    expect([...imported(readZip(readFileSync(path))).uploads.keys()]).toEqual(['C:\\b auto'])
    expect(hashOf(readFileSync(path))).toBe(sha256)
  })

  it('needs a device', async () => {
    const { path } = await madeCase([{ verb: 'usb approval list', device: undefined }])
    expect(await ran(['case', 'export', path, '--format', 'velociraptor'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('no command of the case was on a device') as string,
    })
  })
})
