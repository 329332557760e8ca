import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/core/nearest.ts'

const POLICIES = ['Standard', 'Servers', 'Executives', 'Kiosks - no Live Response']

describe('similar names', () => {
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

  it('are sorted by similarity, three at most, each once', () => {
    expect(nearest('abc', ['xabcx', 'abd', 'ABC', 'abcd', 'ABC'])).toEqual(['ABC', 'abcd', 'xabcx'])
  })

  it('include the name itself, and the name with one letter wrong', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (name, at) => {
        const wrong = `${name.slice(0, at % name.length)}_${name.slice((at % name.length) + 1)}`
        expect(nearest(name, [name])).toEqual([name])
        expect(nearest(wrong, [name])).toEqual([name])
      }),
    )
  })

  it('are found quickly for names of any length', () => {
    expect(nearest('abc', ['x'.repeat(10_000_000)])).toEqual([])
  })
})
