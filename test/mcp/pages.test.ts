import { expect, it } from 'vitest'
import { Pages } from '../../src/mcp/pages.ts'
import { random } from '../../src/host/clock.ts'

it.each([{ toString: 'x' }, ['x'], 5, true, ''])('a cursor that is no text is no cursor, and no internal error: %j', cursor => {
  expect(() => new Pages(random).next('ls', cursor)).toThrow(expect.objectContaining({ code: 'usage' }))
})
