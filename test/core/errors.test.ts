import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { asCbcError, CbcError, EXIT_CODES, interrupted, usage } from '../../src/core/errors.ts'

describe('asCbcError', () => {
  it('returns its own errors unchanged', () => {
    const error = usage('no', 'try yes')
    expect(asCbcError(error)).toBe(error)
  })

  it('recognizes an interruption', () => {
    expect(asCbcError(new DOMException('The operation was aborted', 'AbortError'))).toMatchObject({ code: 'interrupted' })
    expect(EXIT_CODES[interrupted().code]).toBe(130)
  })

  it('explains an error of a local file', async () => {
    const thrown: unknown = await readFile('no/such/file').catch((error: unknown) => error)
    expect(asCbcError(thrown)).toMatchObject({ code: 'io', message: 'no/such/file: no such file or directory' })
    expect(asCbcError(await readFile('.').catch((error: unknown) => error)).message).toContain('is a directory')
  })

  it('treats everything else as a defect', () => {
    const cause = new TypeError('x is not a function')
    expect(asCbcError(cause)).toMatchObject({ code: 'internal', message: 'internal error: x is not a function', cause })
    expect(asCbcError('oops')).toMatchObject({ code: 'internal', message: 'internal error: oops' })
  })
})

it('an error can be given more facts, and keeps those it had', () => {
  const error = new CbcError('remote', 'ls: no', { http_status: 400, hint: 'old' }).with('ls x: no', { device_id: 7, hint: 'new' })
  expect(error).toMatchObject({ code: 'remote', message: 'ls x: no', facts: { http_status: 400, device_id: 7, hint: 'new' } })
})
