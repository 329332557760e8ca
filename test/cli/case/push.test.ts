import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CaseFolder } from '../../../src/core/case-folder.ts'
import { networkTransport } from '../../../src/host/transport.ts'
import { chainOf } from '../../support/journal-chain.ts'
import { testHost } from '../../support/host.ts'
import { HurriedClock } from '../../support/hurried-clock.ts'
import { goOn, madeCase, ran } from '../../support/made-case.ts'
import { s3Server, type S3Options, type S3Server } from '../../support/s3-server.ts'

const COMMANDS = [
  { verb: 'get', brought: [{ path: 'C:\\a', file: 'files/WIN-FIN-01/C/a%4 ü.txt', text: 'abc' }] },
  { verb: 'ps', rows: [{ process_pid: 4 }] },
]
/** More than a part of an upload. */
const LARGE = Buffer.concat([randomBytes(1024), Buffer.alloc(17 * 1024 * 1024)])

interface Pushed {
  code: number
  rows: { path: string; action?: string; error?: { code: string; message: string } }[]
  err: string
}

async function push(folder: CaseFolder, server: Pick<S3Server, 'env'>, where = 's3://evidence/case-7'): Promise<Pushed> {
  const { code, out, err } = await ran(['case', 'push', folder.path, where, '-o', 'ndjson'], {
    env: { HOME: '/nowhere', CBC_PROFILE: 'lab', ...server.env },
    clock: new HurriedClock(),
    network: settings => networkTransport(settings),
  })
  const rows = out
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Pushed['rows'][number])
  return { code, rows, err }
}

/** Writes a file that the journal doesn't tell of. */
function add(folder: CaseFolder, file: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(folder.path, file)), { recursive: true })
  writeFileSync(join(folder.path, file), bytes)
}

function there(server: S3Server, file: string): Buffer | undefined {
  return server.objects.get(`case-7/${file}`)?.bytes
}

const puts = ({ requests }: S3Server) => requests.filter(({ method }) => method === 'PUT' || method === 'POST')
const actionsOf = ({ rows }: Pushed) =>
  Object.fromEntries(rows.map(({ path, action, error }) => [path.replace(/\w{64}/, 'X'), action ?? error?.code]))

