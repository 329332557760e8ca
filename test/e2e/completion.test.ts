import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { COMMAND_IN_SH } from '../support/command.ts'
import { completed } from '../support/completed.ts'
import { run } from '../support/program.ts'
import { testFolder } from '../support/folder.ts'
import { openTerminal, type TestTerminal } from '../support/terminal.ts'
import { analyst } from './lab.ts'

/** Device names that would be special in some shell. */
const HOSTILE = [
  'EVIL1-$(touch pwned)',
  'EVIL2-`touch pwned`',
  "EVIL3-';touch pwned;'",
  'EVIL4-";touch pwned;"',
  'EVIL5-a b\\c',
  'EVIL6-!!-!x',
  'EVIL7-${HOME}~#&|<>[]{}^',
]
const HIDDEN = ['EVIL8-\nrm', 'EVIL8-\x1b[31m', 'EVIL8-\u202egpj', '-EVIL8', 'EVIL8*', '@EVIL8', 'EVIL8,x', '']

const service = createServer((_, response) => {
  const results = [...HOSTILE, ...HIDDEN].map((name, id) => ({ id: id + 1, name, os: 'WINDOWS', policy_name: 'a:b\tc\n$(touch pwned)' }))
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ results, num_found: results.length }))
})
await new Promise<void>(resolve => {
  service.listen(0, '127.0.0.1', resolve)
})
afterAll(() => {
  service.close()
})
const TENANT = {
  CBC_PROFILE: undefined,
  CBC_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
  CBC_ORG_KEY: 'ABCD1234',
  CBC_TOKEN: 'SECRET/ID',
}

/** How to start a shell that reads only the test's input, with cbc's script loaded as documented. */
const STARTS = {
  bash: {
    args: (home: string) => ['--noprofile', '--rcfile', join(home, 'rc'), '-i'],
    file: 'rc',
    rc: 'PS1="> "\nsource <(cbc completion bash)\n',
  },
  zsh: {
    args: () => ['-d', '-i'],
    file: '.zshrc',
    rc: 'PS1="> "\nunsetopt PROMPT_SP\nautoload -Uz compinit\ncompinit -u\nsource <(cbc completion zsh)\n',
  },
  fish: {
    args: () => ['-i'],
    file: '.config/fish/config.fish',
    rc: 'function fish_prompt; printf "> "; end\nset -g fish_greeting\ncbc completion fish | source\n',
  },
} as const
type ShellName = keyof typeof STARTS

/**
 * A shell in a terminal, in its own folder with a file `two words.txt`. Its cbc completes, and prints its arguments instead of running
 * anything.
 */
async function shell(
  name: ShellName,
  env: Record<string, string | undefined> = { CBC_PROFILE: 'lab' },
): Promise<TestTerminal & { home: string; given(): Promise<string[]> }> {
  const home = testFolder()
  const { args, file, rc } = STARTS[name]
  mkdirSync(join(home, '.config', 'fish'), { recursive: true })
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, file), rc)
  writeFileSync(join(home, 'two words.txt'), '')
  writeFileSync(
    join(home, 'bin', 'cbc'),
    `#!/bin/sh
case $1 in
  __complete | completion) exec ${COMMAND_IN_SH} "$@" ;;
  *) exec '${process.execPath}' -p '"GIVEN " + JSON.stringify(process.argv.slice(1))' -- "$@" ;;
esac
`,
  )
  chmodSync(join(home, 'bin', 'cbc'), 0o755)
  const terminal = openTerminal(name, args(home), {
    home,
    cwd: home,
    cols: 110,
    env: { ZDOTDIR: home, PATH: `${join(home, 'bin')}:${process.env['PATH']}`, ...env },
  })
  await terminal.waitFor(/^> ?$/m)
  await completed('cbc lr ls ', { home, env }, out => /WIN-FIN-01|EVIL1/.test(out))
  return Object.assign(terminal, {
    home,
    async given() {
      await terminal.key('enter')
      await terminal.waitFor(/GIVEN .*\]\n/)
      return JSON.parse(/GIVEN (.*\])/.exec(terminal.transcript())?.[1] ?? '') as string[]
    },
  })
}

/** The tests of a shell that is not installed are skipped, and say so. */
const SHELLS = (Object.keys(STARTS) as ShellName[]).map(name => {
  const missing = spawnSync(name, ['-c', 'exit 0']).error !== undefined
  return [missing ? `${name} (not installed here, so skipped)` : name, name, missing] as const
})

