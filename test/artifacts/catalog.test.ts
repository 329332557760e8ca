import { expect, it } from 'vitest'
import { Catalog, nameOf } from '../../src/artifacts/catalog.ts'
import { readDefinitions } from '../../src/artifacts/read-file.ts'

const FILE = (name: string, more = '') =>
  `name: ${name}\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: ['/etc/${name}']}\n${more}---\n`
const GROUP = (name: string, ...names: string[]) =>
  `name: ${name}\nsources:\n- type: ARTIFACT_GROUP\n  attributes: {names: [${names.join(', ')}]}\n---\n`
const KAPE = (...targets: string[]) => `Description: d\nTargets:\n${targets.map(one => `    -\n        Name: n\n${one}`).join('')}`

function catalog(...files: [text: string, name: string][]): Catalog {
  const all = new Catalog()
  for (const [text, name] of files) {
    const { definitions, faults } = readDefinitions(text, name)
    expect(faults).toEqual([])
    for (const one of definitions) all.add(one)
  }
  return all
}

it('groups are resolved to what they hold, each artifact once, in the order of the names', () => {
  const all = catalog([FILE('B') + FILE('A') + FILE('C') + GROUP('Two', 'A', 'B') + GROUP('All', 'Two', 'C', 'a'), 'x.yaml'])
  expect(all.resolve(['All', 'B']).map(nameOf)).toEqual(['A', 'B', 'C'])
})

it('a group that holds itself is an error that names the way round', () => {
  const all = catalog([GROUP('A', 'B') + GROUP('B', 'C') + GROUP('C', 'A'), 'x.yaml'])
  expect(() => all.resolve(['A'])).toThrow('A → B → C → A: a group that holds itself')
})

it('a compound target holds the targets of other files, and those of a folder', () => {
  const all = catalog(
    [KAPE("        Path: 'C:\\Logs\\'\n"), '/k/Windows/EventLogs.tkape'],
    [KAPE("        Path: 'C:\\Apps\\'\n"), '/k/Apps/One.tkape'],
    [KAPE('        Path: EventLogs.tkape\n', '        Path: Apps\n'), '/k/Compound/Both.tkape'],
  )
  expect(all.resolve(['kape:Both']).map(nameOf)).toEqual(['kape:EventLogs', 'kape:One'])
  // Where no definition has the name, the prefix can be left out.
  expect(all.resolve(['both'])).toHaveLength(2)
})

it('a misspelled name is an error with the nearest ones, and what is meant for another system is left out', () => {
  const all = catalog([
    FILE('WindowsEventLogs', 'supported_os: [Windows]\n') +
      FILE('LinuxLogs', 'supported_os: [Linux]\n') +
      GROUP('Logs', 'WindowsEventLogs', 'LinuxLogs'),
    'x.yaml',
  ])
  expect(() => all.resolve(['WindowsEventLog'])).toThrow(
    expect.objectContaining({ code: 'not_found', facts: expect.objectContaining({ hint: 'did you mean WindowsEventLogs?' }) as unknown }),
  )
  expect(all.resolve(['Logs'], 'Linux').map(nameOf)).toEqual(['LinuxLogs'])
})

it('what is wrong with one definition has its place, and the others of the file are read', () => {
  const { definitions, faults } = readDefinitions(
    `${FILE('A')}name: B\nsources:\n- type: FIEL\n  attributes: {}\n---\n${FILE('C')}`,
    'x.yaml',
  )
  expect(definitions.map(({ name }) => name)).toEqual(['A', 'C'])
  expect(faults).toEqual([expect.objectContaining({ file: 'x.yaml', line: 9 })])
})
