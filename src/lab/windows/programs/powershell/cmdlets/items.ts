import { ATTRIBUTE } from '../../../fs/attributes.ts'
import { isDirectory } from '../../../fs/node.ts'
import type { Found } from '../../../fs/walk.ts'
import type { View } from '../../../machine.ts'
import { isWin32 } from '../../../win32.ts'
import { digest } from '../../files.ts'
import { wrongArgument, type Call, type Cmdlet } from '../cmdlet.ts'
import { noPath, PsError } from '../errors.ts'
import { likePattern } from '../operators.ts'
import { linesOf, readBytes, readText, writeBytes } from '../text-files.ts'
import { object, text, type PsObject, type Value } from '../values.ts'
import { childKeys, keyObject } from './keys.ts'
import { denied, fileObject, isRegistry, pathsOf, registryKey, resolve } from './paths.ts'

/** The most levels of directories. */
const DEEPEST = 1000

/** Runs a step for each item that the paths of a call name. A failure is reported, and the others still run. */
async function eachItem<T>(call: Call, work: (view: View, found: Found) => T[], change = false): Promise<T[]> {
  const { run } = call.shell
  const { paths, literal } = pathsOf(call)
  const all: T[] = []
  for (const path of paths) {
    const step = (view: View) =>
      resolve(view, path, run.directory, call.name, literal, call.flag('Force') || change).flatMap(found => work(view, found))
    try {
      for (const one of await (change ? run.machine.change(step) : run.machine.look(step))) all.push(one)
    } catch (error) {
      call.fail(itemError(call, error, path))
    }
  }
  return all
}

function itemError(call: Call, error: unknown, path: string): PsError {
  if (error instanceof PsError) return error
  if (isWin32(error, 'ACCESS_DENIED')) return denied(path)
  if (isWin32(error, 'FILE_NOT_FOUND', 'PATH_NOT_FOUND')) return noPath(path, call.name)
  if (!isWin32(error)) throw error
  return new PsError(error.message, {
    category: 'WriteError',
    target: `${path}:String`,
    exception: 'IOException',
    id: `${call.name.replace('-', '')}Error`,
  })
}

const getItem: Cmdlet = {
  name: 'Get-Item',
  parameters: 'Path* LiteralPath|PSPath Force? Stream',
  async run(call) {
    const { paths } = pathsOf(call)
    const keys = paths.filter(isRegistry)
    const found: Value[] = []
    for (const path of keys) {
      try {
        found.push(await call.shell.run.machine.look(({ registry }) => keyObject(registry, registryKey(path))))
      } catch (error) {
        call.fail(itemError(call, error, path))
      }
    }
    if (keys.length > 0) return found
    if (call.get('Stream') !== undefined) return eachItem(call, (_, { place: { node }, path }) => streams(call, node.streams ?? {}, path))
    return eachItem(call, (_, one) => [fileObject(one)])
  },
}

function streams(call: Call, all: Record<string, string>, path: string): PsObject[] {
  const pattern = likePattern(call.text('Stream') ?? '*')
  return Object.entries({ ':$DATA': '', ...all })
    .filter(([name]) => pattern.test(name))
    .map(([Stream, content]) =>
      object('Microsoft.PowerShell.Commands.AlternateStreamData', { FileName: path, Stream, Length: content.length }),
    )
}

const getChildItem: Cmdlet = {
  name: 'Get-ChildItem',
  parameters:
    'Path* Filter* LiteralPath|PSPath Include Exclude Recurse|s? Depth Force? Name? File? Directory? Hidden? System? ReadOnly? Attributes',
  async run(call) {
    const { run } = call.shell
    const depth = call.number('Depth') ?? (call.flag('Recurse') ? DEEPEST : 0)
    const { paths, literal } = pathsOf(call)
    const all: PsObject[] = []
    for (const path of paths.length === 0 ? [run.directory] : paths) {
      try {
        for (const one of await listing(call, path, depth, literal)) all.push(one)
      } catch (error) {
        call.fail(itemError(call, error, path))
      }
    }
    return call.flag('Name') ? all.map(one => one.get('Name') ?? null) : all
  },
}

