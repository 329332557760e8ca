import { CbcError, usage } from '../core/errors.ts'
import { list, object, type Column, type Row } from '../core/result.ts'
import { locateOne, stat } from '../engine/remote.ts'
import { quoteWord } from '../engine/tokenize.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Call } from './builtins.ts'
import { filesFrom } from './local-place.ts'

/** `cd`. */
export async function changeDirectory({ shell, input, streams: { signal } }: Call): Promise<void> {
  const { session } = shell
  // `cd /d D:\x` of cmd.exe changes the drive too, as ours always does.
  const [path, ...more] = (input['path'] as string[]).filter(word => !(session.paths.windows && word.toLowerCase() === '/d'))
  if (path !== undefined && more.length > 0)
    throw usage('cd: takes one path', `quote a path with blanks: cd ${quoteWord([path, ...more].join(' '))}`)
  const typed = path === undefined ? session.home : path === '-' ? shell.previous : path
  const target = session.paths.bare(await locateOne(session, shell.directory, typed, { signal, notice: shell.options.around.notice }))
  const found = await stat(session, target, { signal })
  if (!found.attributes.includes('DIRECTORY'))
    throw new CbcError('remote', `${target}: is not a directory`, { device_id: session.device.id })
  shell.previous = shell.directory
  shell.directory = target
}

/** `pushd`: as `cd`, and `popd` comes back. */
export async function pushDirectory(call: Call): Promise<void> {
  const { shell } = call
  const from = shell.directory
  await changeDirectory(call)
  shell.pushed.push(from)
}

/** `popd`. @throws CbcError usage: there was no `pushd` */
export async function popDirectory(call: Call): Promise<void> {
  const { pushed } = call.shell
  const path = pushed.at(-1)
  if (path === undefined) throw usage('popd: no directory was pushed', '`pushd PATH` goes there, and `popd` comes back')
  await changeDirectory({ ...call, input: { path: [path] } })
  pushed.pop()
}

/** `pwd`. */
export async function remoteDirectory({ shell, globals, streams }: Call): Promise<number> {
  const path = shell.directory
  return await shell.show(object({ path }, [{ key: 'path' }]), globals, streams, `${escapeLine(path)}\n`)
}

/** `lcd`. */
export async function changeLocalDirectory({ shell, input: { path } }: Call): Promise<void> {
  const files = filesFrom(shell.host.local, shell.localDirectory)
  const home = shell.host.env['HOME'] || shell.host.env['USERPROFILE'] || '.'
  const typed = path === undefined ? home : path === '-' ? (shell.previousLocal ?? '.') : String(path).replace(/^~(?=$|[\\/])/, home)
  const before = await files.directory('.')
  shell.localDirectory = await files.directory(typed)
  shell.previousLocal = before
}

/** `lpwd`. */
export async function localDirectory({ shell, globals, streams }: Call): Promise<number> {
  const path = await filesFrom(shell.host.local, shell.localDirectory).directory('.')
  return await shell.show(object({ path }, [{ key: 'path' }]), globals, streams, `${escapeLine(path)}\n`)
}

/** What `lls` shows. */
export const LOCAL: Column[] = [
  { key: 'filename', title: 'name', text: row => `${String(row['filename'])}${row['directory'] === true ? '/' : ''}` },
  { key: 'size', align: 'right', kind: 'size', text: row => (row['directory'] === true ? '' : String(row['size'])) },
  { key: 'last_write_time', title: 'modified', kind: 'time' },
]

/** `lls`: name, size and modification time. */
export async function listLocal({ shell, input: { path }, globals, streams }: Call): Promise<number> {
  const entries = await filesFrom(shell.host.local, shell.localDirectory).entries(path === undefined ? '.' : String(path))
  const rows = entries
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map(({ name, directory, size, modified }): Row => ({
      filename: name,
      directory,
      size,
      last_write_time: new Date(modified).toISOString(),
    }))
  return await shell.show(list(rows, LOCAL, 'nothing there'), globals, streams)
}
