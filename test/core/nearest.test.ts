import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/core/nearest.ts'

const POLICIES = ['Standard', 'Servers', 'Executives', 'Kiosks - no Live Response']

describe('the names that are near', () => {
  it.each([
    ['standard', ['Standard']],
    ['Standrad', ['Standard']],
    ['serv', ['Servers']],
    ['kiosks', ['Kiosks - no Live Response']],
    ['no live', ['Kiosks - no Live Response']],
    ['Accounting', []],
    ['', []],
    ['  ', []],
  ])('to %j: %j', (typed, names) => {
    expect(nearest(typed, POLICIES)).toEqual(names)
  })

  it('the likeliest first, three at most, each once', () => {
    expect(nearest('abc', ['xabcx', 'abd', 'ABC', 'abcd', 'ABC'])).toEqual(['ABC', 'abcd', 'xabcx'])
  })

  it('a name is near to itself, and to itself with one letter wrong', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (name, at) => {
        const wrong = `${name.slice(0, at % name.length)}_${name.slice((at % name.length) + 1)}`
        expect(nearest(name, [name])).toEqual([name])
        expect(nearest(wrong, [name])).toEqual([name])
      }),
    )
  })

  it('takes no time for names of any length', () => {
    expect(nearest('abc', ['x'.repeat(10_000_000)])).toEqual([])
  })
})
