import { describe, expect, it } from 'vitest'
import { OPEN, PACKET, STATUS } from '../../src/sftp/protocol/constants.ts'
import { FieldWriter } from '../../src/sftp/protocol/fields.ts'
import { endpointFiles, type Tree } from '../support/endpoint-files.ts'
import type { ServiceOptions } from '../support/service.ts'
import { filesBench, type FilesBench } from './support.ts'

const CREATE = OPEN.WRITE | OPEN.CREATE | OPEN.TRUNCATE
const NO_ATTRIBUTES = new FieldWriter().uint32(0)

/** An endpoint with one folder, which takes what is put. */
async function bench(
  files: Tree = {},
  over: ServiceOptions['run'] = () => ({}),
  writable = true,
): Promise<FilesBench & { held: Tree; changes: string[] }> {
  const tree: Tree = { folder: files }
  const endpoint = endpointFiles(tree)
  const changes: string[] = []
  const b = await filesBench(
    {
      run(request, service) {
        const path = 'path' in request ? request.path : ''
        const name = path.split('\\').at(-1) ?? ''
        if (request.name !== 'directory list' && request.name !== 'get file') changes.push(`${request.name} ${path}`)
        if (request.name === 'put file') files[name] = service.last.files.get(request.file_id)?.bytes.toString() ?? ''
        if (request.name === 'delete file') delete files[name]
        if (request.name === 'create directory') files[name] = {}
        return { ...endpoint.run?.(request, service), ...over(request, service) }
      },
    },
    { writable },
  )
  return { ...b, held: files, changes }
}

describe('a server that only reads', () => {
  it('refuses every change, and sends nothing', async () => {
    const { client, run, changes } = await bench({ 'a.txt': 'alpha' }, undefined, false)
    const status = (type: number, path: string, more = NO_ATTRIBUTES) => run(client.status(client.path(type, path, more)))
    const open = (flags: number) => status(PACKET.OPEN, '/C/folder/new', new FieldWriter().uint32(flags).uint32(0))
    for (const flags of [OPEN.WRITE, CREATE, OPEN.READ | OPEN.CREATE, OPEN.APPEND]) expect(await open(flags)).toBe(STATUS.PERMISSION_DENIED)
    for (const type of [PACKET.MKDIR, PACKET.REMOVE, PACKET.RMDIR, PACKET.SETSTAT])
      expect(await status(type, '/C/folder/a.txt')).toBe(STATUS.PERMISSION_DENIED)
    const handle = await run(client.open('/C/folder/a.txt'))
    expect(await run(client.write(handle, 0, 'x'))).toBe(STATUS.PERMISSION_DENIED)
    expect(changes).toEqual([])
  })
})

