import { ATTRIBUTE } from '../../fs/attributes.ts'
import { readBody } from '../../fs/body.ts'
import type { FileSystem } from '../../fs/file-system.ts'
import { isDirectory } from '../../fs/node.ts'
import { join } from '../../fs/path.ts'
import type { Found } from '../../fs/walk.ts'
import { isWin32, win32 } from '../../win32.ts'
import { filesOf } from './matching.ts'
import type { Builtin, Shell } from './shell.ts'
import { has, parseWords } from './words.ts'

export const type: Builtin = async (shell, tail, streams) => {
  const { words } = parseWords(tail)
  if (words.length === 0) return usage(shell, streams)
  const { machine, directory } = shell.run
  for (const word of words) {
    const found = await machine.look(({ files }) => filesOf(files, word, directory).map(({ path }) => path))
    if (found.length === 0) throw win32('ACCESS_DENIED')
    for (const path of found) {
      if (words.length > 1 || found.length > 1) shell.writer(streams).complain(`\n${path}\n\n\n`)
      await streams.out.copy(readBody(machine.blobs, await machine.look(({ files }) => files.read(path))))
    }
  }
  return 0
}

/** `/s` includes subdirectories, `/f` also deletes read-only files, `/q` and `/p` have no effect: there is nobody to ask. */
export const del: Builtin = async (shell, tail, streams) => {
  const words = parseWords(tail)
  if (words.words.length === 0) return usage(shell, streams)
  const { machine, directory } = shell.run
  for (const word of words.words) {
    await machine
      .change(({ files }) => {
        const targets = has(words, 's') ? below(files, word, directory) : filesOf(files, word, directory)
        if (targets.length === 0) shell.writer(streams).complain(`Could Not Find ${absolute(files, word, directory)}\n`)
        for (const found of targets) remove(files, found, has(words, 'f'), text => shell.writer(streams).complain(text))
      })
      .catch(missing(shell, streams, word))
  }
  return 0
}

function remove(files: FileSystem, found: Found, force: boolean, complain: (text: string) => void): void {
  try {
    if (force) files.setAttributes(found, found.place.node.attributes & ~ATTRIBUTE.READONLY)
    files.delete(found.path)
  } catch (error) {
    if (!isWin32(error)) throw error
    complain(`${found.path}\n${error.message}\n`)
  }
}

function below(files: FileSystem, word: string, from: string): Found[] {
  const cut = Math.max(word.lastIndexOf('\\'), word.lastIndexOf('/'))
  const pattern = word.slice(cut + 1)
  const directory = files.find(word.slice(0, cut + 1) || '.', from)
  const deeper = files
    .children(directory)
    .filter(({ place }) => isDirectory(place.node) && place.node.target === undefined && place.node.guard === undefined)
  const here = (() => {
    try {
      return filesOf(files, join(directory.path, pattern), from)
    } catch (error) {
      if (isWin32(error)) return []
      throw error
    }
  })()
  return [...here, ...deeper.flatMap(({ path }) => below(files, join(path, pattern), from))]
}

function missing(shell: Shell, streams: Parameters<Builtin>[2], word: string) {
  return async (error: unknown) => {
    if (!isWin32(error, 'FILE_NOT_FOUND', 'PATH_NOT_FOUND')) throw error
    const { machine, directory } = shell.run
    shell.writer(streams).complain(`Could Not Find ${await machine.look(({ files }) => absolute(files, word, directory))}\n`)
  }
}

function absolute(files: FileSystem, word: string, from: string): string {
  return /^[a-z]:/i.test(word) ? word : join(files.find(from).path, word)
}

export const ren: Builtin = async (shell, tail, streams) => {
  const [from, to] = parseWords(tail).words
  if (from === undefined || to === undefined || /[\\/:]/.test(to)) return usage(shell, streams)
  const { machine, directory } = shell.run
  return machine.change(({ files }) => {
    const found = files.find(from, directory, false)
    const parent = found.path.slice(0, found.path.lastIndexOf('\\') + 1)
    try {
      files.move(found, parent + to)
    } catch (error) {
      if (!isWin32(error, 'ALREADY_EXISTS')) throw error
      shell.writer(streams).complain('A duplicate file name exists, or the file\ncannot be found.\n')
      return 1
    }
    return 0
  })
}

