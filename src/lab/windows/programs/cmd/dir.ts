import { ATTRIBUTE } from '../../fs/attributes.ts'
import type { FileSystem } from '../../fs/file-system.ts'
import { contents, type Listed, listPath } from '../../fs/listing.ts'
import { isDirectory, sizeOf } from '../../fs/node.ts'
import { join, parsePath } from '../../fs/path.ts'
import { hasWildcards } from '../../fs/wildcards.ts'
import { isWin32, win32 } from '../../win32.ts'
import { grouped, usDate, usTime } from '../format.ts'
import type { Builtin } from './shell.ts'
import { volumeText } from './general.ts'
import { has, parseWords, type Words } from './words.ts'

const LETTERS: Record<string, number> = {
  d: ATTRIBUTE.DIRECTORY,
  h: ATTRIBUTE.HIDDEN,
  s: ATTRIBUTE.SYSTEM,
  r: ATTRIBUTE.READONLY,
  a: ATTRIBUTE.ARCHIVE,
  l: ATTRIBUTE.REPARSE_POINT,
}

/** `dir`, with /a[:…] /b /o[:…] /r /s /t:c /x and patterns. */
export const dir: Builtin = async (shell, tail, streams) => {
  const words = parseWords(tail)
  const { machine, directory } = shell.run
  const writer = shell.writer(streams)
  const targets = words.words.length === 0 ? ['.'] : words.words
  return machine.look(({ files }) => {
    let header = ''
    let code = 0
    for (const target of targets) {
      try {
        const drive = parsePath(target, directory, true).drive
        files.find(drive)
        if (header !== drive && !has(words, 'b')) writer.print(volumeText(machine.seed.profile.volumes[drive], drive))
        header = drive
        const text = listing(files, target, directory, words)
        writer.print(text)
      } catch (error) {
        if (!isWin32(error)) throw error
        writer.complain(isWin32(error, 'FILE_NOT_FOUND') ? 'File Not Found\n' : `${error.message}\n`)
        code = 1
      }
    }
    return code
  })
}

const isDots = (name: string) => name === '.' || name === '..'

interface Total {
  files: number
  bytes: number
  directories: number
}

function listing(files: FileSystem, target: string, from: string, words: Words): string {
  const path = parsePath(target, from, true)
  const last = path.parts[path.parts.length - 1] ?? ''
  const pattern = hasWildcards(last) ? last : undefined
  const found = pattern === undefined ? files.find(path) : files.find({ ...path, parts: path.parts.slice(0, -1) })
  const whole = isDirectory(found.place.node)
  const start = whole ? found.path : found.path.slice(0, found.path.lastIndexOf('\\')) || found.path
  const total: Total = { files: 0, bytes: 0, directories: 0 }
  const text = section(files, start, whole ? pattern : found.place.node.name, words, total)
  if (total.files + total.directories === 0) throw win32('FILE_NOT_FOUND')
  if (has(words, 'b')) return text
  const free = grouped(files.free(path.drive))
  const all = has(words, 's') ? `\n     Total Files Listed:\n${sum(total)}` : ''
  return `${text}${all}${String(total.directories).padStart(16)} Dir(s)  ${free} bytes free\n`
}

const sum = ({ files, bytes }: Total) => `${String(files).padStart(16)} File(s) ${grouped(bytes).padStart(14)} bytes\n`

/** Lists one directory, and with `/s` the directories below it. */
function section(files: FileSystem, directory: string, pattern: string | undefined, words: Words, total: Total): string {
  const bare = has(words, 'b')
  const deep = has(words, 's')
  const listed = sorted(select(files, directory, pattern, words), words).filter(
    ({ name }) => !(bare || (deep && pattern !== undefined)) || !isDots(name),
  )
  const mine: Total = { files: 0, bytes: 0, directories: 0 }
  for (const {
    found: {
      place: { node },
    },
  } of listed) {
    if (isDirectory(node)) mine.directories += 1
    else mine.files += 1
    mine.bytes += sizeOf(node)
  }
  total.files += mine.files
  total.bytes += mine.bytes
  total.directories += mine.directories
  const lines = listed.map(one => (bare ? `${deep ? join(directory, one.name) : one.name}\n` : line(one, words)))
  const nothing = listed.length === 0 && (deep || bare)
  const shown = nothing ? '' : bare ? lines.join('') : `\n Directory of ${directory}\n\n${lines.join('')}${sum(mine)}`
  return deep
    ? shown +
        below(files, directory)
          .map(path => section(files, path, pattern, words, total))
          .join('')
    : shown
}

