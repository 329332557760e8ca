import { expect, it } from 'vitest'
import { Catalog } from '../../src/artifacts/catalog.ts'
import { readDefinitions } from '../../src/artifacts/read-file.ts'
import { windowsUser, type Variables } from '../../src/artifacts/variables.ts'
import { wishesOf } from '../../src/artifacts/wishes.ts'

const ONE_USER: Variables = { system: new Map([['environ_systemdrive', 'C:']]), users: [windowsUser('C:\\Users\\a', 'S-1-5-21-1')] }
const definition = (name: string, paths: string) =>
  `name: ${name}\nsources:\n- type: FILE\n  attributes: {paths: ${paths}, separator: '\\'}\n---\n`
const group = (name: string, ...names: string[]) =>
  `name: ${name}\nsources:\n- type: ARTIFACT_GROUP\n  attributes: {names: [${names.join(', ')}]}\n---\n`
const catalogOf = (text: string) => {
  const catalog = new Catalog()
  for (const one of readDefinitions(text, 'x.yaml').definitions) catalog.add(one)
  return catalog
}

it('aliases that multiply are a fault of their document, and those of people are read', () => {
  const lists = Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(', ')}]`)
  const laughs = `l0: &l0 ['C:\\x']\n${lists.join('\n')}\nname: Laughs\nsources: *l30\n---\n`
  const { definitions, faults } = readDefinitions(laughs + definition('Fine', "&p ['C:\\Windows\\x']"), 'x.yaml')
  expect(definitions.map(({ name }) => name)).toEqual(['Fine'])
  expect(faults).toHaveLength(1)
})

it('a million paths are a fault, in one source or in a file', () => {
  const paths = (count: number) => `[${'C:\\x,'.repeat(count)}]`
  for (const count of [2001, 1_000_000]) {
    const { definitions, faults } = readDefinitions(definition('Many', paths(count)), 'x.yaml')
    expect([definitions, faults.length]).toEqual([[], 1])
  }
})

it('paths that stand for more than can be followed, with all their users, are refused', () => {
  const source = `- type: FILE\n  attributes: {paths: [${Array(200).fill("'%%users.homedir%%\\x'").join(',')}], separator: '\\'}\n`
  const { definitions } = readDefinitions(`name: Wide\nsources:\n${source}`, 'x.yaml')
  const users = Array.from({ length: 1000 }, (_, at) => windowsUser(`C:\\Users\\${at}`, `S-1-5-21-${at}`))
  expect(() => wishesOf(definitions, 'Windows', { ...ONE_USER, users })).toThrow('more than 100,000 patterns')
})

it('groups that hold each other many times over are resolved once, and a chain of them without end is refused', () => {
  const wide = Array.from({ length: 40 }, (_, at) => group(`G${at}`, ...Array<string>(5).fill(`G${at + 1}`)))
  const all = catalogOf(wide.join('') + definition('G40', "['C:\\x']"))
  expect(all.resolve(['G0']).map(({ name }) => name)).toEqual(['G40'])
  const chain = Array.from({ length: 200 }, (_, at) => group(`C${at}`, `C${at + 1}`))
  expect(() => catalogOf(chain.join('') + definition('C200', "['C:\\x']")).resolve(['C0'])).toThrow('one in another')
})

it.each(['C:\\..\\..\\etc', 'C:\\a\\..\\b', '\\\\server\\share', '\\\\?\\C:\\x', '..\\x', 'D:x', '%%users.homedir%%\\..\\..\\b'])(
  'a path that leads elsewhere is said and not planned: %s',
  path => {
    const { definitions } = readDefinitions(definition('Away', `['${path}']`), 'x.yaml')
    const { files, unplanned } = wishesOf(definitions, 'Windows', ONE_USER)
    expect([files, unplanned.length]).toEqual([[], 1])
  },
)

it('expressions and patterns that take others exponential time are read, and those that are none are said', () => {
  const kape = (mask: string) =>
    readDefinitions(`Description: d\nTargets:\n- Name: n\n  Path: 'C:\\Logs\\'\n  FileMask: '${mask}'\n`, 'Bad.tkape').definitions
  const slow = wishesOf(kape('regex:(a+)+(a|a)*(a*)*b'), 'Windows', ONE_USER)
  expect(slow.files).toHaveLength(1)
  const last = slow.files[0]?.parts.at(-1)
  expect(last?.kind === 'pattern' && last.fits('a'.repeat(10_000))).toBe(false)
  expect(wishesOf(kape('regex:('), 'Windows', ONE_USER).unplanned).toHaveLength(1)
  expect(wishesOf(kape('regex:(?=a)b'), 'Windows', ONE_USER).unplanned).toHaveLength(1)
})
