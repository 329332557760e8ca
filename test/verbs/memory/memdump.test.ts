import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../../src/api/live-response.ts'
import { asCbcError, interrupted } from '../../../src/core/errors.ts'
import { SILENT, type LocalFiles } from '../../../src/core/ports.ts'
import { localFiles } from '../../../src/host/local-files.ts'
import { memdump } from '../../../src/verbs/memory/memdump.ts'
import { failure } from '../../api/support.ts'
import { FakeLedger } from '../../support/ledger.ts'
import { DEVICE, WINDOWS, type FakeService } from '../../support/service.ts'
import { verbBench } from '../../support/verb.ts'

const MEMORY = Buffer.from('all that it remembers')
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const ROOM = '   2 Dir(s)  9.000.000.000 bytes free\r\n--- \r\nTotal Physical Memory:     8,192 MB\r\n'

interface Machine {
  /** What programs print about free space and a file's hash; undefined: they may not be run. */
  room?: string
  hash?: string | undefined
  /** Bytes that arrive instead of the real ones. */
  arrives?: Buffer
  fails?: Partial<Record<CommandRequest['name'], number>>
  dumpCode?: number
  /** Files are listed without a size. */
  sizeless?: boolean
}

async function endpoint({
  room = ROOM,
  hash = `SHA256:\r\n${sha256(MEMORY)}\r\n`,
  arrives,
  fails = {},
  dumpCode = 0,
  sizeless = false,
}: Machine = {}) {
  const files = new Map<string, Buffer>()
  const ledger = new FakeLedger()
  const b = await verbBench(
    {
      session: WINDOWS,
      run(request, service: FakeService) {
        const isDump = 'path' in request && /\.dmp/.test(request.path)
        const code = isDump ? fails[request.name] : undefined
        if (code !== undefined) return { result: { result_code: code } }
        switch (request.name) {
          case 'memdump':
            files.set(request.compress ? `${request.path}.zip` : request.path, MEMORY)
            return {
              takes: 5000,
              meanwhile: { mem_dump: { percentdone: 40 } },
              result: { mem_dump: { percentdone: 100, complete: true, return_code: dumpCode } },
            }
          case 'create process':
            files.set(request.output_file ?? '', Buffer.from(request.path.startsWith('certutil') ? hash : room))
            return { result: { process_details: { pid: 3, return_code: 0 } } }
          case 'directory list': {
            const found = files.get(request.path)
            return {
              result:
                found === undefined
                  ? { result_code: 2147942402 }
                  : { files: [{ filename: request.path.split('\\').pop() ?? '', ...(sizeless ? {} : { size: found.length }) }] },
            }
          }
          case 'get file':
            return { result: { file_details: { file_id: service.stage((isDump ? arrives : undefined) ?? files.get(request.path) ?? '') } } }
          case 'delete file':
            return { result: files.delete(request.path) ? {} : { result_code: 2147942402 } }
          default:
            return {}
        }
      },
    },
    { ledger: ledger.of('here') },
  )
  /** What remains for `lr gc`, including entries of the living run. */
  const left = () =>
    ledger
      .of('later')
      .entries()
      .filter(({ used }) => !used)
      .map(({ trace }) => trace)
  return { ...b, files, left }
}

const TEMPORARY = 'C:\\Windows\\Temp\\memory-uuid-1.dmp'