function below(files: FileSystem, directory: string): string[] {
  return files
    .children(files.find(directory))
    .filter(({ place: { node } }) => isDirectory(node) && node.target === undefined && node.guard === undefined)
    .map(({ path }) => path)
}

function select(files: FileSystem, directory: string, pattern: string | undefined, words: Words): Listed[] {
  try {
    const all =
      pattern === undefined ? contents(files, files.find(directory)) : listPath(files, parsePath(join(directory, pattern), undefined, true))
    return all.filter(({ name, found }) => wanted(isDots(name) ? ATTRIBUTE.DIRECTORY : found.place.node.attributes, words))
  } catch (error) {
    if (isWin32(error, 'FILE_NOT_FOUND')) return []
    throw error
  }
}

/** Makes the filter for `/a`: without it hidden and system files are left out; `/a` shows all; `/a:hs-d` selects by attributes. */
function wanted(attributes: number, { switches }: Words): boolean {
  const given = switches.find(one => /^a(:|$|[-dhsral])/.test(one))
  if (given === undefined) return (attributes & (ATTRIBUTE.HIDDEN | ATTRIBUTE.SYSTEM)) === 0
  return [
    ...given
      .slice(1)
      .replace(':', '')
      .matchAll(/(-?)([a-z])/g),
  ].every(([, minus, letter = '']) => ((attributes & (LETTERS[letter] ?? 0)) !== 0) === (minus === ''))
}

function sorted(listed: Listed[], { switches }: Words): Listed[] {
  const given = switches.find(one => /^o(:|$|[-nsdeg])/.test(one))
  if (given === undefined) return listed
  const keys = [...(given.slice(1).replace(':', '') || 'gn').matchAll(/(-?)([a-z])/g)]
  return [...listed].sort((a, b) => {
    for (const [, minus, letter = 'n'] of keys) {
      const order = compare(a, b, letter)
      if (order !== 0) return minus === '-' ? -order : order
    }
    return 0
  })
}

function compare(a: Listed, b: Listed, letter: string): number {
  const [left, right] = [a.found.place.node, b.found.place.node]
  const texts = (x: string, y: string) => (x.toLowerCase() < y.toLowerCase() ? -1 : x.toLowerCase() > y.toLowerCase() ? 1 : 0)
  switch (letter) {
    case 's':
      return sizeOf(left) - sizeOf(right)
    case 'd':
      return left.written - right.written
    case 'g':
      return Number(isDirectory(right)) - Number(isDirectory(left))
    case 'e':
      return texts(a.name.slice(a.name.lastIndexOf('.') + 1), b.name.slice(b.name.lastIndexOf('.') + 1))
    default:
      return texts(a.name, b.name)
  }
}

function line(
  {
    name,
    found: {
      place: { node },
    },
  }: Listed,
  words: Words,
): string {
  const time = has(words, 't') && words.switches.includes('t:c') ? node.created : node.written
  const dots = isDots(name)
  const kind = node.target !== undefined && !dots ? '   <JUNCTION>    ' : '   <DIR>         '
  const size = isDirectory(node) ? kind : grouped(sizeOf(node)).padStart(17)
  const short = has(words, 'x') ? ` ${(dots ? '' : node.short).padEnd(12)}` : ''
  const target = node.target !== undefined && !dots ? ` [${node.target}]` : ''
  const streams = has(words, 'r')
    ? Object.entries(node.streams ?? {})
        .map(([stream, text]) => `${grouped(Buffer.byteLength(text)).padStart(38)} ${name}:${stream}:$DATA\n`)
        .join('')
    : ''
  return `${usDate(time)}  ${usTime(time)} ${size}${short} ${name}${target}\n${streams}`
}
