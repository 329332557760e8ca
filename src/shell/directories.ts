import { CbcError, usage } from '../core/errors.ts'
import { list, object, type Column, type Row } from '../core/result.ts'
import { locateOne } from '../remote/locate.ts'
import { stat } from '../remote/files.ts'
import { quoteWord } from '../engine/tokenize.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Call } from './builtin.ts'

/** `cd`. */
export async function changeDirectory({ shell: { session, places, notice }, input, streams: { signal } }: Call): Promise<void> {
  // `cd /d D:\x` of cmd.exe changes the drive too, as ours always does.
  const [path, ...more] = (input['path'] as string[]).filter(word => !(session.paths.windows && word.toLowerCase() === '/d'))
  if (path !== undefined && more.length > 0)
    throw usage('cd: takes one path', `quote a path with blanks: cd ${quoteWord([path, ...more].join(' '))}`)
  const typed = path === undefined ? session.home : path === '-' ? places.previous : path
  const target = session.paths.bare(await locateOne(session, places.directory, typed, { signal, notice }))
  const found = await stat(session, target, { signal })
  if (!found.attributes.includes('DIRECTORY'))
    throw new CbcError('remote', `${target}: is not a directory`, { device_id: session.device.id })
  places.go(target)
}

/** `pushd`: as `cd`, and `popd` comes back. */
export async function pushDirectory(call: Call): Promise<void> {
  const { places } = call.shell
  const from = places.directory
  await changeDirectory(call)
  places.pushed.push(from)
}

/** `popd`. @throws CbcError usage: there was no `pushd` */
export async function popDirectory(call: Call): Promise<void> {
  const { pushed } = call.shell.places
  const path = pushed.at(-1)
  if (path === undefined) throw usage('popd: no directory was pushed', '`pushd PATH` goes there, and `popd` comes back')
  await changeDirectory({ ...call, input: { path: [path] } })
  pushed.pop()
}

/** `pwd`. */
export async function remoteDirectory({ shell, globals, streams }: Call): Promise<number> {
  const path = shell.places.directory
  return await shell.show(object({ path }, [{ key: 'path' }]), globals, streams, `${escapeLine(path)}\n`)
}

/** `lcd`. */
export async function changeLocalDirectory({ shell: { places, localFiles, localHome: home }, input: { path } }: Call): Promise<void> {
  const files = localFiles()
  const typed = path === undefined ? home : path === '-' ? (places.previousLocal ?? '.') : String(path).replace(/^~(?=$|[\\/])/, home)
  const before = await files.directory('.')
  places.localDirectory = await files.directory(typed)
  places.previousLocal = before
}

/** `lpwd`. */
export async function localDirectory({ shell, globals, streams }: Call): Promise<number> {
  const path = await shell.localFiles().directory('.')
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
  const entries = await shell.localFiles().entries(path === undefined ? '.' : String(path))
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
