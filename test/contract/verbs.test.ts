import { copyFile, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { VERBS } from '../../src/verbs/index.ts'
import { words } from '../../src/engine/words.ts'
import { run } from '../support/program.ts'

/** What must be there before a verb's examples can work, as lines of the shell. */
const SETUP: Record<string, string[]> = {
  rm: ['put README.md C:\\Users\\Public\\old.txt', 'mkdir C:\\Users\\Public\\old', 'put README.md C:\\Users\\Public\\old\\note.txt'],
  script: [
    'exec cmd.exe /c echo Write-Output hello > collect.ps1', 'exec cmd.exe /c echo @echo hello %1 > greet.bat', 'exec cmd.exe /c echo a note > notes.txt',
  ],
  'reg delete': ['reg add HKLM\\SOFTWARE\\Old -v Level -t REG_DWORD -d 1'],
}

const DEVICE = 'WIN-FIN-01'
const env = { CBC_PROFILE: 'lab' }
const fresh = async () => {
  const home = await mkdtemp(join(tmpdir(), 'cbc-contract-'))
  const readme = fileURLToPath(new URL('../../README.md', import.meta.url))
  await copyFile(readme, join(home, 'README.md'))
  await mkdir(join(home, 'tools'))
  await copyFile(readme, join(home, 'tools', 'readme.txt'))
  return { env, home, cwd: home }
}

const definitions = await Promise.all(VERBS.map(async ({ name, load }) => ({ name, verb: await load() })))

describe.each(definitions)('$name', ({ name, verb }) => {
  it('is defined under the name that it is listed by, with a one-line summary, examples and an effect', () => {
    expect(verb.name).toBe(name)
    expect(verb.summary).toMatch(/^[a-z][^\n.]*$/)
    expect(verb.examples.length).toBeGreaterThan(0)
    expect(['read', 'change', 'destroy']).toContain(verb.effect)
    for (const { line, does } of verb.examples) {
      expect(words(line).slice(0, name.split(' ').length).join(' ')).toBe(name)
      expect(does).not.toBe('')
    }
  })

  it('explains itself in both front ends: summary, every argument, every option, every example', async () => {
    const oneShot = await run(['lr', ...name.split(' '), '--help'])
    const shell = await run(['lr', 'connect', DEVICE, '-c', `help ${name}`], { env })
    for (const { code, stdout, stderr } of [oneShot, shell]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.toLowerCase()).toContain(verb.summary.slice(0, 20).toLowerCase())
      for (const argument of Object.keys(verb.arguments)) expect(stdout).toContain(argument)
      for (const option of Object.values(verb.options)) expect(stdout).toContain(option.flags)
      for (const { does } of verb.examples) expect(stdout).toContain(does)
    }
    expect(oneShot.stdout).toContain('<device>')
    expect(shell.stdout).not.toContain('<device>')
  })

  it.each(verb.examples)('runs its example: $line', async ({ line }) => {
    const setup = SETUP[name] ?? []
    const place = await fresh()
    if (setup.length > 0) expect((await run(['lr', 'connect', DEVICE, '-c', setup.join('; ')], place)).code).toBe(0)
    const [, ...rest] = [words(line).slice(0, name.split(' ').length), ...words(line).slice(name.split(' ').length)]
    const alone = await run(['lr', ...name.split(' '), DEVICE, '--json', ...rest.map(String)], place)
    expect({ code: alone.code, stderr: alone.stderr }).toEqual({ code: 0, stderr: '' })
    const shape = alone.json()

    const again = await fresh()
    const inShell = await run(['lr', 'connect', DEVICE, '--json', '-c', [...setup, line].join('; ')], again)
    expect({ code: inShell.code, stderr: inShell.stderr }).toEqual({ code: 0, stderr: '' })
    const last = JSON.parse(inShell.stdout.trim().split('\n').at(-1) ?? '') as unknown
    expect(Array.isArray(last)).toBe(Array.isArray(shape))
    if (!Array.isArray(last)) expect(Object.keys(last as object)).toEqual(Object.keys(shape as object))
  })

  it.runIf(verb.effect !== 'read')('is refused by --read-only, before anything is sent', async () => {
    const [example] = verb.examples
    const rest = words(example?.line ?? '').slice(name.split(' ').length)
    // An address where nothing listens: a request would be exit code 9.
    const unreachable = { CBC_URL: 'http://127.0.0.1:1', CBC_TOKEN: 'a/b', CBC_ORG_KEY: 'c' }
    const { code, stdout, stderr } = await run(['lr', ...name.split(' '), DEVICE, '--read-only', '--json', ...rest], { env: unreachable })
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
    expect((JSON.parse(stderr) as { error: { code: string } }).error.code).toBe('refused')
  })
})
