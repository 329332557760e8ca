import { describe, expect, it } from 'vitest'
import { ClosedPipe } from '../src/core/ports.ts'
import { main } from '../src/main.ts'
import { interrupted } from '../src/core/errors.ts'
import { memoryOutput, testHost, type TestWorld } from './support/host.ts'

async function run(words: string[], over: Partial<TestWorld> = {}) {
  const host = testHost(over)
  const code = await main(words, host)
  return { code, out: host.stdout.text(), err: host.stderr.text() }
}

const ABOUT = /^\{"version":"1\.2\.3","commit":"abc1234","node":"24\.0\.0","platform":"linux","arch":"x64"\}\n$/

describe('the program', () => {
  it.each([
    [[], /^Usage: cbc /],
    [['--help'], /^Usage: cbc /],
    [['lr'], /^Usage: cbc lr /],
    [['--version'], /^1\.2\.3 \(commit abc1234, Node 24\.0\.0, linux-x64\)\n$/],
    [['--version', '--json'], ABOUT],
    [['-ojson', '--version'], ABOUT],
    [['lr', 'ls', '-h'], /^Usage: cbc lr ls /],
    [['help'], /^Usage: cbc \[/],
    [['help', 'lr', 'ls'], /^Usage: cbc lr ls /],
  ])('answers %j', async (words, shows) => {
    expect(await run(words)).toEqual({ code: 0, err: '', out: expect.stringMatching(shows) as string })
  })

  it('reports a mistake in the command line, or in JSON', async () => {
    expect(await run(['bogus'])).toEqual({ code: 2, out: '', err: "cbc: unknown command 'bogus'\nhint: see `cbc --help`\n" })
    const { code, err } = await run(['lr', 'stat', 'WIN-FIN-01', 'C:\\nope', '--json'])
    expect(code).toBe(4)
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'not_found', device_id: 11412673, result_code: 0x80070002 } })
  })

  it('ends without an error when its reader is gone', async () => {
    const stdout = { ...memoryOutput(), write: () => Promise.reject(new ClosedPipe()) }
    expect(await run(['--help'], { stdout })).toEqual({ code: 0, out: '', err: '' })
    expect(await run(['lr', 'drives', 'WIN-FIN-01'], { stdout })).toEqual({ code: 0, out: '', err: '' })
  })

  it('can be interrupted', async () => {
    const interruption = new AbortController()
    interruption.abort(interrupted())
    expect(await run(['lr', 'ps', 'WIN-FIN-01'], { interruption, interrupt: interruption.signal })).toEqual({
      code: 130,
      out: '',
      err: 'cbc: interrupted\n',
    })
  })

  it('reports a defect, with a stack trace only on request', async () => {
    const broken: Partial<TestWorld> = { lab: () => Promise.reject(new TypeError('x is not a function')) }
    const { code, err } = await run(['lr', 'ps', 'WIN-FIN-01'], broken)
    expect(code).toBe(1)
    expect(err).toMatch(/^cbc: internal error: x is not a function\nhint: [^\n]+\n$/)
    expect((await run(['lr', 'ps', 'WIN-FIN-01'], { ...broken, env: { CBC_PROFILE: 'lab', CBC_DEBUG: '1' } })).err).toMatch(
      /\n +at .*main\.test\.ts/,
    )
  })

  it('prints requests with -v, one line each, without the token', async () => {
    const { code, err, out } = await run(['-v', 'lr', 'drives', 'WIN-FIN-01', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toContain('C:\\')
    expect(
      err
        .trimEnd()
        .split('\n')
        .every(line => /^(GET|POST|DELETE|PUT) \/\S+ \d{3} \d+ ms$/.test(line)),
    ).toBe(true)
    expect(err).not.toMatch(/ABCDEFGHIJKLMNO/)
  })
})
