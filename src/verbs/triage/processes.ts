import type { Row } from '../../core/result.ts'
import { programName, programPaths } from '../../remote/process-names.ts'
import { byParent, processes } from '../../remote/processes.ts'
import type { Context } from '../define.ts'
import { suspicionOf } from '../process/suspicion.ts'
import { commandFacts } from './commands.ts'
import type { Item } from './item.ts'

/** The most programs that are named in a chain. */
const MAX_CHAIN = 8

/** Returns the processes of an endpoint, each with those that started it. */
export async function processItems({ session, signal }: Context): Promise<Item[]> {
  const { windows } = session.paths
  const all = await processes(session, { signal })
  const parents = new Map<Row, Row>()
  for (const [parent, children] of byParent(all)) if (parent !== undefined) for (const child of children) parents.set(child, parent)
  return all.map(row => itemOf(row, chainOf(row, parents), windows))
}

function chainOf(row: Row, parents: ReadonlyMap<Row, Row>): Row[] {
  const chain: Row[] = []
  for (let next = parents.get(row); next !== undefined && chain.length < MAX_CHAIN; next = parents.get(next)) chain.unshift(next)
  return chain
}

function itemOf(row: Row, chain: readonly Row[], windows: boolean): Item {
  const parent = chain.at(-1)
  const name = programName(row, windows)
  const path = programPaths(row, windows)[0] ?? ''
  const pid = Number(row['process_pid'])
  const { facts, ...command } = commandFacts(textOf(row['process_cmdline']), windows)
  const masquerade = windows ? suspicionOf(row, parent) : undefined
  return {
    kind: 'process',
    subject: `${name} (pid ${pid})`,
    ...command,
    pid,
    ...(path === '' ? {} : { path }),
    chain: chain.map(one => programName(one, windows)),
    user: textOf(row['process_username']),
    time: textOf(row['process_create_time']),
    facts: {
      ...facts,
      path,
      name,
      image: textOf(row['process_path']),
      user: textOf(row['process_username']),
      ...(parent === undefined ? {} : { parent: programName(parent, windows) }),
      ...(masquerade === undefined
        ? {}
        : { masquerade: masquerade.replace(/^\S+ (?=outside)/, 'runs ').replace(/^\S+ (?=started)/, 'was ') }),
    },
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
