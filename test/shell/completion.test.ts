import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { words } from '../../src/engine/tokenize.ts'
import { completer } from '../../src/shell/completion.ts'
import { testFolder } from '../support/folder.ts'
import { openShell, type TestShell } from './open-shell.ts'

const folder = testFolder()

let open: TestShell
let complete: ReturnType<typeof completer>
beforeAll(async () => {
  open = await openShell()
  complete = completer(open.shell)
  await open.run('mkdir C:\\t "C:\\t\\Two Words" C:\\t\\Two')
  await open.run('exec cmd.exe /c "echo x> C:\\t\\twelve.txt"')
  await open.run('cd C:\\t')
  mkdirSync(join(folder, 'local dir'))
  writeFileSync(join(folder, 'local.txt'), 'x')
})

const ask = (line: string, cursor = line.length, signal = new AbortController().signal) => complete(line, cursor, signal)
/** Returns the line after completing each candidate. */
async function lines(line: string, cursor = line.length): Promise<string[]> {
  const { from, candidates } = await ask(line, cursor)
  return candidates.map(({ text }) => line.slice(0, from) + text)
}

describe('command completion', () => {
  it('offers verbs, shell commands and aliases', async () => {
    const all = (await ask('')).candidates.map(({ text }) => text)
    expect(all).toEqual(expect.arrayContaining(['ls', 'dir', 'reg', 'cd', 'exit', 'put']))
    expect([...all].sort()).toEqual(all)
    expect(await lines('st')).toEqual(['stat'])
    expect(await lines('reg q')).toEqual(['reg query'])
    expect(await lines('reg ')).toEqual(expect.arrayContaining(['reg add', 'reg delete', 'reg query']))
    expect((await ask('st')).candidates).toEqual([{ text: 'stat', final: true }])
    expect(await lines('bogus x')).toEqual([])
  })

  it('works in each statement, up to the cursor', async () => {
    expect(await lines('ls; st')).toEqual(['ls; stat'])
    expect(await lines('ls && st')).toEqual(['ls && stat'])
    expect(await lines('st C:\\', 2)).toEqual(['stat'])
    expect(await lines('ls C:\\x; reg ex')).toEqual(['ls C:\\x; reg export'])
  })

  it('also works after help', async () => {
    expect(await lines('help sta')).toEqual(['help stat'])
    expect(await lines('help reg a')).toEqual(['help reg add'])
    expect(await lines('help ls C:\\')).toEqual([])
  })
})

describe('option completion', () => {
  it('offers the options of the verb and the global ones', async () => {
    expect(await lines('ls --so')).toEqual(['ls --sort'])
    expect(await lines('ls --')).toEqual(expect.arrayContaining(['ls --all', 'ls --json', 'ls --columns']))
    expect(await lines('reg query --rec')).toEqual(['reg query --recursive'])
  })

  it('completes the values that options accept', async () => {
    expect(await lines('exec --cwd Tw')).toEqual(['exec --cwd twelve.txt', 'exec --cwd "Two Words\\"', 'exec --cwd Two\\'])
    expect(await lines('ls --sort ')).toEqual(['ls --sort name', 'ls --sort size', 'ls --sort time'])
    expect(await lines('ls --json tw')).toEqual(expect.arrayContaining(['ls --json twelve.txt']))
    expect(await lines('ls -o csv twe')).toEqual(['ls -o csv twelve.txt'])
    expect(await lines('exec cmd --')).toEqual([])
  })
})

