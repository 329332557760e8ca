import { describe, expect, it } from 'vitest'
import { readIdentifying } from '../../../../src/verbs/usb/bulk/identifying.ts'

const read = (text: string) => readIdentifying('serial_number', text, true)

describe('an identifying field of a USB device is read exactly, or refused', () => {
  it.each([
    ['="00012345"', '00012345'],
    [' ="00012345" ', '00012345'],
    ['"00012345"', '00012345'],
    ["'00012345", '00012345'],
    ['="4C""53"', '4C"53'],
    ['\u00a04C53\u2003', '4C53'],
    ['4C 53', '4C 53'],
    ['12E45', '12E45'],
    ['5E81', '5E81'],
    ['-S', '-S'],
    ['AA-12-34', 'AA-12-34'],
    ['2023-01-02-77', '2023-01-02-77'],
    ['MAY0123', 'MAY0123'],
    ['12345678901234', '12345678901234'],
    ['1234567890123456', '1234567890123456'],
    ['', ''],
  ])('%j is read as %j', (cell, text) => {
    expect(read(cell)).toEqual({ text })
  })

  it.each([
    ['\u200e4C5310', 'U+200E'],
    ['4C53\u200b10', 'U+200B'],
    ['4C\u00ad5310', 'U+00AD'],
    ['4C5\u202e310', 'U+202E'],
    ['4C\u206053\u316410', 'U+2060, U+3164'],
    ['="4C5310\u200f"', 'U+200F'],
  ])('invisible characters are removed from %j, and reported', (cell, names) => {
    expect(read(cell)).toEqual({
      text: '4C5310',
      warning: `serial_number 4C5310 contained invisible characters, which were removed: ${names}`,
    })
  })

  it.each([
    ['#N/A', 'error of a formula'],
    ['#REF!', 'error'],
    ['#NAME?', 'error'],
    ['#NV', 'error'],
    ['########', 'error'],
    ['Err:502', 'error'],
    ['=A1', 'is a formula'],
    ['=HEX2DEC("0781")', 'is a formula'],
    ['4.53E+21', 'lost its digits'],
    ['4,53E+21', 'lost its digits'],
    ['1E+05', 'lost its digits'],
    ['-1.2E-3', 'lost its digits'],
    ['1.23E15', 'lost its digits'],
    ['12345.0', 'a number'],
    ['12345,00', 'a number'],
    ['1,234,567', 'a number'],
    ['1.234.567', 'a number'],
    ['1’234’567', 'a number'],
    ['2023-01-02', 'a date'],
    ['2023/1/2 00:00:00', 'a date'],
    ['01/02/2023', 'a date'],
    ['1.2.23', 'a date'],
    ['12/25', 'a date'],
    ['2-Jan', 'a date'],
    ['Jan-24', 'a date'],
    ['3. Mär 2024', 'a date'],
    ['12:30', 'a date or time'],
    ['1:30:00 PM', 'a date or time'],
    ['N/A', 'placeholder'],
    ['null', 'placeholder'],
    ['NaN', 'placeholder'],
    ['undefined', 'placeholder'],
    ['TRUE', 'placeholder'],
    ['4C\\x0053', 'escaped control character'],
    ['4C\u000053', 'U+0000'],
    ['4C\t53', 'U+0009'],
    ['4C\u00a053', 'U+00A0'],
  ])('%j is refused', (cell, why) => {
    expect(read(cell).problem).toContain(why)
  })

  it('a number is in doubt when its cell has only the digits that a spreadsheet keeps', () => {
    for (const text of ['1234567890123450', '453100133112211000000'])
      expect([read(text).doubt, readIdentifying('serial_number', text, false).doubt]).toEqual([
        expect.stringContaining(`write ="${text}"`),
        undefined,
      ])
  })
})
