import { expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { errorDocument, errorJson, errorLines } from '../../src/ui/errors.ts'

const error = new CbcError('not_found', 'ls C:\\x\u001b[2J\ny: no such directory', {
  hint: 'look\u0007',
  http_status: 404,
  result_code: 2147942402,
  device_id: 7,
  cause: new Error('secret'),
})

it('an error is one line, and a second one for the hint', async () => {
  expect(await errorLines(error, false)).toBe('cbc: ls C:\\x\\x1b[2J\\ny: no such directory\nhint: look\\x07\n')
  expect(await errorLines(new CbcError('internal', 'no'), false)).toBe('cbc: no\n')
  expect(await errorLines(new CbcError('internal', 'no'), true)).toBe('\u001b[38;5;160mcbc:\u001b[39m no\n')
})

it('an error in JSON is one line with the known facts', () => {
  expect(errorJson(new CbcError('usage', 'no'))).toEqual({ code: 'usage', message: 'no', hint: null })
  const document = errorDocument(error)
  expect(document).toMatch(/^\{[^\n\u001b\u0007]*\}\n$/)
  expect(JSON.parse(document)).toEqual({
    error: { code: 'not_found', message: error.message, hint: 'look\u0007', http_status: 404, result_code: 2147942402, device_id: 7 },
  })
})
