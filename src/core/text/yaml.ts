import { isMap, isNode, isScalar, LineCounter, parseAllDocuments, visit, type Document, type YAMLMap } from 'yaml'

/** A place in a text, counted from 1. */
interface Place {
  line: number
  column: number
}

interface YamlFault extends Place {
  message: string
}

/** A document of a YAML file, as plain data. */
export interface YamlDocument {
  /** Undefined where there are faults. */
  value: unknown
  faults: readonly YamlFault[]
  /** Where it begins. */
  place: Place
  /** Returns where a part of it begins, or the nearest part around that one. @param path keys and positions from the top */
  placeOf(path: readonly (string | number)[]): Place
  /**
   * Returns where a value stands, or a character of a text where that stands in the file as it is; as `placeOf` where there is no such value.
   * @param offset characters into the text
   */
  placeIn(path: readonly (string | number)[], offset: number): Place
}

export interface YamlOptions {
  /** All scalars are text: `1.0` and `yes` stay as they are written. */
  texts?: boolean
}

/** The longest file that is read, characters: the longest that people write have a tenth of it. */
const MAX_CHARS = 2 * 1024 * 1024
/** How often aliases may be resolved in a document: a few that repeat each other make gigabytes of a kilobyte. */
const MAX_ALIASES = 100

/**
 * Reads all documents of a YAML file. It may be anybody's: its size and its aliases are limited, and a duplicate key is a fault.
 * Nothing is thrown: what is wrong is in `faults`.
 */
export function readYaml(text: string, { texts = false }: YamlOptions = {}): YamlDocument[] {
  if (text.length > MAX_CHARS) return [broken(`longer than ${MAX_CHARS.toLocaleString('en')} characters`)]
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      // This compares each key with all before it; `duplicateKeys` does not.
      uniqueKeys: false,
      stringKeys: true,
      logLevel: 'silent',
      schema: texts ? 'failsafe' : 'core',
    })
    return [...documents].map(document => readDocument(document as Document, lines, text))
  } catch (error) {
    return [broken(reasonOf(error))]
  }
}

function broken(message: string): YamlDocument {
  const place = { line: 1, column: 1 }
  return { value: undefined, faults: [{ message, ...place }], place, placeOf: () => place, placeIn: () => place }
}

function readDocument(document: Document, lines: LineCounter, text: string): YamlDocument {
  const at = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const place = at(document.contents?.range?.[0] ?? document.range?.[0])
  const faults: YamlFault[] = document.errors.map(({ message, pos }) => ({ message, ...at(pos[0]) }))
  let value: unknown
  try {
    for (const { key, offset } of duplicateKeys(document)) faults.push({ message: `the key "${key}" is there twice`, ...at(offset) })
    if (faults.length === 0) value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    faults.push({ message: reasonOf(error), ...place })
  }
  const placeOf = (path: readonly (string | number)[]): Place => {
    for (let length = path.length; length > 0; length--) {
      const key = path[length - 1]
      const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
      const pair = isMap(parent) ? parent.items.find(item => isScalar(item.key) && item.key.value === key) : undefined
      const node = (pair?.key ?? document.getIn(path.slice(0, length), true)) as { range?: readonly number[] } | undefined
      if (node?.range !== undefined) return at(node.range[0])
    }
    return place
  }
  const placeIn = (path: readonly (string | number)[], offset: number): Place => {
    const node = document.getIn(path, true)
    if (!isNode(node) || node.range == null) return placeOf(path)
    const [start, end] = node.range
    const within = isScalar(node) && typeof node.value === 'string' ? text.slice(start, end).indexOf(node.value) : -1
    return at(within < 0 ? start : start + within + offset)
  }
  return { value, faults, place, placeOf, placeIn }
}

/** The first keys that a mapping has twice, at most ten. */
function duplicateKeys(document: Document): { key: string; offset: number | undefined }[] {
  const found: { key: string; offset: number | undefined }[] = []
  visit(document, {
    Map(_, map: YAMLMap) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name) && found.length < 10)
          found.push({ key: String(name), offset: isScalar(key) ? (key.range?.[0] ?? undefined) : undefined })
        seen.add(name)
      }
    },
  })
  return found
}

/** The stack is the limit of how deep a document may be nested. */
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'nested too deeply'
  return error instanceof Error ? error.message : String(error)
}
