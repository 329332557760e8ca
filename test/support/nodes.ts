import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Node that the program runs on. */
export interface NodeHere {
  path: string
  /** `v24.21.0` */
  version: string
}

/** The Nodes in the PATH from version 20 on: the one that runs the tests, and others that users of this machine may have. */
export function nodesHere(): NodeHere[] {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const paths = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name))
  const real = new Set([process.execPath, ...paths.filter(existsSync)].map(path => realpathSync(path)))
  const all = [...real].map(path => ({ path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() }))
  const byVersion = new Map(all.toReversed().map(node => [node.version, node]))
  return [...byVersion.values()].filter(({ version }) => Number(/^v(\d+)/.exec(version)?.[1]) >= 20)
}
