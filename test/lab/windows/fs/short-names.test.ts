import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isShort, shortName } from '../../../../src/lab/windows/fs/short-names.ts'

const free = () => false

describe('8.3 names', () => {
  test.each([
    ['hello_world.txt', 'HELLO_~1.TXT'],
    ['chrome.exe', ''],
    ['Program Files', 'PROGRA~1'],
    ['a.b.c.txt', 'ABC~1.TXT'],
    ['index.html', 'INDEX~1.HTM'],
    ['.gitignore', 'GITIGN~1'],
    ['a+b.txt', 'A_B~1.TXT'],
    ['README', ''],
    ['longfilename', 'LONGFI~1'],
  ])('%s becomes %s', (long, short) => {
    expect(shortName(long, free)).toBe(short)
  })

  test('are numbered, and hashed from the fifth on', () => {
    const taken = new Set<string>()
    const names = Array.from({ length: 12 }, (_, at) => {
      const short = shortName(`Quarterly report ${at}.docx`, name => taken.has(name))
      taken.add(short)
      return short
    })
    expect(names.slice(0, 4)).toEqual(['QUARTE~1.DOC', 'QUARTE~2.DOC', 'QUARTE~3.DOC', 'QUARTE~4.DOC'])
    expect(names[4]).toMatch(/^QU[0-9A-F]{4}~1\.DOC$/)
    expect(new Set(names).size).toBe(12)
  })

  test('are always short, and unique in a directory', () => {
    const long = fc
      .string({ unit: fc.constantFrom('a', 'b', 'Z', ' ', '.', '+', 'é', '1'), minLength: 1, maxLength: 14 })
      .filter(name => /[^. ]/.test(name))
    fc.assert(
      fc.property(fc.uniqueArray(long, { maxLength: 60, selector: name => name.toUpperCase() }), names => {
        const used = new Set(names.map(name => name.toUpperCase()))
        for (const name of names) {
          const short = shortName(name, candidate => used.has(candidate))
          if (short === '') {
            expect(isShort(name)).toBe(true)
            continue
          }
          expect(isShort(short)).toBe(true)
          expect(used.has(short)).toBe(false)
          used.add(short)
        }
      }),
    )
  })
})
