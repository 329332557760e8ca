import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { WireRequest } from '../../src/core/ports.ts'
import { VERBS } from '../../src/verbs/index.ts'
import type { AnyVerb } from '../../src/verbs/define.ts'
import { DEVICE } from '../support/command-lines.ts'
import { openTenant, type Tenant } from '../support/tenant.ts'

let tenant: Tenant
let sent: WireRequest[] = []
beforeAll(async () => {
  tenant = await openTenant()
  tenant.between(service => request => {
    sent.push(request)
    return service(request)
  })
})
afterAll(() => tenant.close())
beforeEach(() => {
  sent = []
})

/** Paths of issued commands. */
const paths = () =>
  sent
    .filter(({ url, body }) => /\/commands$/.test(url.pathname) && body instanceof Uint8Array)
    .map(({ body }) => (JSON.parse(Buffer.from(body as Uint8Array).toString()) as { path?: string }).path ?? '')
/** A switch that was taken for a path, on any drive. */
const taken = /^[A-Za-z]:\\(Windows\\system32\\)?(-?[a-z?]|a-?d|o-?d|s\\q)\\?$/i

/** Command lines of a verb in which each remote path is a switch. */
function linesOf({ name, arguments: arguments_, options }: AnyVerb, typed: string): string[][] {
  const positional = Object.values(arguments_)
    .filter(({ required, kind }) => required || kind === 'remote-path')
    .map(({ kind }) => (kind === 'remote-path' ? typed : kind === 'local-path' ? 'README.md' : 'whoami'))
  const ofOptions = Object.values(options)
    .filter(({ kind }) => kind === 'remote-path')
    .map(({ flags }) => [/--[\w-]+/.exec(flags)?.[0] ?? '', typed])
  const words = name.split(' ')
  return [
    ...(Object.values(arguments_).some(({ kind }) => kind === 'remote-path') ? [['lr', ...words, DEVICE, ...positional]] : []),
    ...ofOptions.map(option => ['lr', ...words, DEVICE, ...option, ...positional]),
  ]
}

const verbs = await Promise.all(VERBS.map(({ load }) => load()))
const LINES = verbs.flatMap(verb =>
  ['/s', '/F', '/?', '/s/q', '/a:h', '/a-d', '/o-d', '/-c', '/4', '/tw'].flatMap(typed => linesOf(verb, typed)),
)

it.each(LINES.map(words => [words.join(' '), words] as const))(
  '`%s` does not take a switch of cmd.exe for a path',
  async (_line, words) => {
    const { code, err } = await tenant.cbc(words)
    expect(paths().filter(path => taken.test(path))).toEqual([])
    if (code !== 0) expect({ code, err }).toEqual({ code: expect.any(Number) as number, err: expect.stringMatching(/^hint: /m) as string })
  },
)

it.each([
  ['del /f C:\\Users\\Public\\old.txt', ['C:\\Users\\Public\\old.txt']],
  ['del /F /Q C:\\Users\\Public\\old\\note.txt', ['C:\\Users\\Public\\old\\note.txt']],
])('`%s` deletes what is named, and nothing else', async (line, deleted) => {
  const { code } = await tenant.cbc(['lr', 'connect', DEVICE, '-c', line])
  expect({ code, paths: paths() }).toEqual({ code: 0, paths: deleted })
})

it.each([
  ['dir /a C:\\Users', 'dir C:\\Users'],
  ['dir /s C:\\Users\\Public', 'ls -R C:\\Users\\Public'],
  ['dir C:\\Windows /o-d', 'ls C:\\Windows --sort time -r'],
  ['dir /O:S C:\\Windows', 'ls C:\\Windows --sort size'],
  ['dir /s/a C:\\Users\\Public', 'ls -R C:\\Users\\Public'],
  ['cd /d C:\\Users; pwd', 'cd C:\\Users; pwd'],
  ['dir /b C:\\Users', 'ls -1 C:\\Users'],
  ['dir /s /b C:\\Users\\Public', 'ls -R --names C:\\Users\\Public'],
  ['dir /w C:\\Users', 'ls C:\\Users'],
  ['dir /o:d /t:w C:\\Windows', 'ls --sort time C:\\Windows'],
  ['ls -lh C:\\Windows', 'ls -l --human C:\\Windows'],
  ['ls -hlS C:\\Windows', 'ls -l -S --human C:\\Windows'],
  ['ls -h', 'ls --help'],
  ['ls -lt C:\\Windows', 'ls -l --sort time -r C:\\Windows'],
  ['ls -lrt C:\\Windows', 'ls -l --sort time C:\\Windows'],
  ['ls -lS C:\\Windows', 'ls --long --sort size --reverse C:\\Windows'],
  ['ls -la C:\\Users', 'ls --long --all C:\\Users'],
  [
    'reg query HKLM\\SOFTWARE\\Microsoft\\Windows /s /f svchost /d',
    'reg query HKLM\\SOFTWARE\\Microsoft\\Windows -s --find SVCHOST --in-data',
  ],
  [
    'reg query HKLM\\SOFTWARE\\Microsoft\\Windows /f run /k /s',
    'reg query HKLM\\SOFTWARE\\Microsoft\\Windows --recursive --find run --in-keys',
  ],
  [
    'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI /f start /v',
    'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI --find start --in-names',
  ],
  [
    'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI /v /f Start /e',
    'reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\ACPI --find start --in-names --whole',
  ],
])('`%s` means `%s`', async (typed, ours) => {
  const [one, other] = [await tenant.cbc(['lr', 'connect', DEVICE, '-c', typed]), await tenant.cbc(['lr', 'connect', DEVICE, '-c', ours])]
  expect({ code: one.code, out: one.out }).toEqual({ code: 0, out: other.out })
})

it.each([
  ['dir /ad', /has no \/ad.*\nhint: for directories only, use find --type d/],
  ['rm /s C:\\Users\\Public\\old', /has no \/s.*\nhint: for rd \/s, use rm -r/],
  ['del /q', /no path was given/],
  ['dir /z', /has no \/z.*\nhint: see `ls --help`; a path of that name is written \\z/],
  ['cd C:\\Program Files', /takes one path\nhint: .*cd "C:\\Program Files"/],
])('`%s` is refused with a hint', async (line, said) => {
  const { code, err } = await tenant.cbc(['lr', 'connect', DEVICE, '-c', line])
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(said) as string })
  expect(paths()).toEqual([])
})