describe('completion of remote paths', () => {
  it('is relative to the remote directory, ignores case, and quotes where necessary', async () => {
    expect(await lines('ls tw')).toEqual(['ls twelve.txt', 'ls "Two Words\\"', 'ls Two\\'])
    expect((await ask('ls tw')).candidates).toEqual([
      { text: 'twelve.txt', label: 'twelve.txt', final: true },
      { text: '"Two Words\\"', label: 'Two Words\\', final: false },
      { text: 'Two\\', label: 'Two\\', final: false },
    ])
    expect(await lines('ls "Two W')).toEqual(['ls "Two Words\\"'])
    expect(await lines("ls 'Two ")).toEqual(['ls "Two Words\\"'])
    expect(await lines('stat a b; ls twe')).toEqual(['stat a b; ls twelve.txt'])
  })

  it('accepts absolute paths, paths of a drive, and slashes', async () => {
    expect(await lines('ls C:\\t\\tw')).toEqual(['ls C:\\t\\twelve.txt', 'ls "C:\\t\\Two Words\\"', 'ls C:\\t\\Two\\'])
    expect(await lines('ls c:/t/twe')).toEqual(['ls c:/t/twelve.txt'])
    expect(await lines('ls \\t\\twe')).toEqual(['ls \\t\\twelve.txt'])
    expect(await lines('ls ..\\t\\twe')).toEqual(['ls ..\\t\\twelve.txt'])
    expect(await lines('ls C:\\Windows\\System32\\drivers\\et')).toEqual(['ls C:\\Windows\\System32\\drivers\\etc\\'])
  })

  it('continues in a completed directory, quoted or not', async () => {
    await open.run('mkdir "C:\\t\\Two Words\\below it"')
    expect(await lines('ls "C:\\t\\Two Words\\"')).toEqual(['ls "C:\\t\\Two Words\\below it\\"'])
    expect(await lines('ls "C:\\t\\Two Words\\"be')).toEqual(['ls "C:\\t\\Two Words\\below it\\"'])
  })

  it('offers only directories after cd, and any number of paths for verbs that take several', async () => {
    expect(await lines('cd tw')).toEqual(['cd "Two Words\\"', 'cd Two\\'])
    expect(await lines('rm a b twe')).toEqual(['rm a b twelve.txt'])
    expect(await lines('stat a twe')).toEqual([])
  })

  it('follows the directory that an earlier line changed to', async () => {
    expect(await lines('ls fr')).toEqual([])
    await open.run('mkdir fresh')
    expect(await lines('ls fr')).toEqual(['ls fresh\\'])
  })

  it('offers nothing when the directory cannot be listed', async () => {
    expect(await lines('ls C:\\nope\\x')).toEqual([])
    expect(await lines('ls Q:\\')).toEqual([])
    const stop = new AbortController()
    stop.abort(new Error('another key'))
    expect((await ask('ls C:\\Users\\', undefined, stop.signal)).candidates).toEqual([])
    expect((await lines('ls C:\\Users\\')).length).toBeGreaterThan(0)
  })

  it('offers paths that the shell reads back exactly', async () => {
    const { candidates } = await ask('ls C:\\')
    expect(candidates.length).toBeGreaterThan(3)
    for (const { text, label } of candidates) expect(words(text)).toEqual([`C:\\${label}`])
  })
})

