import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEVICE } from '../support/command-lines.ts'
import { openFleet } from '../support/fleet.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

let tenant: Tenant
beforeAll(async () => {
  tenant = await openTenant()
})
afterAll(() => tenant.close())

it.each([
  [['ls', DEVICE, 'C:WindowsTempnope'], 4, "quote it: 'C:\\Windows\\Temp\\nope'"],
  [['stat', DEVICE, 'C:WindowsSystem32'], 4, "quote it: 'C:\\Windows\\System32'"],
  [['get', DEVICE, 'C:UsersPublicx'], 4, "quote it: 'C:\\Users\\Public\\x'"],
  [['ps', 'LABKIOSK-01'], 4, "quote it: 'LAB\\KIOSK-01'"],
  [['reg', 'query', DEVICE, 'HKLMSYSTEMSelect'], 2, "quote it: 'HKLM\\SYSTEM\\Select'"],
])('%j, whose backslashes a shell has removed, is answered with how to quote it', async (words, code, hint) => {
  const ran = await tenant.cbc(['lr', ...words])
  expect({ ...ran, stdout: undefined }).toEqual({
    code,
    out: '',
    err: expect.stringContaining(`\nhint: ${hint}`) as string,
    stdout: undefined,
  })
})

it('a drive-relative path that exists is accepted', async () => {
  expect(await tenant.cbc(['lr', 'stat', DEVICE, 'C:Windows', '--json'])).toMatchObject({ code: 0, err: '' })
})

it.each([
  [['rm', DEVICE, 'C:\\Users\\Public'], 'it is a directory: rm -r deletes it and everything below it'],
  [['exec', DEVICE, 'dir', 'C:\\Users'], 'dir is a command of cmd.exe, not a program: exec --shell dir C:\\Users'],
  [['exec', DEVICE, '--no-wait', 'type C:\\x.txt'], 'type is a command of cmd.exe, not a program: exec --shell type C:\\x.txt'],
])('%j is answered with the option to use', async (words, hint) => {
  const { code, err } = await tenant.cbc(['lr', ...words])
  expect({ code, err }).toEqual({ code: expect.any(Number) as number, err: expect.stringContaining(`\nhint: ${hint}\n`) as string })
  expect(code).not.toBe(0)
})

it.each([['--names'], ['--columns', 'path', '--no-headers'], ['--no-headers']])(
  'ls of a pattern in the middle of a path shows the directory of each entry: %s',
  async (...options) => {
    const { code, out } = await tenant.cbc(['lr', 'ls', DEVICE, 'C:\\Users\\*\\Desktop', ...options])
    expect(code).toBe(0)
    const paths = out.trimEnd().split('\n')
    expect(paths.length).toBeGreaterThan(1)
    expect(new Set(paths.map(line => /C:\\Users\\.+\\Desktop$/.exec(line)?.[0])).size).toBe(paths.length)
  },
)

it('a device that is offline: with --json stderr has the error and nothing else, and it names the device', async () => {
  const fleet = openFleet()
  const words = ['lr', 'ls', 'WIN-SALES-LT3', '--timeout', '10s']
  const { code, out, err } = await fleet.cbc([...words, '--json'])
  expect({ code, out, error: JSON.parse(err) as unknown }).toEqual({
    code: 6,
    out: '',
    error: { error: expect.objectContaining({ code: 'timeout', device_id: 11412730 }) as object },
  })
  expect((await fleet.cbc(words)).err).toContain('WIN-SALES-LT3 is offline')
})

/** A tenant whose service doesn't let the key close sessions, which the program tells of. */
async function unclosable(): Promise<Tenant> {
  const opened = await openTenant()
  const body = Buffer.from('{"success":false,"message":"Forbidden","error_code":"Forbidden"}')
  opened.between(service => async request => {
    if (request.method !== 'DELETE' || !/\/sessions\/[^/]+$/.test(request.url.pathname)) return await service(request)
    return { status: 403, headers: { 'content-type': 'application/json' }, body: Readable.from([body]) }
  })
  return opened
}

it.each([
  ['fails', ['stat', 'WIN-HR-01', 'C:\\none'], 4, 'not_found'],
  ['fails in part', ['hash', 'WIN-HR-01', 'C:\\Windows\\notepad.exe', 'C:\\none'], 7, 'partial'],
] as const)(
  'with --json stderr of a verb that %s is one document, which has what else there was to tell',
  async (_, words, code, error) => {
    const opened = await unclosable()
    try {
      const ran = await opened.cbc(['lr', ...words, '--json'])
      const notices = [expect.stringMatching(/^left behind: session .*: Forbidden/) as string]
      expect({ code: ran.code, err: JSON.parse(ran.err) as unknown }).toEqual({
        code,
        err: { error: expect.objectContaining({ code: error, notices }) as object },
      })
    } finally {
      await opened.close()
    }
  },
)
