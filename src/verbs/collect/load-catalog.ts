import { join } from 'node:path'
import { CbcError } from '../../core/errors.ts'
import type { LocalFiles } from '../../core/ports.ts'
import { Catalog } from '../../artifacts/catalog.ts'
import type { Fault } from '../../artifacts/definition.ts'
import { isDefinitionFile, readDefinitions, type ReadFile } from '../../artifacts/read-file.ts'
import { SHIPPED } from '../../artifacts/shipped/index.ts'

/** A catalog, and what was wrong with the files that it was read from. */
export interface Loaded {
  catalog: Catalog
  faults: readonly Fault[]
}

/** Folders of the public sets' repositories that hold no definitions to be used. */
const LEFT_OUT = new Set(['!disabled', 'node_modules', 'test_data', 'tests', 'modules'])
const MAX_FILES = 5000
const MAX_BYTES = 4 * 1024 * 1024
const MAX_DEPTH = 8

/** Catalogs by the list of paths that they were read for: a run asks once for each of its devices. */
const LOADED = new WeakMap<readonly string[], Promise<Loaded>>()

let shipped: readonly ReadFile[] | undefined

/** Reads the definitions that ship, once: that takes longer than the rest of most commands. */
function readShipped(): readonly ReadFile[] {
  shipped ??= Object.entries(SHIPPED).map(([file, text]) => readDefinitions(text, file))
  return shipped
}

/**
 * Reads the definitions that ship and those of further files and folders, which take precedence.
 * @param paths as they were typed
 * @throws CbcError io: a path can't be read; usage: it holds no definitions
 */
export async function loadCatalog(paths: readonly string[], local: LocalFiles): Promise<Loaded> {
  const loading = LOADED.get(paths) ?? load(paths, local)
  LOADED.set(paths, loading)
  return await loading
}

async function load(paths: readonly string[], local: LocalFiles): Promise<Loaded> {
  const catalog = new Catalog()
  const faults: Fault[] = []
  const add = (read: ReadFile): number => {
    for (const definition of read.definitions) catalog.add(definition)
    for (const fault of read.faults) faults.push(fault)
    return read.definitions.length
  }
  for (const read of readShipped()) add(read)
  for (const path of paths) {
    let count = 0
    for await (const file of definitionFiles(path, local)) {
      const { size } = await local.open(file)
      if (size > MAX_BYTES) faults.push({ file, line: 1, column: 1, message: `larger than ${MAX_BYTES} bytes` })
      else count += add(readDefinitions(await local.text(file), file))
    }
    if (count === 0) throw noneIn(path, faults)
  }
  return { catalog, faults }
}

/** Yields the files of a path: the file itself, or all in the folder that can hold definitions. */
async function* definitionFiles(path: string, local: LocalFiles): AsyncGenerator<string> {
  const isFolder = await local.directory(path).then(
    () => true,
    () => false,
  )
  if (!isFolder) return yield path
  let left = MAX_FILES
  const folders = [{ path, depth: 0 }]
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = (await local.names(folder.path)).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const { name, directory, link } of entries) {
      const below = join(folder.path, name)
      if (link || name.startsWith('.')) continue
      if (directory && folder.depth < MAX_DEPTH && !LEFT_OUT.has(name.toLowerCase())) folders.push({ path: below, depth: folder.depth + 1 })
      if (!directory && isDefinitionFile(name) && left-- > 0) yield below
    }
  }
}

function noneIn(path: string, faults: readonly Fault[]): CbcError {
  const fault = faults.find(({ file }) => file.startsWith(path))
  return new CbcError('usage', `${path}: holds no definitions${fault === undefined ? '' : `: ${faultText(fault)}`}`, {
    hint: 'name a file, or a folder of .yaml or .tkape files',
  })
}

/** A fault in one line: `windows.yaml:12:3: …`. */
export function faultText({ file, line, column, message }: Fault): string {
  return `${file}:${line}:${column}: ${message}`
}
