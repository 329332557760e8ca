import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { networkTransport } from '../../../src/host/transport.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { s3Server } from '../../support/s3-server.ts'

const [A, B] = ['WIN-FIN-01', 'WIN-FIN-02']
const ETC = 'C:\\Windows\\System32\\drivers\\etc'
const HOSTS = `${ETC}\\hosts`

function shared(): { fleet: Fleet; share: string } {
  const fleet = openFleet()
  const share = join(fleet.home, 'share')
  mkdirSync(share)
  return { fleet, share }
}

describe('--store with a folder', () => {
  it('takes the files of each device below the run, lists them with size and hash, and leaves nothing else there', async () => {
    const { fleet, share } = shared()
    const { code, lines, run } = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, '--store', share])
    expect(code).toBe(0)
    expect(readdirSync(join(share, run)).sort()).toEqual([A, `${A}.files.jsonl`, B, `${B}.files.jsonl`])
    for (const { device_name, result } of lines) {
      const name = device_name ?? ''
      const bytes = readFileSync(join(share, run, name, 'hosts'))
      const facts = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
      expect(result).toMatchObject({ local_path: join(share, run, name, 'hosts'), ...facts })
      expect(readdirSync(join(share, run, name))).toEqual(['hosts'])
      const list = readFileSync(join(share, run, `${name}.files.jsonl`), 'utf8')
      expect(JSON.parse(list)).toEqual({ path: `${name}/hosts`, ...facts, modified: expect.stringMatching(/Z$/) as string })
    }
  })

  it('takes whole directories, and the file of a verb that names one', async () => {
    const { fleet, share } = shared()
    const tree = await fleet.cbc(['lr', 'get', '-r', A, ETC, '--store', share])
    expect(tree.code).toBe(0)
    expect(readdirSync(join(share, tree.run, A, 'etc'))).toContain('hosts')
    const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI'
    const exported = await fleet.cbc(['lr', 'reg', 'export', A, key, 'below/acpi.reg', '--store', share])
    expect(exported.code).toBe(0)
    expect(readdirSync(join(share, exported.run, A))).toEqual(['acpi.reg'])
  })

  it('takes what artifacts name, whose definitions are read from this machine', async () => {
    const { fleet, share } = shared()
    const definitions = join(fleet.home, 'ours.yaml')
    writeFileSync(
      definitions,
      `name: OurHosts\nsources:\n- type: FILE\n  attributes: {paths: ['${HOSTS}'], separator: '\\'}\nsupported_os: [Windows]\n`,
    )
    const { code, run, err } = await fleet.cbc(['lr', 'collect', 'OurHosts', A, '--artifacts', definitions, '--store', share])
    expect({ code, err }).toMatchObject({ code: 0 })
    const both = await fleet.cbc(['lr', 'collect', 'WindowsHostsFile', A, '--into', 'out', '--store', share])
    expect({ code: both.code, err: both.err }).toEqual({ code: 2, err: expect.stringContaining('exclude each other') as string })
    const list = readFileSync(join(share, run, `${A}.files.jsonl`), 'utf8')
    expect(list).toContain(`"path":"${A}/files/C/Windows/System32/drivers/etc/hosts"`)
  })

  it('overwrites nothing when a device has its turn again: the same bytes are one file, others get another name', async () => {
    const { fleet, share } = shared()
    await fleet.faults([{ path: '**/files/*/content', nth: 2, do: { status: 403 } }])
    const first = await fleet.cbc(['lr', 'get', A, `${ETC}\\*`, '--store', share])
    const at = join(share, first.run, A)
    const [stored = ''] = readdirSync(at)
    expect({ code: first.code, stored: readdirSync(at) }).toEqual({ code: 7, stored: [stored] })
    const again = await fleet.cbc(['run', 'retry', first.run])
    expect(again.code).toBe(0)
    expect(readdirSync(at)).toHaveLength((again.lines[0]?.result as unknown[]).length)
    expect(readdirSync(join(share, first.run)).sort()).toEqual([A, `${A}.files (2).jsonl`, `${A}.files.jsonl`])
  })

  it('a folder that is not there ends the command before anything is sent, and leaves no run behind', async () => {
    const fleet = openFleet()
    const missing = join(fleet.home, 'not-mounted')
    const { code, err } = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, '--store', missing])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('mount the share, or create the folder') as string })
    expect(await fleet.folders.names()).toEqual([])
    expect(await fleet.requests('path=sessions')).toEqual([])
  })

  it.each([
    ['a local path says another place', ['get', A, HOSTS, 'evidence'], 'a local path and --store exclude each other'],
    ['nothing is brought home', ['memdump', A], '--store: no file is brought home'],
  ])('is refused where %s', async (_why, words, message) => {
    const { fleet, share } = shared()
    const { code, err } = await fleet.cbc(['lr', ...words, '--store', share])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) as string })
  })

  it('makes nothing in a dry run', async () => {
    const { fleet, share } = shared()
    expect((await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, '--store', share, '--dry-run'])).code).toBe(0)
    expect(readdirSync(share)).toEqual([])
  })
})

describe('--store with a bucket', () => {
  it('takes the files of each device with their list, and -v shows each exchange without a secret', async () => {
    const [fleet, server] = [openFleet(), await s3Server()]
    const { code, lines, run, err } = await fleet.cbc(['lr', 'get', `${A},${B}`, HOSTS, '--store', 's3://evidence/cases', '-v'], {
      env: { CBC_PROFILE: 'lab', HOME: fleet.home, ...server.env },
      network: settings => networkTransport(settings),
    })
    expect(code).toBe(0)
    expect([...server.objects.keys()].sort()).toEqual(
      [A, B].flatMap(name => [`${name}.files.jsonl`, `${name}/hosts`]).map(path => `cases/${run}/${path}`),
    )
    for (const { device_name, result } of lines)
      expect(result).toMatchObject({ local_path: `s3://evidence/cases/${run}/${device_name ?? ''}/hosts` })
    expect(err).toContain(`PUT ${server.url}/evidence/cases/${run}/${A}/hosts 200`)
    expect(err).not.toContain(server.env['AWS_SECRET_ACCESS_KEY'])
  })

  it('a device whose file can not be stored has failed, and its list tells of what was', async () => {
    const server = await s3Server({
      fault: ({ method, path }) => (method === 'PUT' && path.endsWith('/hosts') ? { status: 403 } : undefined),
    })
    const fleet = openFleet()
    const { code, lines, run } = await fleet.cbc(['lr', 'get', A, `${ETC}\\*`, '--store', 's3://evidence'], {
      env: { CBC_PROFILE: 'lab', HOME: fleet.home, ...server.env },
      network: settings => networkTransport(settings),
    })
    expect({ code, error: lines[0]?.error?.code }).toEqual({ code: 7, error: 'partial' })
    const list = server.objects.get(`${run}/${A}.files.jsonl`)?.bytes.toString() ?? ''
    expect(
      list
        .trimEnd()
        .split('\n')
        .map(line => (JSON.parse(line) as { path: string }).path),
    ).toEqual([`${A}/services`])
  })
})