describe('memdump', () => {
  it('names the dump file, and shows its progress in percent', async () => {
    const b = await endpoint()
    const shown: number[] = []
    const { rows } = await b.invoke(
      memdump,
      { remote: 'C:\\d\\m.dmp' },
      {
        progress: {
          ...SILENT,
          at: done => {
            shown.push(done)
          },
        },
      },
    )
    expect(rows).toEqual([{ path: 'C:\\d\\m.dmp', size: MEMORY.length, duration_ms: expect.any(Number) as number }])
    expect(shown).toContain(40)
    expect([[...b.files.keys()], b.notices]).toEqual([['C:\\d\\m.dmp'], []])
  })

  it('chooses a file name in the given directory, or in the temporary one', async () => {
    const b = await endpoint()
    expect((await b.invoke(memdump, { remote: 'D:\\dumps\\' })).rows[0]).toMatchObject({
      path: expect.stringMatching(/^D:\\dumps\\memory-\S+\.dmp$/) as string,
    })
    expect((await b.invoke(memdump, { compress: true })).rows[0]).toMatchObject({
      path: expect.stringMatching(/^C:\\Windows\\Temp\\memory-\S+\.dmp\.zip$/) as string,
      size: MEMORY.length,
    })
  })

  it('with --get fetches the dump and leaves nothing on the endpoint', async () => {
    const b = await endpoint()
    const get = join(b.here, 'm.dmp')
    const { rows, result } = await b.invoke(memdump, { get })
    expect(rows).toEqual([
      { path: TEMPORARY, size: MEMORY.length, local_path: get, sha256: sha256(MEMORY), duration_ms: expect.any(Number) as number },
    ])
    expect(readFileSync(get)).toEqual(MEMORY)
    expect([[...b.files], b.service.staged, b.notices, result.kind === 'object' && result.failed]).toEqual([[], [], [], []])
  })

  it('with --get deletes it on the endpoint only once it is safe here', async () => {
    const b = await endpoint()
    const steps: string[] = []
    const local: LocalFiles = {
      ...localFiles,
      async create(...args) {
        const target = await localFiles.create(...args)
        return {
          ...target,
          async commit(modified) {
            steps.push('the file and its folder are written')
            await setImmediate()
            await target.commit(modified)
            steps.push(`safe, and there: ${[...b.files.keys()].join()}`)
          },
        }
      },
    }
    await b.invoke(memdump, { get: join(b.here, 'm.dmp') }, { local })
    expect([steps, [...b.files]]).toEqual([['the file and its folder are written', `safe, and there: ${TEMPORARY}`], []])
  })

  it.each(['EIO', 'ENOSPC'])('with --get leaves it on the endpoint when the local disk fails with %s', async code => {
    const b = await endpoint()
    const local: LocalFiles = {
      ...localFiles,
      create: async (...args) => ({
        ...(await localFiles.create(...args)),
        commit: () => Promise.reject(asCbcError(Object.assign(new Error(`${code}: fsync`), { code, syscall: 'fsync' }))),
      }),
    }
    expect(await failure(b.invoke(memdump, { get: join(b.here, 'm.dmp') }, { local }))).toMatchObject({
      code: 'io',
      facts: { hint: expect.stringContaining(`the dump is still on the endpoint: ${TEMPORARY}; `) as string },
    })
    expect([...b.files.keys()]).toEqual([TEMPORARY])
  })

  it('says so when only the size could be compared', async () => {
    const b = await endpoint({ hash: 'no idea' })
    await b.invoke(memdump, { get: join(b.here, 'm.dmp') })
    expect(b.notices).toEqual([`memdump: the endpoint can't compute the dump's SHA-256; only the size of ${TEMPORARY} was compared`])
    expect([...b.files]).toEqual([])
  })

  it('compares a dump of unknown size by its SHA-256', async () => {
    const b = await endpoint({ sizeless: true })
    const {
      rows: [row],
    } = await b.invoke(memdump, { get: join(b.here, 'm.dmp') })
    expect([row?.['size'], [...b.files]]).toEqual([MEMORY.length, []])
  })

  it('keeps a dump that cannot be compared on the endpoint too, and says so', async () => {
    const b = await endpoint({ sizeless: true, hash: 'no idea' })
    const { result } = await b.invoke(memdump, { get: join(b.here, 'm.dmp') })
    expect([...b.files.keys()]).toEqual([TEMPORARY])
    expect(result).toMatchObject({ failed: [{ path: TEMPORARY, error: { code: 'remote' } }] })
  })

  it.each([
    ['other bytes', Buffer.from('all that it rememberz')],
    ['too few bytes', MEMORY.subarray(1)],
  ])('that arrives as %s is neither deleted on the endpoint nor kept here', async (_, arrives) => {
    const b = await endpoint({ arrives })
    expect(await failure(b.invoke(memdump, { get: join(b.here, 'm.dmp') }))).toMatchObject({
      code: 'network',
      facts: {
        hint: `the dump is still on the endpoint: ${TEMPORARY}; \`get ${TEMPORARY} ${join(b.here, 'm.dmp')}\` downloads it, \`rm ${TEMPORARY}\` deletes it there`,
      },
    })
    expect([...b.files.keys()]).toEqual([TEMPORARY])
    expect(b.left()).toEqual([{ kind: 'file', device_id: DEVICE, path: TEMPORARY }])
    expect(existsSync(join(b.here, 'm.dmp'))).toBe(false)
  })

  it('that cannot be deleted on the endpoint is still fetched, and reported', async () => {
    const b = await endpoint({ fails: { 'delete file': 2147942405 } })
    const { rows, result } = await b.invoke(memdump, { get: b.here })
    expect(readdirSync(b.here)).toEqual(['memory-uuid-1.dmp'])
    expect(rows[0]).toMatchObject({ sha256: sha256(MEMORY) })
    expect(b.left()).toEqual([{ kind: 'file', device_id: DEVICE, path: TEMPORARY }])
    expect(result).toMatchObject({ failed: [{ path: TEMPORARY, error: { code: 'remote' } }] })
  })

  it('is refused when there is less free space than memory, unless forced', async () => {
    const b = await endpoint({ room: ROOM.replace('9.000', '8.000') })
    expect(await failure(b.invoke(memdump, {}))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('only 7.5 GiB are free there, but the memory has 8.0 GiB') as string,
    })
    expect(b.service.issued).not.toContain('memdump')
    await b.invoke(memdump, { unchecked: true })
    expect(b.service.issued.filter(name => name === 'create process').length).toBe(1)
  })

  it('continues when the free space is unknown, and says so', async () => {
    const b = await endpoint({ room: 'nothing' })
    await b.invoke(memdump, {})
    expect(b.notices).toEqual(["memdump: can't determine whether WIN-FIN-01 has room for the dump; continuing"])
  })

  it('leaves no file when it fails', async () => {
    for (const machine of [{ dumpCode: 5 }, { fails: { memdump: 2147942512 } }]) {
      const b = await endpoint(machine)
      expect(await failure(b.invoke(memdump, { get: join(b.here, 'm.dmp') }))).toMatchObject({ code: 'remote' })
      expect([[...b.files], readdirSync(b.here)]).toEqual([[], []])
    }
  })

  it('that is given up names the file that may be left on the endpoint, and what deletes it', async () => {
    const b = await endpoint()
    const controller = new AbortController()
    const begun = () => b.service.issued.includes('memdump')
    const given = failure(b.invoke(memdump, { remote: 'C:\\mem.dmp', unchecked: true }, { signal: controller.signal }))
    while (!begun()) await b.clock.sleep(1)
    controller.abort(interrupted())
    expect(await given).toMatchObject({ code: 'interrupted' })
    expect(b.notices).toContain('left behind on WIN-FIN-01: perhaps a part of C:\\mem.dmp; `rm C:\\mem.dmp` deletes it')
  })

  it('sends nothing when the local file is in the way', async () => {
    const b = await endpoint()
    writeFileSync(join(b.here, 'm.dmp'), 'older')
    expect(await failure(b.invoke(memdump, { get: join(b.here, 'm.dmp') }))).toMatchObject({ code: 'refused' })
    expect(b.service.issued).toEqual([])
    await b.invoke(memdump, { get: join(b.here, 'm.dmp'), force: true })
    expect(readFileSync(join(b.here, 'm.dmp'))).toEqual(MEMORY)
  })

  it('plans all its requests in a dry run', async () => {
    const b = await endpoint()
    expect((await b.plan(memdump, { get: join(b.here, 'm.dmp'), compress: true })).map(step => step['name'])).toEqual([
      'create process',
      'memdump',
      'get file',
      'delete file',
    ])
    expect([b.service.issued, readdirSync(b.here)]).toEqual([[], []])
  })

  it.each([{ get: '-' }, { get: '' }, { force: true }])('refuses %j', async input => {
    const b = await endpoint()
    expect(await failure(b.invoke(memdump, input))).toMatchObject({ code: 'usage' })
  })
})
