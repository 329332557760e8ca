import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PACKET, STATUS } from '../../src/sftp/protocol/constants.ts'
import { FieldWriter } from '../../src/sftp/protocol/fields.ts'
import { CLOUD, endpointFiles, type Tree } from '../support/endpoint-files.ts'
import { LINUX, type Seen } from '../support/service.ts'
import { filesBench } from './support.ts'

const BIG = 'x'.repeat(2 * 2 ** 20) + 'the end'
const TREE: Tree = {
  Users: { 'a.txt': 'alpha', 'b.txt': 'beta', 'readonly.txt': { is: 'r', attributes: ['READONLY', 'ARCHIVE'] } },
  'big.bin': BIG,
  'empty.txt': '',
}
const LISTED = 'directory list'

describe('an endpoint of Windows', () => {
  it('has its drives in /, and below them what is listed, with the attributes of POSIX', async () => {
    const { client, run } = await filesBench(endpointFiles(TREE))
    expect([...(await run(client.list('/'))).keys()]).toEqual(['.', '..', 'C', 'D'])
    const users = await run(client.list('/C/Users'))
    expect([...users.keys()]).toEqual(['.', '..', 'a.txt', 'b.txt', 'readonly.txt'])
    expect(users.get('a.txt')).toEqual({
      longName: '-r--r--r--    1 -        -                   5 Jan  1  2024 a.txt',
      attributes: { size: 5, mode: 0o100444, times: { accessed: 1_704_067_200, modified: 1_704_067_200 } },
    })
    expect((await run(client.attributes('/C/Users'))).mode).toBe(0o040555)
    expect((await run(client.attributes('/c:/users/A.TXT'))).size).toBe(5)
  })

  it('shows what may be written where that is allowed', async () => {
    const marked = { is: {}, attributes: ['READONLY', 'DIRECTORY'] }
    const { client, run } = await filesBench(endpointFiles({ ...TREE, marked }), { writable: true })
    // On a directory the attribute keeps nobody from writing.
    expect((await run(client.list('/C'))).get('marked')?.attributes.mode).toBe(0o040755)
    const users = await run(client.list('/C/Users'))
    expect([users.get('a.txt')?.attributes.mode, users.get('readonly.txt')?.attributes.mode]).toEqual([0o100644, 0o100444])
  })

  it('is asked once for a folder whose files are looked at one by one, and again when seconds have passed', async () => {
    const { client, run, clock, service } = await filesBench(endpointFiles(TREE))
    for (const name of ['a.txt', 'b.txt', 'nothing', 'A.txt']) await run(client.path(PACKET.LSTAT, `/C/Users/${name}`))
    await run(client.list('/C/Users'))
    expect(service.issued).toEqual([LISTED])
    await clock.pass(11_000)
    await run(client.path(PACKET.STAT, '/C/Users/a.txt'))
    expect(service.issued).toEqual([LISTED, LISTED])
  })

  it('thousands of small reads of a file take one command, and opening it again takes none', async () => {
    const { client, run, service } = await filesBench(endpointFiles(TREE))
    const first = await run(client.get('/C/big.bin', 512))
    const second = await run(client.get('/C/big.bin', 100_000))
    expect([first.toString() === BIG, second.toString() === BIG]).toEqual([true, true])
    // The beginning by itself, and then all of it.
    expect(service.issued).toEqual([LISTED, 'get file', 'get file'])
    expect(service.staged).toEqual([])
  })

  it('only the beginning of a larger file is fetched for those who look at nothing else', async () => {
    const endpoint = endpointFiles(TREE)
    const { client, run } = await filesBench(endpoint)
    const handle = await run(client.open('/C/big.bin'))
    const parts = await run(Promise.all([client.read(handle, 0, 1000), client.read(handle, 2 ** 20, 1000)]))
    expect(parts.map(part => part?.length)).toEqual([1000, 1000])
    expect(endpoint.requests.slice(1)).toEqual([
      { name: 'get file', path: 'C:\\big.bin', offset: 0, count: 1_572_864, get_count: 1_572_864 },
    ])
  })

  it('many requests at once for one file fetch it once', async () => {
    const { client, run, service } = await filesBench(endpointFiles(TREE))
    const handle = await run(client.open('/C/big.bin'))
    const reads = Array.from({ length: 64 }, (_, at) => client.read(handle, at * 32_768, 32_768))
    const parts = await run(Promise.all(reads))
    expect(Buffer.concat(parts.map(part => part ?? Buffer.alloc(0))).toString()).toBe(BIG.slice(0, 64 * 32_768))
    expect(service.issued.filter(name => name === 'get file').length).toBeLessThanOrEqual(2)
  })

  it('an empty file is read without a command', async () => {
    const { client, run, service } = await filesBench(endpointFiles(TREE))
    expect((await run(client.get('/C/empty.txt'))).length).toBe(0)
    expect(service.issued).toEqual([LISTED])
  })

  it('a file that has changed is fetched again; whoever has it open reads what it was', async () => {
    const tree = { 'log.txt': 'one' }
    const { client, run, clock } = await filesBench(endpointFiles(tree))
    const old = await run(client.open('/C/log.txt'))
    await run(client.read(old, 0, 10))
    tree['log.txt'] = 'one two'
    await clock.pass(11_000)
    expect((await run(client.get('/C/log.txt'))).toString()).toBe('one two')
    expect((await run(client.read(old, 0, 10)))?.toString()).toBe('one')
  })

  it('a stream is read under its name, with a size, though no folder lists it', async () => {
    const tree = { 'a.txt': 'text', 'a.txt:Zone.Identifier': 'ZoneId=3' }
    const endpoint = endpointFiles(tree)
    const { client, run } = await filesBench(endpoint)
    expect((await run(client.attributes('/C/a.txt:Zone.Identifier'))).size).toBe(8)
    expect((await run(client.get('/C/a.txt%3AZone.Identifier'))).toString()).toBe('ZoneId=3')
    expect(endpoint.requests.filter(({ name }) => name === 'get file').length).toBe(1)
    expect(await run(client.status(client.path(PACKET.LSTAT, '/C/none.txt:x')))).toBe(STATUS.NO_SUCH_FILE)
  })

  it('names that would harm a terminal are escaped, and lead back to their files', async () => {
    const name = '\u001b[2Jevil\u202e.txt'
    const { client, run } = await filesBench({ ...endpointFiles({ [name]: 'x' }, '/'), session: LINUX })
    const [shown = ''] = [...(await run(client.list('/'))).keys()].slice(2)
    expect(shown).toBe('%1B[2Jevil%E2%80%AE.txt')
    expect((await run(client.get(`/${shown}`))).toString()).toBe('x')
  })

  it('an entry whose name would lead elsewhere is left out, and that is said', async () => {
    const { client, run, notices } = await filesBench(endpointFiles({ '..\\..\\x': 'x', ok: 'x' }))
    expect([...(await run(client.list('/C'))).keys()]).toEqual(['.', '..', 'ok'])
    expect(notices).toEqual(["C:\\: 1 of its entries have names that can't be those of files; they are left out"])
  })

  it('a link is shown as one, and a folder of a cloud drive as a folder', async () => {
    const tree: Tree = {
      Cloud: { is: { 'a.txt': 'x' }, attributes: CLOUD },
      Junction: { is: {}, attributes: CLOUD, link: true },
      Link: { is: {}, attributes: ['DIRECTORY', 'REPARSE_POINT', 'SYMLINK'] },
    }
    const { client, run } = await filesBench(endpointFiles(tree))
    const kinds = [...(await run(client.list('/C')))].slice(2).map(([name, { longName }]) => name + longName.charAt(0))
    expect(kinds).toEqual(['Cloudd', 'Junctionl', 'Linkl'])
    expect([(await run(client.attributes('/C/Junction'))).mode, (await run(client.attributes('/C/Junction', PACKET.STAT))).mode]).toEqual([
      0o120777, 0o040555,
    ])
  })
})

