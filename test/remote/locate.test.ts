import { describe, expect, it } from 'vitest'
import type { CommandRequest, WireRegistryValue } from '../../src/api/live-response.ts'
import { locate, locateNew, locateOne } from '../../src/remote/locate.ts'
import { failure } from '../api/support.ts'
import { endpointFiles } from '../support/endpoint-files.ts'
import { LINUX } from '../support/service.ts'
import { openTenant } from '../support/tenant.ts'
import { bench, NEVER } from './support.ts'

const NT = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'
const KEYS: Record<string, Record<string, string>> = {
  [NT]: { SystemRoot: 'C:\\Windows' },
  [`${NT}\\ProfileList`]: {
    ProfilesDirectory: '%SystemDrive%\\Users',
    ProgramData: '%SystemDrive%\\ProgramData',
    Public: '%SystemDrive%\\Users\\Public',
  },
  [`${NT}\\ProfileList\\S-1-5-18`]: { ProfileImagePath: '%systemroot%\\system32\\config\\systemprofile' },
  'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion': {
    ProgramFilesDir: 'C:\\Program Files',
    'ProgramFilesDir (x86)': 'C:\\Program Files (x86)',
  },
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment': {
    TEMP: '%SystemRoot%\\TEMP',
    TOOLS: 'D:\\tools',
    LOOP: '%LOOP%%LOOP%',
    windir: '%SystemRoot%',
  },
}

function windows(keys = KEYS) {
  const asked: CommandRequest[] = []
  const b = bench({
    run(request) {
      asked.push(request)
      if (request.name !== 'reg enum key') return {}
      const found = keys[request.path]
      if (found === undefined) return { result: { result_code: 2147942402 } }
      return {
        result: {
          values: Object.entries(found).map(([registry_name, registry_data]): WireRegistryValue => ({
            registry_name,
            registry_type: 'REG_EXPAND_SZ',
            registry_data,
          })),
        },
      }
    },
  })
  return { ...b, asked }
}

describe('a variable in a path on Windows', () => {
  it.each([
    ['%TEMP%\\x.txt', 'C:\\Windows\\TEMP\\x.txt'],
    ['%temp%', 'C:\\Windows\\TEMP'],
    ['%SystemRoot%\\..\\a', 'C:\\a'],
    ['%windir%/System32/', 'C:\\Windows\\System32\\'],
    ['%ProgramFiles(x86)%\\x', 'C:\\Program Files (x86)\\x'],
    ['%TOOLS%\\a%TEMP', 'D:\\tools\\a%TEMP'],
    ['%ALLUSERSPROFILE%\\x', 'C:\\ProgramData\\x'],
    ['$env:TEMP\\x', 'C:\\Windows\\TEMP\\x'],
    ['%USERPROFILE%\\*', 'C:\\Windows\\system32\\config\\systemprofile\\*'],
    ['~', 'C:\\Windows\\system32\\config\\systemprofile'],
    ['~\\Desktop', 'C:\\Windows\\system32\\config\\systemprofile\\Desktop'],
    ['%PUBLIC%', 'C:\\Users\\Public'],
    ['%APPDATA%', 'C:\\Windows\\system32\\config\\systemprofile\\AppData\\Roaming'],
  ])('%s becomes %s', async (typed, path) => {
    const b = windows()
    expect(await b.run(locate(await b.open(), 'C:\\demo', typed, { signal: NEVER }))).toBe(path)
  })

  it.each(['100%', '100%.txt', 'a%20b%20c', 'M%C3%A4rz%C3%A4', '~$doc.docx', '~tmp', 'a~', '$Recycle.Bin', '%%', '% a %'])(
    'is not seen in the name %j',
    async name => {
      const b = windows()
      expect(await b.run(locate(await b.open(), 'C:\\demo', name, { signal: NEVER }))).toBe(`C:\\demo\\${name}`)
      expect(b.asked).toEqual([])
    },
  )

  it('that the endpoint does not have is reported, and nothing is sent', async () => {
    const b = windows()
    expect(await b.run(failure(locate(await b.open(), 'C:\\', '%NONE%\\x', { signal: NEVER })))).toMatchObject({
      code: 'not_found',
      message: '%NONE%: WIN-FIN-01 has no such variable',
    })
  })

  it('is reported as unknown when the registry cannot be read', async () => {
    const b = windows({})
    expect(await b.run(failure(locate(await b.open(), 'C:\\', '%TEMP%\\x', { signal: NEVER })))).toMatchObject({
      code: 'not_found',
      message: "%TEMP%: the variables of WIN-FIN-01 can't be read from its registry",
    })
  })

  it('is read once per session, with commands that change nothing', async () => {
    const b = windows()
    const session = await b.open()
    for (const typed of ['%TEMP%', '%TOOLS%', '~']) await b.run(locate(session, 'C:\\', typed, { signal: NEVER }))
    expect(b.asked.map(({ name }) => name)).toEqual(Array(5).fill('reg enum key'))
  })

  it('is read again after a failure', async () => {
    const b = windows()
    const session = await b.open()
    b.service.before = ({ path }) => (path.endsWith('/commands') ? { status: 403 } : undefined)
    expect(await b.run(failure(locate(session, 'C:\\', '%TEMP%', { signal: NEVER })))).toMatchObject({ code: 'auth' })
    b.service.before = undefined
    expect(await b.run(locate(session, 'C:\\', '%TEMP%', { signal: NEVER }))).toBe('C:\\Windows\\TEMP')
  })

  it('that differs by account says whose value it is', async () => {
    const b = windows()
    const notices: string[] = []
    await b.run(
      locate(await b.open(), 'C:\\', '~', {
        signal: NEVER,
        notice: line => {
          notices.push(line)
        },
      }),
    )
    expect(notices).toEqual([
      '%USERPROFILE% is C:\\Windows\\system32\\config\\systemprofile, of the account that the sensor runs as; those of users are below C:\\Users',
    ])
  })

  it('that refers to itself does not loop', async () => {
    const b = windows()
    expect((await b.run(locate(await b.open(), 'C:\\', '%LOOP%', { signal: NEVER }))).length).toBeLessThan(40_000)
  })
})

