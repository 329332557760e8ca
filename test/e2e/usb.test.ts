import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { environment } from '../support/environment.ts'
import { COMMAND_IN_SH } from '../support/command.ts'
import { start } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { openCbc } from '../support/terminal.ts'
import { analyst } from './lab.ts'

const DOCS = new URL('../../docs/usb.md', import.meta.url)

/** A user with a shell in which the program is called `cbc`. */
function shellUser() {
  const user = analyst()
  const bin = join(user.home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'cbc'), `#!/bin/sh\nexec ${COMMAND_IN_SH} "$@"\n`, { mode: 0o755 })
  const env = environment({ ...user.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }, user.home)
  return { home: user.home, sh: (line: string) => promisify(execFile)('sh', ['-c', line], { env, cwd: user.home }) }
}

describe.concurrent('cbc usb, as a user types it', () => {
  it('each command of the page on USB control runs, and does what the page says', async () => {
    const { home, sh } = shellUser()
    const lines = [...readFileSync(DOCS, 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trimEnd().split('\n'))
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) {
      const { stdout } = await sh(line)
      // A heading and something below it; nothing below it where a list is compared with itself.
      const shows = stdout.trimEnd().split('\n').length > 1
      if (!line.includes('>')) expect({ line, shows }).toEqual({ line, shows: !line.includes('--diff') })
    }
    const written = (name: string) => readFileSync(join(home, name), 'utf8').trimEnd().split('\r\n')
    expect(written('sticks.csv')).toHaveLength(42)
    expect(written('approvals.csv')).toHaveLength(43)
    expect(written('blocks.csv')).toHaveLength(3)
    const devices = JSON.parse(readFileSync(join(home, 'devices.json'), 'utf8')) as { status: string }[]
    expect(devices.filter(({ status }) => status === 'APPROVED')).toHaveLength(42)
  })

  it('asks on the terminal before it blocks, and shows what and how many', async () => {
    const user = analyst()
    const terminal = openCbc(['usb', 'block', 'create', 'standard', 'servers'], {
      env: user.env,
      home: user.home,
    })
    const screen = (await terminal.waitFor('(y/N)')).join('\n')
    for (const part of [
      'Standard (6997287): 8 endpoints',
      'Servers (6997301): 4 endpoints',
      '150 of the USB devices that were seen are not approved',
      'on the endpoints of 2 policies?',
    ])
      expect(screen).toContain(part)
    await terminal.type('n')
    await terminal.key('enter')
    expect(await terminal.exit).toMatchObject({ code: 8 })
    expect((await user.cbc('usb', 'block', 'list', '--json')).json()).toEqual([])
    const again = openCbc(['usb', 'block', 'create', 'standard'], { env: user.env, home: user.home })
    await again.waitFor('(y/N)')
    await again.type('y')
    await again.key('enter')
    expect(await again.exit).toMatchObject({ code: 0 })
    expect((await user.cbc('usb', 'block', 'list', '--json')).json()).toMatchObject([{ policy_name: 'Standard' }])
  })

  it('ends without an error when its reader is gone', async () => {
    const { stdout, stderr } = await shellUser().sh('cbc usb device list --all -o ndjson | head -1')
    expect([stdout.trimEnd().split('\n').length, stderr]).toEqual([1, ''])
  })

  it('names the missing permission of a key', async () => {
    const user = analyst()
    writeFileSync(
      join(user.home, 'keys.json'),
      JSON.stringify([{ token: 'READER0000000000/READER', permissions: ['external-device.manage READ', 'org.policies READ'] }]),
    )
    const lab = start(['lab', 'serve', '--json', '--state', 'none', '--keys', join(user.home, 'keys.json')], { home: user.home })
    const { url, org_key } = JSON.parse(await lab.line('{')) as { url: string; org_key: string }
    const cbc = (...args: string[]) =>
      runHere(['usb', ...args, '--json'], {
        env: { CBC_URL: url, CBC_ORG_KEY: org_key, CBC_TOKEN: 'READER0000000000/READER' },
        home: user.home,
      })
    expect((await cbc('device', 'get', '774')).code).toBe(0)
    for (const [words, permission] of [
      [['approve', '774'], 'external-device.manage CREATE'],
      [['approval', 'delete', '1'], 'external-device.manage DELETE'],
      [['block', 'create', 'Standard', '--yes'], 'external-device.enforce UPDATE'],
      [['device', 'export', '--job'], 'jobs.status READ'],
    ] as const) {
      const { code, stderr } = await cbc(...words)
      expect({ words, code, stderr }).toEqual({ words, code: 3, stderr: expect.stringContaining(permission) as string })
    }
    await lab.kill()
  })
})
