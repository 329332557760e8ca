// The commit that a build is made from.
import { spawnSync } from 'node:child_process'

/** Runs git in a folder. @returns what it printed; undefined where it failed, or there is no git */
function git(folder, ...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

/**
 * The commit that is checked out in `folder`, with `-modified` where one of `sources` is not as it was committed.
 * @param sources files and folders below it
 * @returns `unknown` where `folder` is not the top of a repository: unpacked from an archive, even if that was done within another repository
 */
export function commitOf(folder, sources) {
  const [prefix, commit] = git(folder, 'rev-parse', '--show-prefix', '--short=12', 'HEAD')?.split('\n') ?? []
  if (prefix !== '' || commit === undefined) return 'unknown'
  const changes = git(folder, 'status', '--porcelain', '--', ...sources)
  return changes === '' ? commit : `${commit}-modified`
}

/** The day of the commit that is checked out, or of SOURCE_DATE_EPOCH: the same for the same sources. Without either, today. */
export function dayOf(folder) {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? git(folder, 'log', '-1', '--format=%ct') ?? Date.now() / 1000
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10)
}