describe('a path on other systems', () => {
  it("expands ~ to the home of the sensor's account, and leaves a percent sign as it is", async () => {
    for (const home of ['root', 'var']) {
      const b = bench({ ...endpointFiles(home === 'root' ? { root: {} } : { var: { root: {} } }, '/'), session: LINUX })
      const session = await b.open()
      expect(await b.run(locate(session, '/tmp', '~/x', { signal: NEVER }))).toBe(home === 'root' ? '/root/x' : '/var/root/x')
      expect(await b.run(locate(session, '/tmp', '%TEMP%/~', { signal: NEVER }))).toBe('/tmp/%TEMP%/~')
    }
  })

  it('reports that ~ is unknown when there is no home', async () => {
    const b = bench({ ...endpointFiles({}, '/'), session: LINUX })
    expect(await b.run(failure(locate(await b.open(), '/', '~', { signal: NEVER })))).toMatchObject({ code: 'not_found' })
  })
})

describe('a pattern where one path is expected', () => {
  const tree = { Users: { anna: { 'a.txt': '1' }, bert: { 'b.txt': '2' } } }

  it('stands for its only match', async () => {
    const b = bench(endpointFiles(tree))
    const session = await b.open()
    expect(await b.run(locateOne(session, 'C:\\', 'Users\\*\\a*', { signal: NEVER }))).toBe('C:\\Users\\anna\\a.txt')
    expect(await b.run(failure(locateOne(session, 'C:\\', 'Users\\*', { signal: NEVER })))).toMatchObject({
      code: 'usage',
      message: 'C:\\Users\\*: matches 2 places, but only one can be used here: C:\\Users\\anna, C:\\Users\\bert',
    })
    expect(await b.run(failure(locateOne(session, 'C:\\', 'Users\\*\\c*', { signal: NEVER })))).toMatchObject({ code: 'not_found' })
  })

  it('cannot name something new', async () => {
    const b = bench(endpointFiles(tree))
    expect(await b.run(failure(locateNew(await b.open(), 'C:\\', 'Users\\*\\new', { signal: NEVER })))).toMatchObject({ code: 'usage' })
  })
})

it('the lab has the variables that its programs have', async () => {
  const tenant = await openTenant()
  try {
    for (const name of ['TEMP', 'windir', 'ProgramData', 'ProgramFiles', 'ProgramFiles(x86)', 'PUBLIC', 'USERPROFILE', 'SystemDrive']) {
      const shown = (await tenant.cbc(['lr', 'exec', 'WIN-FIN-01', '--shell', `echo %${name}%`])).out.trim()
      const { out, err } = await tenant.cbc(['lr', 'ls', 'WIN-FIN-01', `%${name}%\\none-${name}`, '--json'])
      expect(`${out}${err}`.toLowerCase()).toContain(JSON.stringify(`${shown}\\none-`).slice(1, -1).toLowerCase())
    }
  } finally {
    await tenant.close()
  }
})
