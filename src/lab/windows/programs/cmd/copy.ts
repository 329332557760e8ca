import { type Body, readBody } from '../../fs/body.ts'
import { isDirectory } from '../../fs/node.ts'
import { join } from '../../fs/path.ts'
import { Spool } from '../../processes/spool.ts'
import { isWin32 } from '../../win32.ts'
import type { Builtin } from './shell.ts'
import { filesOf } from './matching.ts'
import { parseWords } from './words.ts'

/** `copy`: one file, several by pattern into a directory, or several joined by `+`. Overwrites as with `/y`: there is nobody to ask. */
export const copy: Builtin = async (shell, tail, streams) => {
  const { words } = parseWords(tail.replaceAll('+', ' + '))
  const joined = words.includes('+')
  const sources = joined ? words.filter((word, at) => word !== '+' && (at === 0 || words[at - 1] === '+')) : words.slice(0, 1)
  const target = words.filter((word, at) => word !== '+' && at > 0 && words[at - 1] !== '+').at(-1) ?? (joined ? sources[0] : '.')
  const writer = shell.writer(streams)
  if (sources.length === 0 || target === undefined) {
    writer.complain('The syntax of the command is incorrect.\n')
    return 1
  }
  const { machine, directory } = shell.run
  try {
    const shadowed = await machine.look(({ shadows }) => shadows.read(sources[0] ?? ''))
    const found = await machine.look(({ files }) =>
      (shadowed === undefined ? sources : [])
        .flatMap(source => filesOf(files, source, directory))
        .map(({ path, place }) => ({ path, name: place.node.name })),
    )
    if (joined) await concatenate(found.map(({ path }) => path))
    else if (shadowed !== undefined) await write(shadowed, 'copy')
    else for (const { path, name } of found) await copyOne(path, name, found.length > 1)
    writer.print(`        ${joined || shadowed !== undefined ? 1 : found.length} file(s) copied.\n`)
    return 0
  } catch (error) {
    if (!isWin32(error)) throw error
    writer.complain(`${error.message}\n        0 file(s) copied.\n`)
    return 1
  }

  async function copyOne(path: string, name: string, several: boolean): Promise<void> {
    if (several) writer.print(`${path}\n`)
    const body = await machine.look(({ files }) => files.read(path))
    await write(body, name)
  }

  async function concatenate(paths: string[]): Promise<void> {
    const spool = new Spool(machine.blobs, streams.out.console)
    for (const path of paths) await spool.copy(readBody(machine.blobs, await machine.look(({ files }) => files.read(path))))
    await write(await spool.end(), 'joined')
  }

  /** Undefined when the target is NUL. */
  async function write(body: Body, name: string): Promise<void> {
    if (target === undefined || /^nul$/i.test(target)) return
    await machine.change(({ files }) => {
      const known = files.tryFind(target, directory)
      const path = known !== undefined && isDirectory(known.place.node) ? join(known.path, name) : target
      files.write(path, body, directory)
    })
  }
}
