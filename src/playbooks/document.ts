import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml'
import { checkSchema, type PlaybookData } from './schema.ts'
import { faulty, positionAt, type PlaybookFault, type Position, type Source } from './source.ts'

/** How many times the nodes of a playbook may be repeated by aliases: a few lines of them can stand for a terabyte. */
const MAX_ALIASES = 50
/** How deep a playbook may be nested; its own form needs five levels. */
const MAX_DEPTH = 20

/** A playbook as it is written, and where each part of it stands. */
export interface PlaybookDocument {
  readonly data: PlaybookData
  /** Returns the position of a value. @param offset characters into the text that the value is */
  position(path: readonly (string | number)[], offset?: number): Position
}

/** Reads YAML, and checks it against the definition of a playbook. @throws CbcError usage, with file, line and column */
export function readDocument(source: Source): PlaybookDocument {
  const tooDeep = depthFault(source)
  if (tooDeep !== undefined) throw faulty(source, [tooDeep])
  const lineCounter = new LineCounter()
  const document = parseDocument(source.text, { lineCounter, prettyErrors: false, stringKeys: true, merge: false, logLevel: 'error' })
  if (document.errors.length > 0 || document.warnings.length > 0)
    throw faulty(
      source,
      [...document.errors, ...document.warnings].map(({ pos: [at], message }) => ({ ...positionAt(source, at), message })),
    )
  const position = (path: readonly (string | number)[], offset = 0) => positionAt(source, offsetOf(source, document, path) + offset)
  const checked = checkSchema(dataOf(document, source))
  if ('playbook' in checked) return { data: checked.playbook, position }
  throw faulty(
    source,
    checked.faults.map(({ path, isKey, message }): PlaybookFault => ({
      ...(isKey ? positionAt(source, keyOffset(document, path)) : position(nearest(document, path))),
      message,
    })),
  )
}

/** @throws CbcError usage: aliases that stand for too much */
function dataOf(document: Document.Parsed, source: Source): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    throw faulty(source, [{ line: 1, column: 1, message: error instanceof Error ? error.message : String(error) }])
  }
}

/** Finds nesting that would exhaust the reader, before it reads. */
function depthFault(source: Source): PlaybookFault | undefined {
  let depth = 0
  for (let at = 0; at < source.text.length; at++) {
    const character = source.text.charAt(at)
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}' || character === '\n') depth = character === '\n' ? 0 : Math.max(0, depth - 1)
    if (depth > MAX_DEPTH * 4) return { ...positionAt(source, at), message: 'is nested too deeply' }
  }
  return undefined
}

/** The part of a path that is there. */
function nearest(document: Document.Parsed, path: readonly (string | number)[]): readonly (string | number)[] {
  const length = path.findIndex((_, at) => !document.hasIn(path.slice(0, at + 1)))
  return length < 0 ? path : path.slice(0, length)
}

/** Where a value begins: within quotes, where it stands there as it is. */
function offsetOf(source: Source, document: Document.Parsed, path: readonly (string | number)[]): number {
  const node = (path.length === 0 ? document.contents : document.getIn(path, true)) as Node | undefined
  const [start = 0, end = start] = node?.range ?? []
  if (!isScalar(node) || typeof node.value !== 'string') return start
  const within = source.text.slice(start, end).indexOf(node.value)
  return within < 0 ? start : start + within
}

function keyOffset(document: Document.Parsed, path: readonly (string | number)[]): number {
  const above = path.slice(0, -1)
  const map = above.length === 0 ? document.contents : document.getIn(above, true)
  const pair = isMap(map) ? map.items.find((item: Pair) => (isScalar(item.key) ? item.key.value : item.key) === path.at(-1)) : undefined
  return (pair?.key as Node | undefined)?.range?.[0] ?? 0
}
