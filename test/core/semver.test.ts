import { expect, it } from 'vitest'
import { compareVersions, parseVersion } from '../../src/core/semver.ts'

const version = (text: string) => {
  const read = parseVersion(text)
  if (read === undefined) throw new Error(`${text} is no version`)
  return read
}

it('versions are ordered as semver.org orders them, whatever their size', () => {
  const ascending = [
    ...['0.9.10', '1.0.0-0', '1.0.0-2', '1.0.0-10', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2'],
    ...['1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0', '9007199254740993.0.0', '9007199254740994.0.0'],
  ]
  for (const [at, one] of ascending.entries())
    for (const [against, other] of ascending.entries())
      expect([one, other, Math.sign(compareVersions(version(one), version(other)))]).toEqual([one, other, Math.sign(at - against)])
})

it('build metadata and the v of a tag say nothing about the order', () => {
  expect(compareVersions(version('1.0.0+a.1'), version('v1.0.0+b'))).toBe(0)
  expect(version('v1.2.3-rc.1+b').text).toBe('1.2.3-rc.1')
})

it.each([
  '',
  '1',
  '1.2',
  '1.2.3.4',
  '01.2.3',
  '1.2.3-',
  '1.2.3-01',
  '1.2.3-a..b',
  '1.2.3+',
  ' 1.2.3',
  '1.2.3\n',
  '1.2.3-\u001b',
  `1.2.3-${'a'.repeat(200)}`,
])('%j is not taken for a version', text => {
  expect(parseVersion(text)).toBeUndefined()
})
