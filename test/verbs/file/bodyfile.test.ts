import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bodyLine } from '../../../src/verbs/file/bodyfile.ts'

const TIMES = {
  last_access_time: '2024-01-01T00:00:03.900Z',
  last_write_time: '2024-01-01T00:00:02Z',
  create_time: '2024-01-01T00:00:01Z',
}
const AT = Date.UTC(2024, 0, 1) / 1000
const line = (over: Record<string, unknown>, windows = true) =>
  bodyLine({ path: 'C:\\a.txt', filename: 'a.txt', size: 42, attributes: ['ARCHIVE'], ...TIMES, ...over }, windows)

it('a line of a body file has the size of the file, and its times each in its field', () => {
  expect(line({})).toBe(`0|C:\\a.txt|0|r/rrwxrwxrwx|0|0|42|${AT + 3}|${AT + 2}|0|${AT + 1}`)
})

it('what the listing does not say is 0', () => {
  expect(line({ size: null, last_access_time: null, last_write_time: 'never', create_time: undefined })).toBe(
    '0|C:\\a.txt|0|r/rrwxrwxrwx|0|0|0|0|0|0|0',
  )
})

it.each([
  [['DIRECTORY'], true, 'd/drwxrwxrwx'],
  [['DIRECTORY', 'READONLY'], true, 'd/dr-xr-xr-x'],
  [['ARCHIVE', 'READONLY'], true, 'r/rr-xr-xr-x'],
  [['DIRECTORY', 'REPARSE_POINT'], false, 'l/lrwxrwxrwx'],
  // On Windows it may be a OneDrive folder.
  [['DIRECTORY', 'REPARSE_POINT'], true, 'd/drwxrwxrwx'],
])('the mode of %j', (attributes, windows, mode) => expect(line({ attributes }, windows).split('|')[3]).toBe(mode))

it('a name can not end a field or a line, and a backslash in one is told from an escape', () => {
  expect(line({ path: 'C:\\a|b\n\u009b' }).split('|')[1]).toBe('C:\\a\\x7cb\\x0a\\x9b')
  expect(line({ path: '/tmp/a\\x7cb' }, false).split('|')[1]).toBe('/tmp/a\\x5cx7cb')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), name => {
      expect(line({ path: `/${name}` }, false).split('|')).toHaveLength(11)
      expect(line({ path: `/${name}` }, false)).not.toMatch(/[\n\r]/)
    }),
  )
})
