import { describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { checkScript } from '../../src/remote/script.ts'
import { exec } from '../../src/verbs/process/exec.ts'
import { failure } from '../api/support.ts'
import { bench, NEVER } from './support.ts'

const LIMIT = 10 * 1024

/** Returns a request that is `bytes` bytes long as JSON. */
function ofLength<R extends CommandRequest & { path: string }>(request: R, bytes: number, letter = 'x'): R {
  const rest = bytes - Buffer.byteLength(JSON.stringify({ ...request, path: '' }))
  return { ...request, path: letter.repeat(Math.ceil(rest / Buffer.byteLength(JSON.stringify(letter).slice(1, -1)))) }
}

describe("a command's request", () => {
  const START = { name: 'create process', path: '', wait: true } as const

  it('of ten kilobytes is issued, and one more byte is refused', async () => {
    const b = bench()
    const session = await b.open()
    const longest = ofLength(START, LIMIT)
    expect(await b.run(session.issue(longest, { signal: NEVER }))).toMatchObject({ status: 'COMPLETE' })
    const thrown = await b.run(failure(session.issue({ ...longest, path: `${longest.path}x` }, { signal: NEVER, what: 'x' })))
    expect(thrown).toMatchObject({
      code: 'usage',
      message: 'x: too long: the request has 10241 bytes, and the service accepts 10240 for a command',
      facts: { hint: expect.stringContaining('`script`') as string },
    })
    expect(EXIT_CODES[thrown.code]).toBe(2)
    expect(b.service.issued).toHaveLength(1)
  })

  it.each(['ä', '€', '"', '\\', '\u0001'])('is measured in bytes as sent: %j', async letter => {
    const b = bench()
    const session = await b.open()
    expect(
      await b.run(failure(session.issue(ofLength({ name: 'directory list', path: '' }, LIMIT + 7, letter), { signal: NEVER }))),
    ).toMatchObject({ code: 'usage' })
    expect(b.service.issued).toEqual([])
  })

  it('that is too long is also refused in a dry run and beside another command', async () => {
    const b = bench()
    const session = await b.open()
    const plan: unknown[] = []
    const long = ofLength(START, LIMIT + 1)
    expect(
      await failure(
        session
          .planned(step => {
            plan.push(step)
          })
          .issue(long, { signal: NEVER }),
      ),
    ).toMatchObject({ code: 'usage' })
    expect(await failure(session.issueBeside(long, { signal: NEVER }))).toMatchObject({ code: 'usage' })
    expect([plan, b.service.issued]).toEqual([[], []])
  })

  it('that is too long hints at a way out for a registry value', async () => {
    const session = await bench().open()
    expect(
      await failure(
        session.issue(
          { name: 'reg set value', path: 'HKLM\\X\\v', value_type: 'REG_SZ', value_data: 'x'.repeat(LIMIT) },
          { signal: NEVER },
        ),
      ),
    ).toMatchObject({
      code: 'usage',
      facts: { hint: expect.stringContaining('reg.exe import') as string },
    })
  })
})

it('a command line of a program or script that is too long is refused before a session is opened', () => {
  expect(() =>
    exec.check?.({ command: ['x.exe', 'y'.repeat(LIMIT)], shell: false, noWait: false, cwd: undefined, outputFile: undefined }),
  ).toThrow(expect.objectContaining({ code: 'usage' }))
  expect(() => checkScript('x.ps1', ['y'.repeat(LIMIT)], undefined)).toThrow(expect.objectContaining({ code: 'usage' }))
})