describe('a file that is put', () => {
  it('is on the endpoint when the client is told so, and no copy stays in the cloud', async () => {
    const { client, run, held, changes, service } = await bench()
    expect(await run(client.put('/C/folder/new.txt', 'content'))).toBe(STATUS.OK)
    expect([held, changes, service.staged]).toEqual([{ 'new.txt': 'content' }, ['put file C:\\folder\\new.txt'], []])
    expect((await run(client.attributes('/C/folder/new.txt'))).size).toBe(7)
    expect((await run(client.get('/C/folder/new.txt'))).toString()).toBe('content')
  })

  it('can be asked for at once, before it is there, as sshfs does', async () => {
    const { client, run } = await bench()
    const opening = client.open('/C/folder/new.txt', CREATE)
    const asked = client.attributes('/C/folder/new.txt')
    expect((await run(asked)).size).toBe(0)
    const handle = await run(opening)
    await run(client.write(handle, 3, 'abc'))
    expect((await run(client.attributes('/C/folder/new.txt'))).size).toBe(6)
    expect(await run(client.close(handle))).toBe(STATUS.OK)
  })

  it('replaces one of the same name; one that is opened to be changed begins with what was there', async () => {
    const { client, run, held } = await bench({ 'a.txt': 'alpha', 'b.txt': 'beta' })
    await run(client.put('/C/folder/a.txt', 'new'))
    await run(client.put('/C/folder/b.txt', '!!', OPEN.WRITE | OPEN.APPEND))
    expect(held).toEqual({ 'a.txt': 'new', 'b.txt': 'beta!!' })
    const handle = await run(client.open('/C/folder/b.txt', OPEN.READ | OPEN.WRITE))
    await run(client.write(handle, 0, 'B'))
    expect((await run(client.read(handle, 0, 10)))?.toString()).toBe('Beta!!')
    await run(client.close(handle))
    expect(held['b.txt']).toBe('Beta!!')
  })

  it('is not put where it was opened to be changed, and nothing was', async () => {
    const { client, run, changes } = await bench({ 'a.txt': 'alpha' })
    await run(client.close(await run(client.open('/C/folder/a.txt', OPEN.READ | OPEN.WRITE))))
    expect(changes).toEqual([])
  })

  it('is refused where it can not be made', async () => {
    const { client, run, changes } = await bench({ 'a.txt': 'alpha', sub: {} })
    const open = (name: string, flags: number) => run(client.open(`/C/folder/${name}`, flags))
    await expect(open('a.txt', CREATE | OPEN.EXCLUSIVE)).rejects.toThrow('exists already')
    await expect(open('none.txt', OPEN.WRITE)).rejects.toThrow('no such file')
    await expect(open('none/x.txt', CREATE)).rejects.toThrow('no such')
    await expect(open('sub', CREATE)).rejects.toThrow('is a directory')
    for (const name of ['a.txt:stream', 'dot.']) await expect(open(name, CREATE)).rejects.toThrow("can't be the name")
    await open('twice.txt', CREATE)
    await expect(open('twice.txt', CREATE)).rejects.toThrow('is being written already')
    expect(changes).toEqual([])
  })

  it('that is empty is refused, because the service takes none, and the user is told', async () => {
    const { client, run, changes } = await bench()
    expect(await run(client.close(await run(client.open('/C/folder/empty', CREATE))))).toBe(STATUS.FAILURE)
    expect(client.told).toEqual(['C:\\folder\\empty: nothing was written, because it is empty and the service does not accept empty files'])
    expect(changes).toEqual([])
  })

  it('is put when the client asks for fsync, which says what came of it, and again only if more is written', async () => {
    const { client, run, held, changes } = await bench()
    const handle = await run(client.open('/C/folder/new.txt', CREATE))
    await run(client.write(handle, 0, 'one'))
    expect(await run(client.sync(handle))).toBe(STATUS.OK)
    expect(held).toEqual({ 'new.txt': 'one' })
    await run(client.write(handle, 3, ' two'))
    expect([await run(client.sync(handle)), await run(client.close(handle))]).toEqual([STATUS.OK, STATUS.OK])
    expect([held, changes.length]).toEqual([{ 'new.txt': 'one two' }, 2])
  })

  it('that the endpoint refuses at fsync fails there, and is tried again when it is closed', async () => {
    let refuses = true
    const { client, run, changes } = await bench({}, request =>
      request.name === 'put file' && refuses ? { result: { result_code: 2147942405 } } : {},
    )
    const handle = await run(client.open('/C/folder/new.txt', CREATE))
    await run(client.write(handle, 0, 'one'))
    expect(await run(client.sync(handle))).toBe(STATUS.PERMISSION_DENIED)
    refuses = false
    expect(await run(client.close(handle))).toBe(STATUS.OK)
    expect(changes).toEqual(['put file C:\\folder\\new.txt', 'put file C:\\folder\\new.txt'])
  })

  it('that the endpoint refuses fails when it is closed', async () => {
    const { client, run, service } = await bench({}, request =>
      request.name === 'put file' ? { result: { result_code: 2147942405 } } : {},
    )
    expect(await run(client.put('/C/folder/new.txt', 'content'))).toBe(STATUS.PERMISSION_DENIED)
    expect(service.staged).toEqual([])
  })

  it('may be given times and permissions, which the service can not keep; of anything else they are refused', async () => {
    const { client, run } = await bench({ 'a.txt': 'alpha' })
    const mode = new FieldWriter().uint32(4).uint32(0o600)
    const setstat = (name: string) => run(client.status(client.path(PACKET.SETSTAT, `/C/folder/${name}`, mode)))
    const handle = await run(client.open('/C/folder/new.txt', CREATE))
    await run(client.write(handle, 0, 'x'))
    expect(await run(client.status(client.ask(PACKET.FSETSTAT, new FieldWriter().string(handle).fields(mode))))).toBe(STATUS.OK)
    await run(client.close(handle))
    expect([await setstat('new.txt'), await setstat('a.txt')]).toEqual([STATUS.OK, STATUS.OP_UNSUPPORTED])
  })

  it.each([
    ['of a file that is there', 'a.txt', STATUS.OP_UNSUPPORTED, STATUS.OK],
    ['of a new file, which is empty', 'new.txt', STATUS.FAILURE, STATUS.FAILURE],
  ])('touch fails %s, before the file is closed: sshfs ignores what that comes to', async (_what, name, set, closed) => {
    const { client, run, changes } = await bench({ 'a.txt': 'alpha' })
    const handle = await run(client.open(`/C/folder/${name}`, OPEN.WRITE | OPEN.CREATE))
    const times = new FieldWriter().uint32(8).uint32(1).uint32(2)
    expect(await run(client.status(client.path(PACKET.SETSTAT, `/C/folder/${name}`, times)))).toBe(set)
    expect(await run(client.status(client.ask(PACKET.FSETSTAT, new FieldWriter().string(handle).fields(times))))).toBe(set)
    expect(await run(client.close(handle))).toBe(closed)
    expect(changes).toEqual([])
  })

  it('may be given times by its path right after it was written, as sshfs does, without waiting for an answer', async () => {
    const { client, run, held } = await bench()
    const handle = await run(client.open('/C/folder/new.txt', CREATE))
    void client.ask(PACKET.FSTAT, new FieldWriter().string(handle))
    const written = client.write(handle, 0, 'x')
    const times = new FieldWriter().uint32(8).uint32(1).uint32(2)
    const set = client.status(client.path(PACKET.SETSTAT, '/C/folder/new.txt', times))
    expect(await run(Promise.all([written, set]))).toEqual([STATUS.OK, STATUS.OK])
    expect(await run(client.close(handle))).toBe(STATUS.OK)
    expect(held).toEqual({ 'new.txt': 'x' })
  })

  it('is not put when its client goes away before it closes it, and the user is told', async () => {
    const { client, run, changes, notices } = await bench()
    await run(client.write(await run(client.open('/C/folder/half.txt', CREATE)), 0, 'half'))
    await run(client.leave())
    expect(changes).toEqual([])
    expect(notices).toEqual(['C:\\folder\\half.txt: not written, because the client went away before it closed the file'])
  })

  it('is put when its client has closed it, and goes away without waiting', async () => {
    const { client, run, held } = await bench()
    const handle = await run(client.open('/C/folder/whole.txt', CREATE))
    void client.write(handle, 0, 'whole')
    void client.close(handle)
    await run(client.leave())
    expect(held).toEqual({ 'whole.txt': 'whole' })
  })
})