async function listing(call: Call, path: string, depth: number, literal: boolean): Promise<PsObject[]> {
  const { run } = call.shell
  if (isRegistry(path)) return run.machine.look(({ registry }) => childKeys(registry, registryKey(path), depth))
  if (/^env:/i.test(path))
    return run.environment.entries().map(([Name, Value]) => object('System.Collections.DictionaryEntry', { Name, Value }))
  const refused: string[] = []
  const found = await run.machine.look(view => {
    const start = resolve(view, path, run.directory, call.name, literal, call.flag('Force'))
    const many = !literal && /[*?[][^\\/]*$/.test(path)
    return start.flatMap(one =>
      (many && depth === 0) || !isDirectory(one.place.node) ? [one] : below(view, one, depth, refused, wantsHidden(call)),
    )
  })
  for (const one of refused) call.fail(denied(one))
  return found.filter(one => chosen(call, one)).map(fileObject)
}

const wantsHidden = (call: Call) => call.flag('Force') || call.flag('Hidden') || call.flag('System')

/** Returns the entries of a directory and of those below it; junctions are not followed. */
function below({ files }: View, top: Found, depth: number, refused: string[], hidden: boolean): Found[] {
  const all: Found[] = []
  const open = [{ directory: top, left: depth }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.directory.place.node.guard === 'denied') {
      refused.push(next.directory.path)
      continue
    }
    const children = files.children(next.directory).filter(({ place: { node } }) => hidden || !(node.attributes & ATTRIBUTE.HIDDEN))
    for (const child of children) all.push(child)
    if (next.left === 0) continue
    for (const directory of children.reverse())
      if (isDirectory(directory.place.node) && directory.place.node.target === undefined) open.push({ directory, left: next.left - 1 })
  }
  return all
}

function chosen(call: Call, { place: { node } }: Found): boolean {
  const matches = (parameter: string) => call.texts(parameter).some(pattern => likePattern(pattern).test(node.name))
  const directory = isDirectory(node)
  if (
    (call.get('Filter') !== undefined && !matches('Filter')) ||
    (call.get('Include') !== undefined && !matches('Include')) ||
    matches('Exclude')
  )
    return false
  if ((call.flag('File') && directory) || (call.flag('Directory') && !directory)) return false
  return (
    !(call.flag('Hidden') && !(node.attributes & ATTRIBUTE.HIDDEN)) &&
    !(call.flag('System') && !(node.attributes & ATTRIBUTE.SYSTEM)) &&
    !(call.flag('ReadOnly') && !(node.attributes & ATTRIBUTE.READONLY))
  )
}

const testPath: Cmdlet = {
  name: 'Test-Path',
  parameters: 'Path* LiteralPath|PSPath PathType',
  async run(call) {
    const { run } = call.shell
    const type = (call.text('PathType') ?? 'any').toLowerCase()
    return Promise.all(
      pathsOf(call).paths.map(path =>
        run.machine.look(view => {
          if (isRegistry(path)) return view.registry.exists(registryKey(path))
          if (/^env:/i.test(path)) return run.environment.get(path.slice(4).replace(/^\\/, '')) !== undefined
          if (/[*?]/.test(path)) return resolve(view, path, run.directory, call.name, false, true).length > 0
          const found = view.files.tryFind(path, run.directory)?.place.node
          return found !== undefined && (type === 'any' || isDirectory(found) === (type === 'container'))
        }),
      ),
    )
  },
}

const removeItem: Cmdlet = {
  name: 'Remove-Item',
  parameters: 'Path* LiteralPath|PSPath Recurse? Force? Include Exclude Filter',
  async run(call) {
    const keys = pathsOf(call).paths.filter(isRegistry)
    for (const path of keys) {
      try {
        await call.shell.run.machine.change(({ registry }) => {
          for (const child of childKeys(registry, registryKey(path), call.flag('Recurse') ? DEEPEST : 0).reverse())
            if (call.flag('Recurse')) registry.deleteKey(text(child.get('Name')))
          registry.deleteKey(registryKey(path))
        })
      } catch (error) {
        call.fail(itemError(call, error, path))
      }
    }
    if (keys.length > 0) return
    await eachItem(call, (view, found) => (remove(call, view, found), []), true)
  },
}