describe('case push', () => {
  it('copies the case with checksums, its journal last, and says so in the journal', async () => {
    const [folder, server] = [await madeCase(COMMANDS), await s3Server()]
    for (const file of ['exports/bagit/x', 'tmp/x', 'report.html', 'journal.lock.break']) add(folder, file, 'not evidence')
    const journal = readFileSync(join(folder.path, 'journal.jsonl'))
    const pushed = await push(folder, server)
    expect({ code: pushed.code, actions: actionsOf(pushed) }).toEqual({
      code: 0,
      actions: { 'files/WIN-FIN-01/C/a%4 ü.txt': 'pushed', 'results/X.json': 'pushed', 'journal.jsonl': 'pushed', 'head.json': 'pushed' },
    })
    expect([...server.objects.keys()].slice(-2)).toEqual(['case-7/journal.jsonl', 'case-7/head.json'])
    expect(server.objects.size).toBe(4)
    expect(there(server, 'files/WIN-FIN-01/C/a%4 ü.txt')?.toString()).toBe('abc')
    expect(there(server, 'journal.jsonl')?.equals(journal)).toBe(true)
    expect(JSON.parse(String(there(server, 'head.json')))).toMatchObject({ lines: 3, bytes: journal.length })
    expect(chainOf(folder.path).at(-1)).toMatchObject({
      event: 'pushed',
      who: testHost().who(),
      problems: 0,
      to: 's3://evidence/case-7',
      head: { lines: 3 },
      files: 4,
    })
  })

  it('goes on after a cut: what is there is skipped, and nothing is sent twice', async () => {
    const brought = Array.from({ length: 30 }, (_, n) => ({ path: '/n', file: `files/n/${n}`, text: `content ${n}` }))
    const folder = await madeCase([
      ...COMMANDS,
      { verb: 'get', brought: [...brought, { path: '/large', file: 'files/large', text: LARGE }] },
    ])
    let left = 12
    const isCut: S3Options['fault'] = ({ method }) => (method === 'PUT' && left-- <= 0 ? { status: 403, code: 'AccessDenied' } : undefined)
    const server = await s3Server({ fault: request => isCut(request) })
    const cut = await push(folder, server)
    expect(cut).toMatchObject({ code: 1, err: expect.stringMatching(/a fault \(AccessDenied\).*s3:PutObject/s) as string })
    expect(there(server, 'journal.jsonl')).toBeUndefined()
    expect(chainOf(folder.path)).toHaveLength(4)
    const before = new Map([...server.objects].map(([key, { bytes }]) => [key, bytes]))
    left = Infinity
    const resumed = await push(folder, server)
    expect(resumed.code).toBe(0)
    expect(Object.values(actionsOf(resumed)).filter(action => action === 'unchanged')).toHaveLength(before.size)
    expect(server.objects.size).toBe(35)
    expect([...before].every(([key, bytes]) => server.objects.get(key)?.bytes === bytes)).toBe(true)
    expect(there(server, 'files/large')?.equals(LARGE)).toBe(true)
    const sent = puts(server).length
    expect(Object.values(actionsOf(await push(folder, server))).sort()).toEqual([
      ...Array<string>(2).fill('pushed'),
      ...Array<string>(33).fill('unchanged'),
    ])
    // The line about the push before: the journal, and its head.
    expect(puts(server).length).toBe(sent + 2)
  })

  it('of a case that went on, sends what is new, and replaces only the beginning of what grew', async () => {
    const [folder, server] = [await madeCase(COMMANDS), await s3Server({ lock: true })]
    add(folder, 'runs/r/journal.jsonl', '{"a":1}\n')
    add(folder, 'runs/r/failed.txt', '7\n8\n')
    const where = 's3://evidence/case-7?lock=COMPLIANCE&days=30'
    const failures = ({ rows }: Pushed) => rows.filter(({ error }) => error !== undefined)
    expect(failures(await push(folder, server, where))).toEqual([])
    appendFileSync(join(folder.path, 'runs/r/journal.jsonl'), '{"a":2}\n')
    writeFileSync(join(folder.path, 'runs/r/failed.txt'), '8\n')
    await goOn(folder, [{ verb: 'get', brought: [{ path: '/new', file: 'files/new', text: 'new' }] }])
    const again = await push(folder, server, where)
    expect(failures(again)).toEqual([])
    expect(actionsOf(again)).toMatchObject({
      'files/new': 'pushed',
      'files/WIN-FIN-01/C/a%4 ü.txt': 'unchanged',
      'runs/r/journal.jsonl': 'pushed',
      'runs/r/failed.txt': 'pushed',
      'journal.jsonl': 'pushed',
    })
    expect(there(server, 'runs/r/failed.txt')?.toString()).toBe('8\n')
    expect(server.objects.get('case-7/journal.jsonl')?.headers).toMatchObject({ 'x-amz-object-lock-mode': 'COMPLIANCE' })
    expect(chainOf(folder.path).filter(({ event }) => event === 'pushed')).toMatchObject([
      { to: 's3://evidence/case-7' },
      { to: 's3://evidence/case-7' },
    ])
  })

  it('overwrites no evidence: the bucket has another file, and so gets no journal that would vouch for ours', async () => {
    const [folder, server] = [await madeCase(COMMANDS), await s3Server()]
    const name = 'case-7/files/WIN-FIN-01/C/a%4 ü.txt'
    server.objects.set(name, { bytes: Buffer.from('xyz'), checksum: 'another', headers: {} })
    const { code, rows } = await push(folder, server)
    expect(code).toBe(7)
    expect(rows.flatMap(({ error }) => error?.message ?? [])).toEqual([
      `s3://evidence/${name}: is there already, with other content, and nothing is overwritten`,
      'journal.jsonl: left, because a file of the case could not be pushed',
    ])
    expect(server.objects.get(name)?.bytes.toString()).toBe('xyz')
    expect([...server.objects.keys()].some(key => key.endsWith('journal.jsonl'))).toBe(false)
    expect(chainOf(folder.path)).toHaveLength(3)
  })

  it('of a case that was changed says so, and pushes it all the same', async () => {
    const [folder, server] = [await madeCase(COMMANDS), await s3Server()]
    add(folder, 'files/besides', 'x')
    expect(await push(folder, server)).toMatchObject({
      code: 7,
      err: expect.stringContaining('not as it was recorded: files/besides') as string,
    })
    expect(there(server, 'journal.jsonl')).toBeDefined()
    expect(chainOf(folder.path).at(-1)).toMatchObject({ event: 'pushed', problems: 1 })
  })

  it('pushes nothing where another case is, or more of this one', async () => {
    const [one, other, server] = [await madeCase(COMMANDS), await madeCase([{ verb: 'drives', rows: ['C:'] }]), await s3Server()]
    expect((await push(one, server)).code).toBe(0)
    const sent = puts(server).length
    expect(await push(other, server)).toMatchObject({ code: 8, err: expect.stringContaining('nothing was pushed') as string })
    expect(puts(server)).toHaveLength(sent)
  })

  it('counts nothing as pushed that the bucket does not say it has', async () => {
    const folder = await madeCase(COMMANDS)
    const server: S3Server = await s3Server({
      fault: ({ method, path }) => {
        const key = 'case-7/files/WIN-FIN-01/C/a%4 ü.txt'
        const stored = server.objects.get(key)
        if (method === 'HEAD' && path.includes('a%254') && stored !== undefined) server.objects.set(key, { ...stored, checksum: 'another' })
        return undefined
      },
    })
    expect(await push(folder, server)).toMatchObject({
      code: 1,
      err: expect.stringContaining("doesn't say that it has the bytes") as string,
    })
    expect(there(server, 'journal.jsonl')).toBeUndefined()
  })

  it.each([
    ['an object', 'PUT', /files/],
    ['the journal', 'PUT', /journal/],
  ])('a lost answer about %s is no failure', async (_what, method, path) => {
    let over = false
    const server = await s3Server({
      fault: request => {
        if (over || request.method !== method || !path.test(request.path)) return undefined
        over = true
        return { drop: 'after' }
      },
    })
    const folder = await madeCase(COMMANDS)
    expect(await push(folder, server)).toMatchObject({ code: 0 })
    expect(server.objects.size).toBe(4)
  })

  it('names links and keys that are too long, and pushes the rest', async () => {
    const [folder, server] = [await madeCase(COMMANDS), await s3Server()]
    symlinkSync('/etc/passwd', join(folder.path, 'files/passwd'))
    const long = `files/${`${'ü'.repeat(100)}/`.repeat(6)}x`
    add(folder, long, 'x')
    const pushed = await push(folder, server)
    expect({ code: pushed.code, ...actionsOf(pushed) }).toMatchObject({
      code: 7,
      'files/passwd': 'refused',
      [long]: 'refused',
      'files/WIN-FIN-01/C/a%4 ü.txt': 'pushed',
      'journal.jsonl': 'refused',
    })
    expect(pushed.rows.find(({ path }) => path === long)?.error?.message).toContain('is longer than the 1024 bytes that a key may have')
  })

  it.each<[string, S3Options, string, number, RegExp]>([
    ['there is no such bucket', {}, 's3://other/x', 4, /there is no such bucket/],
    ['the bucket has no object lock', {}, 's3://evidence/x?lock=GOVERNANCE&days=1', 2, /object lock is not enabled/],
    ['it is no bucket', {}, '/mnt/x', 2, /no bucket is named like this/],
  ])('says at once that %s', async (_what, options, where, code, message) => {
    const pushed = await push(await madeCase(COMMANDS), await s3Server(options), where)
    expect({ code: pushed.code, err: pushed.err }).toEqual({ code, err: expect.stringMatching(message) as string })
  })
})