describe('errors', () => {
  const tree: Tree = { secret: { is: {}, listing: 2147942405 } }

  it('become the status that clients know, and the user is told why, once', async () => {
    const { client, run } = await filesBench(endpointFiles({ ...TREE, ...tree }))
    const status = (type: number, path: string) => run(client.status(client.path(type, path, new FieldWriter().uint32(1).uint32(0))))
    expect(await status(PACKET.LSTAT, '/C/none')).toBe(STATUS.NO_SUCH_FILE)
    expect(await status(PACKET.OPENDIR, '/C/none')).toBe(STATUS.NO_SUCH_FILE)
    expect(await status(PACKET.OPEN, '/C/none')).toBe(STATUS.NO_SUCH_FILE)
    expect(await status(PACKET.OPENDIR, '/C/secret')).toBe(STATUS.PERMISSION_DENIED)
    expect(await status(PACKET.OPENDIR, '/C/secret')).toBe(STATUS.PERMISSION_DENIED)
    expect(await status(PACKET.OPEN, '/C/Users')).toBe(STATUS.FAILURE)
    expect(client.told).toEqual(['C:\\secret: access denied (0x80070005)', '/C/Users: is a directory'])
  })

  it('of the network are failures, after which the same request can succeed', async () => {
    const { client, run, service } = await filesBench(endpointFiles(TREE))
    const isContent = ({ path }: Seen) => path.endsWith('/content')
    service.before = seen => (isContent(seen) ? { status: 200, body: 'alp' } : undefined)
    const handle = await run(client.open('/C/Users/a.txt'))
    await expect(run(client.read(handle, 0, 10))).rejects.toThrow(/got 3 of 5 bytes|cut short/)
    service.before = undefined
    expect((await run(client.get('/C/Users/a.txt'))).toString()).toBe('alpha')
    expect(service.staged).toEqual([])
  })

  it('the end of a file whose bytes are not those that are listed is never given out', async () => {
    const { client, run, service } = await filesBench(endpointFiles(TREE))
    const handle = await run(client.open('/C/big.bin'))
    service.before = seen => (seen.path.endsWith('/content') ? { status: 200, body: BIG.slice(0, -1) } : undefined)
    const outcome = await run(Promise.allSettled(Array.from({ length: 70 }, (_, at) => client.read(handle, at * 32_768, 32_768))))
    expect(outcome.some(({ status }) => status === 'rejected')).toBe(true)
    const got = outcome.flatMap(one => (one.status === 'fulfilled' ? [one.value ?? Buffer.alloc(0)] : []))
    expect(Buffer.concat(got).length).toBeLessThan(BIG.length - 1)
  })
})