describe('completion of other words', () => {
  it('offers registry keys, from the hives down', async () => {
    expect(await lines('reg query hk')).toEqual([
      'reg query HKCC\\',
      'reg query HKCR\\',
      'reg query HKCU\\',
      'reg query HKLM\\',
      'reg query HKU\\',
    ])
    expect(await lines('reg query HKLM\\soft')).toEqual(['reg query HKLM\\SOFTWARE\\'])
    expect(await lines('reg query hklm\\SOFTWARE\\Microsoft\\Windows\\CurrentV')).toEqual([
      'reg query hklm\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\',
    ])
    expect(await lines('reg query NOPE\\')).toEqual([])
  })

  it("offers the artifacts of the device's own system", async () => {
    const { candidates } = await ask('collect ')
    const labels = candidates.map(({ label }) => label)
    expect(labels).toContain('WindowsTriage')
    expect(labels.filter(label => /^(?:Linux|MacOS)/.test(label ?? ''))).toEqual([])
  })

  it('offers pids with their programs, and program names', async () => {
    const { candidates } = await ask('kill ')
    expect(candidates.find(({ text }) => text === '4')).toEqual({
      text: '4',
      label: expect.stringMatching(/^4 System$/i) as string,
      final: true,
    })
    expect((await ask('kill 4')).candidates.every(({ text }) => text.startsWith('4'))).toBe(true)
    expect(await lines('kill expl')).toEqual(['kill explorer.exe'])
    expect(await lines('kill --tree EXPL')).toEqual(['kill --tree explorer.exe'])
  })

  it('offers columns, several separated by commas, and users', async () => {
    expect(await lines('ps --columns process_p')).toEqual(['ps --columns process_path', 'ps --columns process_pid'])
    expect(await lines('ps --columns=pid,use')).toEqual(['ps --columns=pid,user'])
    expect(await lines('ps --columns pid,pi')).toEqual([])
    expect(await lines('stat C:\\x --columns filename,attr')).toEqual(['stat C:\\x --columns filename,attributes'])
    expect(await lines('ps --user j.m')).toEqual(['ps --user j.moreau'])
    expect(await lines('ps --user corp')).toContain('ps --user CORP\\j.moreau')
  })

  it('offers programs of this machine at the start of a local command', async () => {
    const bin = join(folder, 'bin')
    mkdirSync(join(bin, 'zz-folder'), { recursive: true })
    for (const name of ['zz-one', 'zz-two', 'zz$evil']) writeFileSync(join(bin, name), '')
    const own = await openShell({ host: { env: { CBC_PROFILE: 'lab', PATH: `${join(folder, 'none')}:${bin}` } } })
    const at = async (line: string) =>
      (await completer(own.shell)(line, line.length, new AbortController().signal)).candidates.map(({ text }) => text)
    for (const line of ['!zz', '! zz', 'ls | zz', 'ls | sort | zz', '!true && zz', 'ls; !zz'])
      expect([line, (await at(line)).sort()]).toEqual([line, ['zz-one', 'zz-two', "'zz$evil'"].sort()])
    expect(await at('!cat zz-o')).toEqual([])
    expect(await at('!')).toEqual([])
  })

  it('offers local paths where a verb takes one', async () => {
    const here = folder.replaceAll('\\', '/')
    for (const [line, quote] of [
      [`put ${here}/loc`, '"'],
      [`!cat ${here}/loc`, "'"],
      [`ls; !cat ${here}/loc`, "'"],
      [`ls > ${here}/loc`, '"'],
      [`ls >> ${here}/loc`, '"'],
      [`ls | tee ${here}/loc`, "'"],
      [`ls | sort; put ${here}/loc`, '"'],
    ] as const) {
      const before = line.slice(0, line.lastIndexOf(' ') + 1)
      expect((await lines(line)).sort()).toEqual([`${before}${quote}${here}/local dir/${quote}`, `${before}${here}/local.txt`].sort())
    }
    expect(await lines(`ls > x ${here}/loc`)).toEqual([])
    expect(await lines(`put ${here}/none/x`)).toEqual([])
  })
})

