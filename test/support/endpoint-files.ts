import type { CommandRequest, FileEntry } from '../../src/api/live-response.ts'
import { glob } from '../../src/core/glob.ts'
import type { Effect, FakeService, ServiceOptions } from './service.ts'

/** The content of a file or a directory. */
type Node = string | Tree | Special
export interface Tree {
  [name: string]: Node
}

/** What deviates from a usual entry. */
interface Special {
  is: string | Tree
  attributes?: string[]
  /** The listed size in bytes; default: the size of the content. */
  size?: number
  /** Default: 2024-01-01T00:00:00Z. */
  last_write_time?: string
  alternate_name?: string
  /** The HRESULT of listing it or its entries. */
  listing?: number
  /** The directory lists another one's own entry as its `.`, so it is a link. */
  link?: true
}

const NOT_FOUND = 2147942402
const NO_DIRECTORY = 2147942403

const special = (node: Node): Special =>
  typeof node === 'object' && 'is' in node && (typeof node['is'] === 'string' || typeof node['is'] === 'object')
    ? (node as Special)
    : { is: node as string | Tree }

/**
 * Service options for an endpoint with files in memory: it lists and returns what is in `tree`, which the test may change at any time, and
 * records the requests.
 */
export function endpointFiles(tree: Tree, separator: '\\' | '/' = '\\'): ServiceOptions & { requests: CommandRequest[] } {
  const requests: CommandRequest[] = []
  const find = (parts: string[]): Special | undefined => {
    let node: Node | undefined = tree
    for (const part of parts) {
      const { is }: Special = special(node)
      if (typeof is === 'string' || !Object.hasOwn(is, part)) return undefined
      node = is[part]
      if (node === undefined) return undefined
    }
    return special(node)
  }
  const listed = (path: string): Effect => {
    const parts = path.split(separator).slice(1)
    const last = parts.pop() ?? ''
    if (last !== '' && !/[*?]/.test(last)) {
      const found = find([...parts, last])
      return { result: found === undefined ? { result_code: NOT_FOUND } : { files: [entry(last, found)] } }
    }
    const found = find(parts)
    if (found === undefined || typeof found.is === 'string') return { result: { result_code: NO_DIRECTORY } }
    if (found.listing !== undefined) return { result: { result_code: found.listing } }
    const dots = parts.length === 0 ? [] : [entry('.', found.link ? { is: {} } : found), entry('..', { is: {} })]
    const fits = last === '' ? () => true : glob(last, true)
    return {
      result: {
        files: [...dots, ...Object.entries(found.is).map(([name, node]) => entry(name, special(node)))].filter(({ filename }) =>
          fits(String(filename)),
        ),
      },
    }
  }
  return {
    requests,
    run(request: CommandRequest, service: FakeService) {
      requests.push(request)
      if (request.name === 'directory list') return listed(request.path)
      if (request.name !== 'get file') return {}
      const found = find(request.path.split(separator).slice(1))
      if (found === undefined || typeof found.is !== 'string') return { result: { result_code: NOT_FOUND } }
      const { offset = 0, count } = request
      const bytes = Buffer.from(found.is).subarray(offset, count === undefined ? undefined : offset + count)
      return { result: { file_details: { file_id: service.stage(bytes), offset } } }
    },
  }
}

function entry(
  filename: string,
  { is, attributes, size, last_write_time = '2024-01-01T00:00:00Z', alternate_name = '' }: Special,
): FileEntry {
  const directory = typeof is !== 'string'
  return {
    filename,
    size: size ?? (directory ? 0 : Buffer.byteLength(is)),
    attributes: attributes ?? [directory ? 'DIRECTORY' : 'ARCHIVE'],
    last_write_time,
    alternate_name,
  }
}

/** The attributes of a OneDrive folder: a reparse point that is not a link. */
export const CLOUD = ['DIRECTORY', 'REPARSE_POINT']
