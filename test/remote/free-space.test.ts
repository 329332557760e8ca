import { describe, expect, it } from 'vitest'
import { interrupted } from '../../src/core/errors.ts'
import { readPosixFreeSpace, readFreeSpace, readWindowsFreeSpace } from '../../src/remote/free-space.ts'
import { readHash } from '../../src/remote/remote-hash.ts'
import { failure } from '../api/support.ts'
import { LINUX, WINDOWS } from '../support/service.ts'
import { bench, NEVER } from './support.ts'

const info = (line: string) =>
  `Host Name: X\r\nProcessor(s):  1\r\n   [01]: Intel64 ~2611 Mhz\r\n${line}\r\nVirtual Memory: Max Size:  99 MB\r\n`

describe('free space for a dump', () => {
  it.each([
    [
      'English',
      '               2 File(s)         48,302 bytes\r\n               2 Dir(s)  65,927,745,536 bytes free\r\n',
      'Total Physical Memory:     8,192 MB',
      65_927_745_536,
    ],
    ['without separators', '               2 Dir(s)  65927745536 bytes free\r\n', 'Total Physical Memory:     8192 MB', 65_927_745_536],
    [
      'German',
      '               3 Verzeichnis(se), 65.927.745.536 Bytes frei\r\n',
      'Gesamter physischer Speicher:                  8.192 MB',
      65_927_745_536,
    ],
    [
      'French, in another code page',
      '               3 Rép(s)  65\ufffd927\ufffd745\ufffd536 octets libres\r\n',
      'Mémoire physique totale:    8\ufffd192 Mo',
      65_927_745_536,
    ],
  ])('is read in %s', (_, dir, systeminfo, free) => {
    expect(readWindowsFreeSpace(`${dir}--- \r\n${info(systeminfo)}`)).toEqual({ free, memory: 8192 * 1024 ** 2 })
  })

  it('is read on Linux', () => {
    expect(
      readPosixFreeSpace(
        'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /\n---\nMemTotal:       2048 kB\nMemFree: 1 kB\n',
      ),
    ).toEqual({ free: 60 * 1024, memory: 2048 * 1024 })
  })

  it.each(['', 'File Not Found\r\n--- \r\n', 'nonsense', "'systeminfo' is not recognized"])(
    'is unknown when the output is only %j',
    text => {
      expect([readWindowsFreeSpace(text), readPosixFreeSpace(text)]).toEqual([{}, {}])
    },
  )

  it.each([
    [WINDOWS, 'C:\\R&calc.exe&D'],
    [WINDOWS, 'C:\\a %COMSPEC% b'],
    [LINUX, '/tmp/$(touch X);`id`'],
  ])("is looked up without the directory's name in the command line", async (session, directory) => {
    const b = bench({ session, run: () => ({ result: { process_details: { pid: 5, return_code: 0 } } }) })
    const opened = await b.open()
    await b.run(readFreeSpace(opened, directory, { signal: NEVER }))
    const started = b.service.seen
      .map(({ body }) => body as { name?: string; path: string; working_directory?: string } | undefined)
      .filter(body => body?.name === 'create process')
    expect(started).toEqual([
      expect.objectContaining({ working_directory: directory, path: expect.not.stringMatching(/calc|COMSPEC|touch/) as string }),
    ])
  })

  it('is unknown when no program may be run', async () => {
    const b = bench({ session: { supported_commands: ['memdump'] } })
    const session = await b.open()
    expect(await b.run(readFreeSpace(session, 'C:\\', { signal: NEVER }))).toEqual({})
  })

  it('does not hold up the work for long, and does not hide an interruption', async () => {
    const b = bench({ run: request => ({ takes: request.name === 'create process' ? 10 ** 7 : 0 }) })
    const session = await b.open()
    const from = b.clock.now()
    expect(await b.run(readFreeSpace(session, 'C:\\', { signal: NEVER }))).toEqual({})
    expect(b.clock.now() - from).toBeLessThan(60_000)
    expect(await b.run(failure(readFreeSpace(session, 'C:\\', { signal: AbortSignal.abort(interrupted()) })))).toMatchObject({
      code: 'interrupted',
    })
  })
})

describe('a hash that a program printed', () => {
  const hash = 'ab'.repeat(32)
  it.each([
    ['certutil', `SHA256 hash of C:\\x:\r\n${hash}\r\nCertUtil: -hashfile command completed successfully.\r\n`],
    ['an old certutil', `SHA256 hash of file C:\\x:\r\n${'ab '.repeat(31)}ab\r\nCertUtil: done\r\n`],
    ['in capitals', `SHA256:\r\n${hash.toUpperCase()}\r\n`],
    ['sha256sum', `${hash}  /tmp/x\n`],
    ['sha256sum of an odd name', `\\${hash}  /tmp/x\\ny\n`],
  ])('is read from %s', (_, text) => expect(readHash(text)).toBe(hash))

  it.each(['', 'ab'.repeat(20), `${hash}ab`, 'CertUtil: -hashfile command FAILED: 0x80070002'])('is not found in %j', text =>
    expect(readHash(text)).toBeUndefined(),
  )
})
