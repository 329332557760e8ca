import { expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { jsonLine } from '../../src/ui/json.ts'

const error = new CbcError('remote', 'no such thing', { hint: 'look elsewhere' })
const shown = expect.objectContaining({ code: 'remote', message: 'no such thing', hint: 'look elsewhere' }) as object

it.each<[string, unknown, unknown]>([
  ['itself', error, shown],
  ['a field', { path: 'x', error }, { path: 'x', error: shown }],
  [
    'deep in lists and objects',
    { errors: [{ path: 'x', error }], more: { rows: [[], [{ error }]] } },
    {
      errors: [{ path: 'x', error: shown }],
      more: { rows: [[], [{ error: shown }]] },
    },
  ],
  ['of another kind', [new TypeError('oops')], [expect.objectContaining({ message: expect.stringContaining('oops') as string })]],
])('an error is told in JSON as an object wherever it is: %s', (_where, value, expected) => {
  expect(JSON.parse(jsonLine(value))).toEqual(expected)
})

it('values without errors are written as they are, and secrets are not', () => {
  expect(jsonLine({ text: 'é\u202e', list: [1, null, undefined], none: undefined, secret: new Secret('token') })).toBe(
    '{"text":"é\\u202e","list":[1,null,null],"secret":"[secret]"}\n',
  )
})