describe('the session', () => {
  it('is renewed when its 250 commands are used, and clients notice nothing', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, `content of ${at}`]))
    const { client, run, service, notices } = await filesBench(endpointFiles(many))
    const hash = createHash('sha256')
    for (const name of Object.keys(many)) hash.update(await run(client.get(`/C/${name}`)))
    expect(hash.digest('hex')).toBe(createHash('sha256').update(Object.values(many).join('')).digest('hex'))
    expect(notices.filter(line => line.includes('has used its 250 commands')).length).toBe(1)
    expect(service.sessions.size).toBe(1)
  })

  it('that was lost while nobody asked for anything is opened again', async () => {
    const { client, run, service, session, clock } = await filesBench(endpointFiles(TREE))
    await run(client.list('/C'))
    const { id } = session
    service.lose(id)
    await clock.pass(3_600_000)
    expect((await run(client.get('/C/Users/a.txt'))).toString()).toBe('alpha')
    expect(session.id).not.toBe(id)
  })
})

it('a client that leaves while a file is fetched leaves nothing in the cloud, and no command waiting', async () => {
  const endpoint = endpointFiles(TREE)
  const b = await filesBench({ ...endpoint, run: (request, service) => ({ takes: 60_000, ...endpoint.run?.(request, service) }) })
  const opening = b.client.open('/C/big.bin')
  const handle = await b.run(opening)
  const read = b.client.read(handle, 0, 10).catch((error: Error) => error.message)
  await b.clock.pass(100)
  b.client.pipe.end()
  await b.run(b.client.over)
  expect(await read).toBe('the client has gone')
  await b.run(b.session.close())
  expect(b.service.staged).toEqual([])
  expect(b.service.sessions.size).toBe(0)
})
