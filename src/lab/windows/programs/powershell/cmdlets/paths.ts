import { contents } from '../../../fs/listing.ts'
import { attributeNames, ATTRIBUTE } from '../../../fs/attributes.ts'
import { isDirectory, sizeOf, type FileNode } from '../../../fs/node.ts'
import type { Found } from '../../../fs/walk.ts'
import type { View } from '../../../machine.ts'
import { isWin32 } from '../../../win32.ts'
import type { Call } from '../cmdlet.ts'
import { noPath, PsError } from '../errors.ts'
import { likePattern } from '../operators.ts'
import { object, text, type PsObject } from '../values.ts'

/** Whether a path is one of the registry's drives. */
export const isRegistry = (path: string) => /^(HKLM|HKCU|HKU|HKCR|HKCC):|^(Microsoft\.PowerShell\.Core\\)?Registry::/i.test(path)

/** Turns `HKLM:\…` and `Registry::HKEY_LOCAL_MACHINE\…` into the registry's own paths. */
export const registryKey = (path: string) =>
  path
    .replace(/^(Microsoft\.PowerShell\.Core\\)?Registry::/i, '')
    .replace(/:\\*/, '\\')
    .replace(/\\+$/, '')

/** Returns a file or directory as Get-Item does. */
export function fileObject({ place: { node }, path }: Found): PsObject {
  const directory = isDirectory(node)
  const parent = path.replace(/\\[^\\]*$/, '').replace(/^(\w:)$/, '$1\\')
  const dot = directory ? -1 : node.name.lastIndexOf('.')
  const times = { CreationTime: new Date(node.created), LastAccessTime: new Date(node.accessed), LastWriteTime: new Date(node.written) }
  const utc = { CreationTimeUtc: times.CreationTime, LastAccessTimeUtc: times.LastAccessTime, LastWriteTimeUtc: times.LastWriteTime }
  return object(
    directory ? 'System.IO.DirectoryInfo' : 'System.IO.FileInfo',
    {
      PSPath: `Microsoft.PowerShell.Core\\FileSystem::${path}`,
      PSIsContainer: directory,
      Mode: mode(node),
      BaseName: dot > 0 ? node.name.slice(0, dot) : node.name,
      Name: node.name,
      ...(directory ? { Parent: parent } : { Length: sizeOf(node), DirectoryName: parent, Directory: parent }),
      Exists: true,
      FullName: path,
      Extension: dot > 0 ? node.name.slice(dot) : '',
      ...times,
      ...utc,
      Attributes: attributeNames(node.attributes).map(titled).join(', '),
    },
    node.name,
  )
}

function titled(name: string): string {
  return (
    { READONLY: 'ReadOnly', REPARSE_POINT: 'ReparsePoint', NOT_CONTENT_INDEXED: 'NotContentIndexed' }[name] ??
    `${name.slice(0, 1)}${name.slice(1).toLowerCase()}`
  )
}

function mode({ attributes, target }: FileNode): string {
  const mark = (bit: number, letter: string) => (attributes & bit ? letter : '-')
  return `${mark(ATTRIBUTE.DIRECTORY, 'd')}${mark(ATTRIBUTE.ARCHIVE, 'a')}${mark(ATTRIBUTE.READONLY, 'r')}${mark(ATTRIBUTE.HIDDEN, 'h')}${mark(ATTRIBUTE.SYSTEM, 's')}${target === undefined ? '-' : 'l'}`
}

/**
 * Returns the entries that a path names; for a pattern all that match, hidden ones only if requested.
 * @throws SensorError, PsError when there is no such entry
 */
export function resolve({ files }: View, path: string, directory: string, cmdlet: string, literal: boolean, hidden: boolean): Found[] {
  const [bare, exact] = [path.replace(/^(Microsoft\.PowerShell\.Core\\)?FileSystem::/i, ''), (one: string) => files.tryFind(one, directory)]
  if (literal || !/[*?[]/.test(bare)) {
    const found = exact(bare.replace(/(?<=[^:])\\+$/, ''))
    if (found === undefined)
      throw isWin32(
        errorOf(() => files.find(bare, directory)),
        'ACCESS_DENIED',
      )
        ? denied(bare)
        : noPath(bare, cmdlet)
    return [found]
  }
  const parts = bare.split(/[\\/]/)
  const anchored = /^\w:$/.test(parts[0] ?? '')
  let level = [files.find(anchored ? `${parts.shift() ?? ''}\\` : '.', directory)]
  for (const part of parts.filter(one => one !== '')) {
    const pattern = likePattern(part)
    level = level
      .filter(one => isDirectory(one.place.node) && one.place.node.guard !== 'denied')
      .flatMap(one =>
        contents(files, one)
          .filter(
            ({ name, found }) =>
              name !== '.' &&
              name !== '..' &&
              pattern.test(name) &&
              (hidden || !(found.place.node.attributes & ATTRIBUTE.HIDDEN) || !/[*?[]/.test(part)),
          )
          .map(({ found }) => found),
      )
  }
  return level
}

function errorOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

export function denied(path: string): PsError {
  return new PsError(`Access to the path '${path}' is denied.`, {
    category: 'PermissionDenied',
    target: `${path}:String`,
    exception: 'UnauthorizedAccessException',
    id: 'UnauthorizedAccess',
  })
}

/** Returns a cmdlet's paths, and whether they are literal. */
export function pathsOf(call: Call): { paths: string[]; literal: boolean } {
  if (call.get('LiteralPath') !== undefined) return { paths: call.texts('LiteralPath'), literal: true }
  if (call.get('Path') !== undefined) return { paths: call.texts('Path'), literal: false }
  return {
    paths: call.input.map(one =>
      text(
        typeof one === 'object' && one !== null && 'get' in one
          ? (one.get('FullName') ?? one.get('PSPath') ?? one.get('Path') ?? one)
          : one,
      ),
    ),
    literal: true,
  }
}