describe('directories and deletions', () => {
  it('are made and done one by one, and show at once', async () => {
    const { client, run, changes } = await bench({ 'a.txt': 'alpha' })
    const status = (type: number, name: string) => run(client.status(client.path(type, `/C/folder/${name}`, NO_ATTRIBUTES)))
    expect(await status(PACKET.MKDIR, 'new')).toBe(STATUS.OK)
    expect([...(await run(client.list('/C/folder'))).keys()]).toEqual(['.', '..', 'a.txt', 'new'])
    expect([await status(PACKET.REMOVE, 'new'), await status(PACKET.RMDIR, 'a.txt')]).toEqual([STATUS.FAILURE, STATUS.FAILURE])
    expect([await status(PACKET.RMDIR, 'new'), await status(PACKET.REMOVE, 'a.txt')]).toEqual([STATUS.OK, STATUS.OK])
    expect(await status(PACKET.REMOVE, 'a.txt')).toBe(STATUS.NO_SUCH_FILE)
    expect(changes).toEqual(['create directory C:\\folder\\new', 'delete file C:\\folder\\new', 'delete file C:\\folder\\a.txt'])
  })

  it('a whole drive is never deleted, and / has only drives', async () => {
    const { client, run, changes } = await bench()
    expect(await run(client.status(client.path(PACKET.RMDIR, '/C')))).toBe(STATUS.FAILURE)
    expect(await run(client.status(client.path(PACKET.MKDIR, '/', NO_ATTRIBUTES)))).toBe(STATUS.PERMISSION_DENIED)
    expect(changes).toEqual([])
  })
})
