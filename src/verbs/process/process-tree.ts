import type { Row } from '../../core/result.ts'
import { byParent } from '../../remote/processes.ts'

/** How many levels are drawn. More would leave no room for a name. */
const DRAWN_LEVELS = 12
/** Characters per level. */
const LEVEL = 3

/** Processes arranged below their parents. */
export interface ProcessTree {
  /** The processes with `depth`, children right after their parent. */
  rows: Row[]
  /** Returns the branches drawn in front of a row. */
  branches: (row: Row) => string
  /** Returns the process that started a row's process, if it is still known. */
  parent: (row: Row) => Row | undefined
}

/**
 * Arranges a process list as a tree.
 * @param isWanted  keeps only these processes and their ancestors
 * @param withBelow also keeps their descendants
 */
export function processTree(all: readonly Row[], isWanted?: (row: Row) => boolean, withBelow = false): ProcessTree {
  const children = byParent(all)
  const parents = new Map<Row, Row>()
  for (const [parent, below] of children) if (parent !== undefined) for (const child of below) parents.set(child, parent)
  const kept = isWanted === undefined ? new Set(all) : family(all.filter(isWanted), parents, withBelow ? children : undefined)
  const drawn = new Map<Row, { parent: Row | undefined; branches: string }>()
  const seen = new Set<Row>()
  const visit = (from: readonly Row[]) => {
    const stack = from.map(row => ({ row, depth: 0, above: '', branch: '' })).reverse()
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { row, depth, above, branch } = next
      if (seen.has(row)) continue
      seen.add(row)
      drawn.set({ ...row, depth }, { parent: parents.get(row), branches: above + branch })
      const below = (children.get(row) ?? []).filter(child => kept.has(child))
      const line = depth === 0 ? '' : levels(above + (branch.startsWith('└') ? '   ' : '│  '))
      for (const [at, child] of [...below.entries()].reverse())
        stack.push({ row: child, depth: depth + 1, above: line, branch: at === below.length - 1 ? '└─ ' : '├─ ' })
    }
  }
  visit((children.get(undefined) ?? []).filter(row => kept.has(row)))
  // With equal start times, parents can form a cycle without a root. Its processes are shown as well.
  for (const row of kept) visit([row])
  return { rows: [...drawn.keys()], branches: row => drawn.get(row)?.branches ?? '', parent: row => drawn.get(row)?.parent }
}

/** Returns processes with their ancestors, and with their descendants if `children` are given. */
function family(wanted: readonly Row[], parents: ReadonlyMap<Row, Row>, children?: ReadonlyMap<Row | undefined, readonly Row[]>): Set<Row> {
  const below = new Set(wanted)
  // Iterating over a Set also visits the elements added meanwhile.
  if (children !== undefined) for (const row of below) for (const child of children.get(row) ?? []) below.add(child)
  const found = new Set(below)
  for (const row of found) {
    const parent = parents.get(row)
    if (parent !== undefined) found.add(parent)
  }
  return found
}

/** Returns the innermost levels of the branches in front of a row, with `…` if there are more. */
function levels(above: string): string {
  return above.length <= DRAWN_LEVELS * LEVEL ? above : `…  ${above.slice((1 - DRAWN_LEVELS) * LEVEL)}`
}
