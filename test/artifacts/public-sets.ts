import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Catalog } from '../../src/artifacts/catalog.ts'
import type { Definition, Fault } from '../../src/artifacts/definition.ts'
import { isDefinitionFile, readDefinitions } from '../../src/artifacts/read-file.ts'
import { unixUser, windowsUser, type Variables } from '../../src/artifacts/variables.ts'

/** The two public sets, which are not part of the project: CBC_TEST_DATA says where they are. */
const DATA = process.env['CBC_TEST_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
export const FORENSIC_ARTIFACTS = join(DATA, 'forensic-artifacts')
export const KAPE_TARGETS = join(DATA, 'kape-targets')

/** Whether the sets are there: tests that need them are skipped, by name, where they aren't. */
export const HAVE_SETS = existsSync(FORENSIC_ARTIFACTS) && existsSync(KAPE_TARGETS)

/** Reads a set, and says what is wrong with its files. */
export function readSet(folder: string): { definitions: Definition[]; faults: Fault[]; files: number; catalog: Catalog } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => isDefinitionFile(name) && !name.includes('!Disabled'),
  )
  const catalog = new Catalog()
  const [definitions, faults]: [Definition[], Fault[]] = [[], []]
  for (const name of files) {
    const read = readDefinitions(readFileSync(join(folder, name), 'utf8'), join(folder, name))
    for (const one of read.definitions) catalog.add(one)
    definitions.push(...read.definitions)
    faults.push(...read.faults)
  }
  return { definitions, faults, files: files.length, catalog }
}

export const WINDOWS: Variables = {
  system: new Map([
    ['environ_systemdrive', 'C:'],
    ['environ_systemroot', 'C:\\Windows'],
    ['environ_windir', 'C:\\Windows'],
    ['environ_programfiles', 'C:\\Program Files'],
    ['environ_programfilesx86', 'C:\\Program Files (x86)'],
    ['environ_programdata', 'C:\\ProgramData'],
    ['environ_allusersprofile', 'C:\\ProgramData'],
    ['environ_allusersappdata', 'C:\\ProgramData'],
  ]),
  users: [windowsUser('C:\\Users\\anna', 'S-1-5-21-1-2-3-1001')],
}
export const UNIX: Variables = { system: new Map(), users: [unixUser('/home/anna')] }
