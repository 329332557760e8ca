import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { testHome } from './environment.ts'
import { run, start } from './program.ts'

/** Runs a script instead of the built program. */
const script = (text: string): { program: string[] } => ({ program: ['-e', text, '--'] })

afterEach(() => vi.unstubAllEnvs())

describe('run', () => {
  it('returns exit code, output, and bytes', async () => {
    const result = await run(
      ['a b', '--x'],
      script('process.stdout.write(JSON.stringify(process.argv.slice(1))); process.stderr.write("oops"); process.exitCode = 3'),
    )
    expect(result).toMatchObject({ code: 3, signal: null, stdout: '["a b","--x"]', stderr: 'oops' })
    expect(result.json()).toEqual(['a b', '--x'])
    expect((await run([], script('process.stdout.write(Buffer.from([0, 255, 10]))'))).bytes).toEqual(Buffer.from([0, 255, 10]))
  })

  it('fails with the output if that is not JSON', async () => {
    const result = await run([], script('console.log("{oops"); console.error("why")'))
    expect(() => result.json()).toThrow(/no JSON document\n[^]*\{oops\n[^]*why/)
  })

  it('passes input, or none', async () => {
    const copy = script('process.stdin.pipe(process.stdout)')
    expect((await run([], { ...copy, stdin: 'line\n' })).stdout).toBe('line\n')
    expect((await run([], copy)).stdout).toBe('')
    expect((await run([], { ...script('process.exit(0)'), stdin: Buffer.alloc(4 << 20) })).code).toBe(0)
  })

  it('does not inherit the environment of the tests', async () => {
    vi.stubEnv('CBC_TOKEN', 'outer')
    vi.stubEnv('FORCE_COLOR', '1')
    const print = script('console.log(JSON.stringify(process.env))')
    const own = (await run([], print)).json<Record<string, string>>()
    expect(Object.keys(own).filter(name => /^CBC_|COLOR|PROXY|^NODE_/i.test(name))).toEqual([])
    expect(own.HOME).toBe(testHome())
    expect(own.HOME).not.toBe(homedir())
    expect(own.XDG_CONFIG_HOME?.startsWith(testHome())).toBe(true)
    const home = join(testHome(), 'another')
    const other = (await run([], { ...print, home, env: { CBC_URL: 'http://x', LANG: undefined } })).json<Record<string, string>>()
    expect(other).toMatchObject({ HOME: home, CBC_URL: 'http://x' })
    expect(other).not.toHaveProperty('LANG')
  })

  it('kills a run that takes too long', async () => {
    await expect(run(['sub'], { ...script('console.log("so far"); setInterval(() => {}, 1000)'), timeout: 400 })).rejects.toThrow(
      /cbc sub: still running after 400 ms/,
    )
  })
})

describe('start', () => {
  it('returns lines as they arrive', async () => {
    const program = start(
      [],
      script(
        'console.log("one\\ntwo\\nthree"); console.error("warn"); process.stdin.on("data", chunk => console.log("got " + chunk)).on("end", () => process.exit(4))',
      ),
    )
    expect(await program.line('two')).toBe('two')
    expect(await program.line()).toBe('three')
    expect(await program.line(/w.rn/, { from: 'stderr' })).toBe('warn')
    program.write('input\n')
    expect(await program.line('got')).toBe('got input')
    program.end()
    expect(await program.exit).toEqual({ code: 4, signal: null })
    expect(program.stdout).toEqual(['one', 'two', 'three', 'got input', ''])
    await expect(program.line('five')).rejects.toThrow(/no line with five on stdout: the program ended\n── code 4\n[^]*three/)
  })

  it('returns the last line of a program that ends', async () => {
    const program = start([], script('setTimeout(() => process.stdout.write("last"), 50)'))
    expect(await program.line('last')).toBe('last')
  })

  it('can be killed', async () => {
    const program = start([], script('console.log("up"); setInterval(() => {}, 1000)'))
    await program.line('up')
    expect(await program.kill()).toEqual({ code: null, signal: 'SIGTERM' })
    await expect(start([], script('setInterval(() => {}, 1000)')).line('x', { timeout: 30 })).rejects.toThrow('none in 30 ms')
  })
})