describe.each(SHELLS)('in %s', (_, name, missing) => {
  const test = it.skipIf(missing)

  test('Tab completes commands, options, their values, and devices', async () => {
    const terminal = await shell(name)
    await terminal.type('cbc l')
    await terminal.type('r\t')
    await terminal.waitFor(/> cbc lr $/m)
    await terminal.type('conn\t')
    await terminal.waitFor(/> cbc lr connect $/m)
    await terminal.type('win-f\t')
    await terminal.waitFor(/> cbc lr connect WIN-FIN-0/m)
    await terminal.type('1 --fail\t')
    await terminal.waitFor(/WIN-FIN-01 --fail-fast/m)
    await terminal.type('--output=js\t')
    await terminal.waitFor(/--output=json/m)
    await terminal.type('--prof\t')
    await terminal.waitFor(/--profile/m)
    await terminal.type('la\t')
    await terminal.waitFor(/--profile lab/m)
    expect(await terminal.given()).toEqual(['lr', 'connect', 'WIN-FIN-01', '--fail-fast', '--output=json', '--profile', 'lab'])
    await terminal.close()
  })

  test('paths of this machine are completed, also after @', async () => {
    const terminal = await shell(name)
    await terminal.type('cbc lr put WIN-FIN-01 two\t')
    await terminal.waitFor(/two.*txt/)
    expect(await terminal.given()).toEqual(['lr', 'put', 'WIN-FIN-01', 'two words.txt'])
    await terminal.type('cbc lr connect @two\t')
    await terminal.waitFor(/@.?two.*txt/)
    await terminal.key('enter')
    await terminal.waitFor(/GIVEN \["lr","connect","@two words\.txt"\]/)
    await terminal.close()
  })

  test.each(['corp\\\\kiosk-01', "'corp\\kiosk-01", '"corp\\\\kiosk-01'])(
    'a name with its domain is completed as it was begun: %s',
    async typed => {
      const terminal = await shell(name)
      await terminal.type(`cbc lr ls ${typed.slice(0, -6)}\t`)
      await terminal.waitFor(/CORP\\{1,2}KIOSK-0/)
      await terminal.type('1\t')
      await terminal.waitFor(/KIOSK-01['"]? $/)
      await terminal.type(',LAB')
      expect(await terminal.given()).toEqual(['lr', 'ls', 'CORP\\KIOSK-01', ',LAB'])
      await terminal.close()
    },
  )

  test('names with special characters of the shell are passed unchanged, and nothing is run', async () => {
    const terminal = await shell(name, TENANT)
    for (const [at, device] of HOSTILE.entries()) {
      await terminal.type(`cbc lr ls EVIL${at + 1}\t`)
      await terminal.waitFor(new RegExp(`> cbc lr ls .?EVIL${at + 1}-`, 'm'))
      // After a backtick, however quoted, bash completes no options of any program.
      await terminal.type(name === 'bash' && device.includes('`') ? '--sort' : '--so\t')
      await terminal.waitFor('--sort')
      expect(await terminal.given()).toEqual(['lr', 'ls', device, '--sort'])
      // Each starts with an empty screen.
      await terminal.type(name === 'fish' ? 'clear' : 'printf "\\033[2J\\033[3J\\033[H"')
      await terminal.key('enter')
      await terminal.waitFor(screen => !screen.join('\n').includes('GIVEN'))
    }
    expect(readdirSync(terminal.home)).not.toContain('pwned')
    await terminal.close()
  })
})

describe('the program that a shell calls for completion', () => {
  it('ends quickly when the service never answers, and does not ask it again', async () => {
    let requests = 0
    const silent = createServer(() => {
      requests += 1
    })
    await new Promise<void>(resolve => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    const { home } = analyst()
    const env = { ...TENANT, CBC_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` }
    await completed('cbc lr ls WIN', { home, env }, () => requests > 0)
    const before = requests
    expect(await run(['__complete', 'fish', 'cbc lr ls WIN'], { home, cwd: home, env })).toMatchObject({
      code: 0,
      stdout: 'words\n',
      stderr: '',
    })
    expect(requests).toBe(before)
    silent.closeAllConnections()
    silent.close()
  })

  it('keeps its cached names private to the user', async () => {
    const { home, env } = analyst()
    await completed('cbc lr ls WIN-F', { home, env }, out => /^WIN-FIN-01\t/m.test(out))
    const folder = join(home, '.local', 'state', 'cbc', 'cache')
    expect(readdirSync(folder).map(file => statSync(join(folder, file)).mode & 0o777)).toEqual([0o600])
  })
})