/** Moves files (also by pattern) or a directory; existing files are overwritten as with `/y`: there is nobody to ask. */
export const move: Builtin = async (shell, tail, streams) => {
  const [from, to = '.'] = parseWords(tail).words
  if (from === undefined) return usage(shell, streams)
  const { machine, directory } = shell.run
  const moved = await machine.change(({ files }) => {
    const target = files.tryFind(to, directory)
    const into = target !== undefined && isDirectory(target.place.node)
    const sources = /[*?]/.test(from) ? filesOf(files, from, directory) : [files.find(from, directory, false)]
    for (const source of sources) {
      const destination = into ? join(target.path, source.place.node.name) : to
      const old = files.tryFind(destination, directory)
      if (old !== undefined && old.path !== source.path && !isDirectory(old.place.node)) files.delete(old.path)
      files.move(source, destination, directory)
    }
    return sources
  })
  const directories = moved.filter(({ place }) => isDirectory(place.node)).length
  if (moved.length > 1 || /[*?]/.test(from)) for (const { path } of moved) shell.writer(streams).print(`${path}\n`)
  shell.writer(streams).print(directories > 0 ? `        ${directories} dir(s) moved.\n` : `        ${moved.length} file(s) moved.\n`)
  return 0
}

export const md: Builtin = async (shell, tail, streams) => {
  const { words } = parseWords(tail)
  if (words.length === 0) return usage(shell, streams)
  const { machine, directory } = shell.run
  for (const word of words) {
    try {
      await machine.change(({ files }) => makeAll(files, word, directory))
    } catch (error) {
      if (!isWin32(error, 'ALREADY_EXISTS')) throw error
      shell.writer(streams).complain(`A subdirectory or file ${word} already exists.\n`)
      return 1
    }
  }
  return 0
}

/** Creates a directory; the shell also creates its missing parents. */
function makeAll(files: FileSystem, word: string, from: string): void {
  const parts = word.split(/(?<=[\\/])/)
  for (let length = 1; length < parts.length; length++) {
    const above = parts.slice(0, length).join('')
    if (!/^([a-z]:)?[\\/]*$/i.test(above) && files.tryFind(above, from) === undefined) files.createDirectory(above, from)
  }
  files.createDirectory(word, from)
}

export const rd: Builtin = async (shell, tail, streams) => {
  const words = parseWords(tail)
  if (words.words.length === 0) return usage(shell, streams)
  const { machine, directory } = shell.run
  for (const word of words.words) {
    await machine.change(({ files }) => {
      const found = files.find(word, directory, false)
      if (!isDirectory(found.place.node)) throw win32('DIRECTORY')
      if (has(words, 's')) removeAll(files, found)
      else files.delete(found.path)
    })
  }
  return 0
}

function removeAll(files: FileSystem, found: Found): void {
  if (isDirectory(found.place.node) && found.place.node.target === undefined)
    for (const child of files.children(found)) removeAll(files, child)
  files.setAttributes(found, found.place.node.attributes & ~ATTRIBUTE.READONLY)
  files.delete(found.path)
}

export const cd: Builtin = async (shell, tail, streams) => {
  const text = tail.trim().replaceAll('"', '')
  const target = text.replace(/^\/d\s+/i, '')
  const { run } = shell
  if (target === '') {
    shell.writer(streams).print(`${run.directory}\n`)
    return 0
  }
  const found = await run.machine.look(({ files }) => files.tryFind(target, run.directory) ?? null)
  if (found === null) throw win32('PATH_NOT_FOUND')
  if (!isDirectory(found.place.node)) throw win32('DIRECTORY')
  if (/\/d/i.test(text) || found.path.slice(0, 2) === run.directory.slice(0, 2)) run.directory = found.path
  return 0
}

export const pushd: Builtin = async (shell, tail, streams) => {
  shell.pushed.push(shell.run.directory)
  return cd(shell, ` /d ${tail.trim()}`, streams)
}

export const popd: Builtin = async shell => {
  shell.run.directory = shell.pushed.pop() ?? shell.run.directory
  return 0
}

function usage(shell: Shell, streams: Parameters<Builtin>[2]): number {
  shell.writer(streams).complain('The syntax of the command is incorrect.\n')
  return 1
}