function remove(call: Call, view: View, found: Found): void {
  const { files } = view
  const children = isDirectory(found.place.node) && found.place.node.target === undefined ? below(view, found, DEEPEST, [], true) : []
  if (children.length > 0 && !call.flag('Recurse'))
    throw new PsError('Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.', {
      category: 'InvalidOperation',
      exception: 'PSInvalidOperationException',
      id: 'InvalidOperation,Microsoft.PowerShell.Commands.RemoveItemCommand',
    })
  for (const one of [...children.reverse(), found]) {
    if (call.flag('Force') && one.place.node.attributes & ATTRIBUTE.READONLY)
      files.setAttributes(one, one.place.node.attributes & ~ATTRIBUTE.READONLY)
    files.delete(one.path)
  }
}

const getContent: Cmdlet = {
  name: 'Get-Content',
  parameters: 'Path* LiteralPath|PSPath Encoding Raw? TotalCount|First|Head Tail|Last Stream Wait? Force?',
  async run(call) {
    const { run } = call.shell
    const files = await eachItem(call, (_, { path }) => [path])
    const stream = call.text('Stream')
    const all: Value[] = []
    for (const file of files) {
      const path = stream === undefined ? file : `${file}:${stream}`
      try {
        if (/^byte$/i.test(call.text('Encoding') ?? '')) all.push(new Uint8Array(await readBytes(run, path)))
        else if (call.flag('Raw')) all.push(await readText(run, path))
        else for (const line of selectedLines(call, linesOf(await readText(run, path)))) all.push(line)
      } catch (error) {
        call.fail(itemError(call, error, path))
      }
    }
    return all
  },
}

function selectedLines(call: Call, lines: string[]): string[] {
  const [first, last] = [call.number('TotalCount'), call.number('Tail')]
  return first !== undefined ? lines.slice(0, first) : last !== undefined ? lines.slice(Math.max(0, lines.length - last)) : lines
}

const ALGORITHMS = ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512']

const getFileHash: Cmdlet = {
  name: 'Get-FileHash',
  parameters: 'Path* LiteralPath|PSPath Algorithm*',
  async run(call) {
    const algorithm = (call.text('Algorithm') ?? 'SHA256').toUpperCase()
    if (!ALGORITHMS.includes(algorithm))
      throw wrongArgument(
        'Algorithm',
        `Cannot validate argument on parameter 'Algorithm'. The argument "${algorithm}" does not belong to the set "SHA1,SHA256,SHA384,SHA512,MACTripleDES,MD5,RIPEMD160" specified by the ValidateSet attribute.`,
      )
    const hashes: PsObject[] = []
    for (const path of await eachItem(call, (_, { path, place: { node } }) => (isDirectory(node) ? [] : [path]))) {
      try {
        hashes.push(
          object('Microsoft.PowerShell.Commands.FileHashInfo', {
            Algorithm: algorithm,
            Hash: (await digest(call.shell.run, path, algorithm.toLowerCase())).toUpperCase(),
            Path: path,
          }),
        )
      } catch (error) {
        call.fail(itemError(call, error, path))
      }
    }
    return hashes
  },
}

