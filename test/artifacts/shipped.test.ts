import { expect, it } from 'vitest'
import { Catalog, nameOf } from '../../src/artifacts/catalog.ts'
import { isFor, PLATFORMS, type Platform } from '../../src/artifacts/definition.ts'
import { readDefinitions } from '../../src/artifacts/read-file.ts'
import { SHIPPED } from '../../src/artifacts/shipped/index.ts'
import { unixUser, windowsUser, type Variables } from '../../src/artifacts/variables.ts'
import { wishesOf } from '../../src/artifacts/wishes.ts'

const read = Object.entries(SHIPPED).map(([file, text]) => readDefinitions(text, file))
const catalog = new Catalog()
for (const { definitions } of read) for (const one of definitions) catalog.add(one)

const SYSTEM = [
  'systemdrive',
  'systemroot',
  'windir',
  'programfiles',
  'programfilesx86',
  'programdata',
  'allusersprofile',
  'allusersappdata',
]
const VARIABLES: Record<Platform, Variables> = {
  Windows: { system: new Map(SYSTEM.map(name => [`environ_${name}`, 'C:'])), users: [windowsUser('C:\\Users\\a', 'S-1-5-21-1')] },
  Linux: { system: new Map(), users: [unixUser('/home/a')] },
  Darwin: { system: new Map(), users: [unixUser('/Users/a')] },
}

it('the definitions that ship are read without a fault, have names of their own, and say what they are', () => {
  expect(read.flatMap(({ faults }) => faults)).toEqual([])
  const names = read.flatMap(({ definitions }) => definitions.map(nameOf))
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(60)
  for (const { doc } of catalog.all) expect(doc).toMatch(/\.$/)
})

it.each(PLATFORMS)('each of them for %s can be resolved and planned, and asks for something', platform => {
  const wanted = catalog.all.filter(({ platforms }) => isFor(platforms, platform))
  expect(wanted.length).toBeGreaterThan(10)
  for (const definition of wanted) {
    const { files, keys, programs, unplanned } = wishesOf(catalog.resolve([nameOf(definition)], platform), platform, VARIABLES[platform])
    expect(unplanned).toEqual([])
    expect(files.length + keys.length + programs.length).toBeGreaterThan(0)
  }
})
