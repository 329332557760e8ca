import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inHomeOf, openFleet } from '../../support/fleet.ts'

const MAC = 'MBP-DESIGN-01'
const fleet = openFleet()
inHomeOf(() => fleet)

const cbc = (...words: string[]) => fleet.cbc(['lr', ...words])
const json = async <T = Record<string, unknown>[]>(...words: string[]) => JSON.parse((await cbc(...words, '--json')).out) as T
const names = async (path: string) => (await json('ls', MAC, path)).map(({ filename }) => filename)

describe('the disk of the Mac', () => {
  it('/etc, /tmp and /var are links, and lead where they do on a Mac', async () => {
    expect(await json('stat', MAC, '/etc')).toMatchObject({ attributes: ['DIRECTORY', 'REPARSE_POINT'] })
    expect(await names('/etc/ssh/')).toEqual(await names('/private/etc/ssh/'))
    expect((await cbc('cat', MAC, '/etc/passwd')).out).toContain('root:*:0:0:System Administrator:/var/root:/bin/sh')
    expect(await names('/var/log/')).toContain('install.log')
    expect(await names('/Users/')).toEqual(['itadmin', 'lena', 'Shared', 'tom'])
  })

  it('what is put there is there, in any case of its letters, until it is removed', async () => {
    writeFileSync(join(fleet.home, 'note'), 'as it is\n')
    for (const path of ['/tmp/Note one', '/tmp/back\\slash', '/Users/lena/.hidden']) {
      expect((await cbc('put', MAC, 'note', path)).code).toBe(0)
      expect((await cbc('cat', MAC, path.toUpperCase())).out).toBe('as it is\n')
      expect((await json('stat', MAC, path)) as unknown).toMatchObject({ size: 9, path })
      expect((await cbc('get', MAC, path, 'back', '--force')).code).toBe(0)
      expect(readFileSync(join(fleet.home, 'back'), 'utf8')).toBe('as it is\n')
      expect((await cbc('rm', MAC, path)).code).toBe(0)
      expect((await cbc('stat', MAC, path)).code).toBe(4)
    }
    expect(await names('/private/tmp/')).toEqual(['viewer.sh'])
  })

  it('directories are made and removed, and only when they are empty', async () => {
    expect((await cbc('mkdir', MAC, '-p', '/tmp/a/b')).code).toBe(0)
    expect((await cbc('mkdir', MAC, '/tmp/a')).code).toBe(5)
    expect((await cbc('rm', MAC, '/tmp/a')).code).not.toBe(0)
    expect((await cbc('rm', MAC, '-r', '/tmp/a', '--yes')).code).toBe(0)
    expect(await names('/tmp/')).not.toContain('a')
  })

  it.each(['/new', '/System/x', '/usr/bin/x', '/bin/x'])('nobody writes %s: the system volume is sealed', async path => {
    expect((await cbc('mkdir', MAC, path)).code).toBe(5)
    expect((await cbc('rm', MAC, '/bin/ls')).code).toBe(5)
    expect((await cbc('mkdir', MAC, `/usr/local/${path.length}`)).code).toBe(0)
  })

  it('has databases of browsers and of the system, which begin like one and are whole pages', async () => {
    for (const path of [
      'Safari/History.db',
      'Preferences/com.apple.LaunchServices.QuarantineEventsV2',
      'Application Support/com.apple.TCC/TCC.db',
    ]) {
      const { out } = await cbc('cat', MAC, `/Users/lena/Library/${path}`)
      expect([out.slice(0, 15), Buffer.byteLength(out) > 4096]).toEqual(['SQLite format 3', true])
    }
    expect((await cbc('cat', MAC, '/Users/lena/Library/Safari/History.db')).out).toContain(
      'https://files.secure-invoices.example/d/8841/viewer',
    )
  })
})

describe('the processes of the Mac', () => {
  it('are those of a Mac, and what is started can be killed', async () => {
    const before = await json('ps', MAC)
    expect(before[0]).toMatchObject({ process_pid: 1, process_path: '/sbin/launchd', process_username: 'root' })
    expect((await cbc('exec', MAC, '--no-wait', '/usr/libexec/syslogd')).code).toBe(0)
    expect(await json('kill', MAC, 'syslogd', '--yes')).toMatchObject([{ process_path: '/usr/libexec/syslogd' }])
    expect((await json('ps', MAC)).map(({ process_pid }) => process_pid)).toEqual(before.map(({ process_pid }) => process_pid))
    expect((await cbc('kill', MAC, '1')).code).toBe(5)
    expect((await cbc('kill', MAC, '99999')).code).toBe(4)
  })

  it('of a job of launchd is gone once the job is, and with it the connection', async () => {
    expect((await cbc('exec', MAC, 'launchctl', 'list')).out).toContain('4127\t0\tcom.adobe.acc.helper')
    expect((await cbc('exec', MAC, 'launchctl', 'bootout', 'system/com.adobe.acc.helper')).code).toBe(0)
    expect((await cbc('exec', MAC, 'launchctl', 'list')).out).toContain('-\t0\tcom.adobe.acc.helper')
    expect((await cbc('exec', MAC, 'netstat', '-anv')).out).not.toContain('203.0.113.66')
    expect((await cbc('exec', MAC, 'launchctl', 'bootout', 'system/nobody')).code).toBe(113)
  })
})

it('a Mac has no registry and no memory dump', async () => {
  expect((await cbc('reg', 'query', MAC, 'HKLM')).code).toBe(8)
  expect((await cbc('memdump', MAC, '/tmp/memory')).code).toBe(8)
})