describe('completion in a local command', () => {
  const names = [
    'eve$(touch${IFS}X).txt',
    'eve`touch X`',
    'eve;touch X',
    'eve\'s "name"',
    'eve\\',
    'eve&touch X&',
    'eve|touch X',
    'eve\u00e9!!',
  ]
  const place = join(folder, 'evil')
  beforeAll(() => {
    mkdirSync(place)
    for (const text of names) writeFileSync(join(place, text), text)
  })

  it.each(['!cat ', 'ls | cat - ', '! cat "', "ls; !cat '", 'ls | head -n 1 && !cat '])(
    'after `%s` reads the file, and runs nothing',
    async start => {
      const completed = await lines(`${start}${place}/eve`)
      expect(completed.length).toBe(names.length)
      for (const line of completed) {
        const word = line.slice(start.replace(/["']$/, '').length)
        const ran = spawnSync('sh', ['-c', `cat ${word}`], { cwd: place, encoding: 'utf8' })
        expect(names).toContain(ran.stdout)
        expect({ status: ran.status, made: existsSync(join(place, 'X')) }).toEqual({ status: 0, made: false })
      }
    },
  )

  it('does not offer names that its shell cannot quote', async () => {
    const other = await openShell({ host: { shellLanguage: 'other' } })
    const { candidates } = await completer(other.shell)(`!cat ${place}/`, `!cat ${place}/`.length, new AbortController().signal)
    expect(candidates).toEqual([])
  })
})

it('completion never fails, whatever is typed', async () => {
  const piece = fc.constantFrom(
    'ls',
    'cd',
    'reg query',
    'kill',
    'put',
    'help',
    'exec',
    '"',
    "'",
    ' ',
    ';',
    '|',
    '>',
    '&&',
    '!',
    '#',
    '\\',
    '/',
    '..',
    '*',
    'C:',
    '-',
    '--',
    '--sort',
    'HKLM\\',
    '\u001b',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 6 }).map(parts => parts.join('')),
      fc.nat(12),
      async (line, back) => {
        const cursor = Math.max(0, line.length - back)
        const { from, candidates } = await ask(line, cursor)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(from).toBeLessThanOrEqual(cursor)
        for (const { text, label = '' } of candidates) expect(text + label).not.toMatch(/\p{Cc}/u)
      },
    ),
    { numRuns: 150 },
  )
})

describe('completion of option values', () => {
  it('offers the known values', async () => {
    expect(await lines('ls -o ')).toEqual(['ls -o table', 'ls -o json', 'ls -o ndjson', 'ls -o csv'])
    expect(await lines('ps --output js')).toEqual(['ps --output json'])
    expect(await lines('reg add HKLM\\X /t reg_d')).toEqual(['reg add HKLM\\X /t REG_DWORD', 'reg add HKLM\\X /t REG_DWORD_BIG_ENDIAN'])
    expect(await lines('ls --pa')).toEqual(['ls --pager'])
  })

  it('offers the values of the named registry key, with options of cbc and of reg.exe', async () => {
    await open.run(
      'reg add "HKCU\\Software\\With Values" -v "Two Words" -d x; reg add "HKCU\\Software\\With Values" -v Other -d x; reg add "HKCU\\Software\\With Values\\Under"',
    )
    const key = '"HKCU\\Software\\With Values"'
    expect(await lines(`reg query ${key} -v `)).toEqual([`reg query ${key} -v Other`, `reg query ${key} -v "Two Words"`])
    expect(await lines(`reg delete ${key} /v two`)).toEqual([`reg delete ${key} /v "Two Words"`])
    expect(await lines('reg query -v x HKCU\\Software\\With')).toEqual(['reg query -v x "HKCU\\Software\\With Values\\"'])
    expect(await lines('reg query "HKCU\\Software\\With Values\\')).toEqual(
      ['"HKCU\\Software\\With Values\\Under\\"', '"HKCU\\Software\\With Values\\Other"', '"HKCU\\Software\\With Values\\Two Words"'].map(
        path => `reg query ${path}`,
      ),
    )
    expect(await lines('reg add "HKCU\\Software\\With Values\\')).toEqual(['reg add "HKCU\\Software\\With Values\\Under\\"'])
  })
})

it('connect completes the devices it can connect to', async () => {
  expect(await lines('connect win-fin')).toEqual(['connect WIN-FIN-01', 'connect WIN-FIN-02'])
  expect((await ask('connect ')).candidates.map(({ text }) => text)).toContain('WIN-HR-01')
  expect(await lines('connect srv-dc')).toEqual(['connect CORP\\SRV-DC-01'])
  expect(await lines('connect nope')).toEqual([])
})