const newItem: Cmdlet = {
  name: 'New-Item',
  parameters: 'Path|LiteralPath* Name ItemType|Type Value Force?',
  async run(call) {
    const { run } = call.shell
    const path = [call.text('Path') ?? run.directory, call.text('Name')].filter(part => part !== undefined).join('\\')
    if (isRegistry(path))
      return [await run.machine.change(({ registry }) => (registry.createKey(registryKey(path)), keyObject(registry, registryKey(path))))]
    const directory = /^d/i.test(call.text('ItemType') ?? '')
    const exists = await run.machine.look(({ files }) => files.tryFind(path, run.directory) !== undefined)
    if (exists && !call.flag('Force'))
      throw new PsError(`An item with the specified name ${path} already exists.`, {
        category: 'ResourceExists',
        target: `${path}:String`,
        exception: 'IOException',
        id: `${directory ? 'DirectoryExist' : 'NewItemIOError'},Microsoft.PowerShell.Commands.NewItemCommand`,
      })
    if (!directory) await writeBytes(run, path, Buffer.from(call.text('Value') ?? ''))
    else if (!exists) await run.machine.change(({ files }) => files.createDirectory(path, run.directory))
    return [await run.machine.look(({ files }) => fileObject(files.find(path, run.directory)))]
  },
}

const copyItem: Cmdlet = {
  name: 'Copy-Item',
  parameters: 'Path* Destination* LiteralPath|PSPath Recurse? Force? PassThru?',
  async run(call) {
    await eachItem(
      call,
      ({ files }, found) => {
        const target = destination(call, { files }, found)
        if (isDirectory(found.place.node)) files.createDirectory(target, call.shell.run.directory)
        else files.write(target, files.read(found.path), call.shell.run.directory)
        return []
      },
      true,
    )
  },
}

const moveItem: Cmdlet = {
  name: 'Move-Item',
  parameters: 'Path* Destination* LiteralPath|PSPath Force? PassThru?',
  run: async call => {
    await eachItem(call, ({ files }, found) => (files.move(found, destination(call, { files }, found), call.shell.run.directory), []), true)
  },
}

const renameItem: Cmdlet = {
  name: 'Rename-Item',
  parameters: 'Path* NewName* LiteralPath|PSPath Force? PassThru?',
  run: async call => {
    await eachItem(call, ({ files }, found) => (files.move(found, found.path.replace(/[^\\]*$/, call.text('NewName') ?? '')), []), true)
  },
}

/** Returns the destination: inside an existing directory the item keeps its name. */
function destination(call: Call, { files }: Pick<View, 'files'>, found: Found): string {
  const target = call.text('Destination') ?? ''
  const existing = files.tryFind(target, call.shell.run.directory)
  return existing !== undefined && isDirectory(existing.place.node)
    ? `${existing.path.replace(/\\$/, '')}\\${found.place.node.name}`
    : target
}

const PATH = 'System.Management.Automation.PathInfo'

async function setLocation(call: Call): Promise<void> {
  const [path = ''] = pathsOf(call).paths
  const { run } = call.shell
  const found = await run.machine.look(({ files }) => files.tryFind(path, run.directory))
  if (found === undefined || !isDirectory(found.place.node)) throw noPath(path, call.name)
  run.directory = found.path
}

export const ITEMS: readonly Cmdlet[] = [
  getItem,
  getChildItem,
  testPath,
  removeItem,
  getContent,
  getFileHash,
  newItem,
  copyItem,
  moveItem,
  renameItem,
  { name: 'Get-Location', parameters: '', run: call => [object(PATH, { Path: call.shell.run.directory }, call.shell.run.directory)] },
  { name: 'Set-Location', parameters: 'Path* LiteralPath|PSPath', run: setLocation },
  {
    name: 'Resolve-Path',
    parameters: 'Path* LiteralPath|PSPath',
    run: call => eachItem(call, (_, { path }) => [object(PATH, { Path: path }, path)]),
  },
  {
    name: 'Join-Path',
    parameters: 'Path* ChildPath*',
    run: call => [`${(call.text('Path') ?? '').replace(/\\+$/, '')}\\${(call.text('ChildPath') ?? '').replace(/^\\+/, '')}`],
  },
  {
    name: 'Split-Path',
    parameters: 'Path|LiteralPath* Leaf? Parent? Extension? LeafBase? Qualifier?',
    run: call =>
      (call.get('Path') === undefined ? call.input.map(text) : call.texts('Path')).map(path =>
        call.flag('Leaf') ? path.replace(/^.*\\/, '') : path.replace(/\\[^\\]*$/, ''),
      ),
  },
]
