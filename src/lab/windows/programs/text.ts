import { codePageDecoder, type StreamDecoder } from '../../../core/text/code-pages.ts'
import { listPath } from '../fs/listing.ts'
import { type Body, collect, readBody } from '../fs/body.ts'
import { isDirectory } from '../fs/node.ts'
import { parsePath } from '../fs/path.ts'
import type { Program, Run } from '../processes/run.ts'
import { isWin32 } from '../win32.ts'

/** Yields the lines of a body without their ends, decoded in the console's code page, or as UTF-16 if it has a byte order mark. */
async function* linesOf(run: Run, body: Body): AsyncGenerator<string> {
  let decoder: StreamDecoder | undefined
  run.pace.settle()
  let rest = ''
  for await (const chunk of readBody(run.machine.blobs, body)) {
    decoder ??= decoderOf(run, chunk)
    const lines = (rest + decoder.push(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  rest += decoder?.end() ?? ''
  if (rest !== '') yield rest
}

/** Returns the decoder for text that begins with these bytes. */
function decoderOf({ streams }: Run, [a, b]: Uint8Array): StreamDecoder {
  return (
    codePageDecoder(a === 0xff && b === 0xfe ? 1200 : streams.out.console.page) ?? {
      push: bytes => Buffer.from(bytes).toString(),
      end: () => '',
    }
  )
}

/** Returns the files that words with or without wildcards name, in the form in which they were given. */
async function filesNamed(run: Run, words: string[], deep = false): Promise<{ name: string; path: string }[]> {
  return run.machine.look(({ files }) =>
    words.flatMap(word => {
      const prefix = word.slice(0, Math.max(word.lastIndexOf('\\'), word.lastIndexOf('/')) + 1)
      const visit = (pattern: string, shown: string): { name: string; path: string }[] => {
        let listed: { name: string; path: string }[] = []
        try {
          listed = listPath(files, parsePath(pattern, run.directory, true))
            .filter(({ found }) => !isDirectory(found.place.node))
            .map(({ name, found }) => ({ name: shown + name, path: found.path }))
        } catch (error) {
          if (!isWin32(error)) throw error
        }
        if (!deep) return listed
        const directory = files.find(
          pattern.slice(0, Math.max(pattern.lastIndexOf('\\'), pattern.lastIndexOf('/')) + 1) || '.',
          run.directory,
        )
        const below = files
          .children(directory)
          .filter(({ place: { node } }) => isDirectory(node) && node.target === undefined && node.guard === undefined)
        const last = pattern.slice(Math.max(pattern.lastIndexOf('\\'), pattern.lastIndexOf('/')) + 1)
        return [...listed, ...below.flatMap(({ path, place }) => visit(`${path}\\${last}`, `${shown}${place.node.name}\\`))]
      }
      return visit(word, prefix)
    }),
  )
}

async function bodies(run: Run, words: string[], deep = false): Promise<{ name: string; body: Body }[]> {
  if (words.length === 0) return [{ name: '', body: run.streams.stdin }]
  const found = await filesNamed(run, words, deep)
  return run.machine.look(({ files }) =>
    found.flatMap(({ name, path }) => {
      try {
        return [{ name, body: files.read(path) }]
      } catch (error) {
        if (isWin32(error)) return []
        throw error
      }
    }),
  )
}

/** find "text" [files] with /v /c /n /i. */
export const find: Program = async run => {
  const quoted = /"((?:[^"]|"")*)"/.exec(run.tail)
  if (quoted === null) {
    run.complain('FIND: Parameter format not correct\n')
    return 2
  }
  const [all, text = ''] = quoted
  const rest = run.tail
    .replace(all, ' ')
    .split(/\s+/)
    .filter(word => word !== '')
  const flags = rest
    .filter(word => word.startsWith('/'))
    .join('')
    .toLowerCase()
  const words = rest.filter(word => !word.startsWith('/'))
  const fold = (line: string) => (flags.includes('/i') ? line.toLowerCase() : line)
  const wanted = fold(text.replaceAll('""', '"'))
  let hits = 0
  const sources = await bodies(run, words)
  if (sources.length === 0) run.complain(`File not found - ${words.join(' ').toUpperCase()}\n`)
  for (const { name, body } of sources) {
    let count = 0
    let number = 0
    if (name !== '' && !flags.includes('/c')) run.print(`\n---------- ${name.toUpperCase()}\n`)
    for await (const line of linesOf(run, body)) {
      number += 1
      if (fold(line).includes(wanted) === flags.includes('/v')) continue
      count += 1
      if (!flags.includes('/c')) run.print(`${flags.includes('/n') ? `[${number}]` : ''}${line}\n`)
    }
    if (flags.includes('/c')) run.print(name === '' ? `${count}\n` : `\n---------- ${name.toUpperCase()}: ${count}\n`)
    hits += count
  }
  return hits > 0 ? 0 : 1
}

/** findstr with /i /v /n /m /s /x /b /e /l /r /c:"text" and several words as alternatives. */
export const findstr: Program = async run => {
  const exact = [...run.tail.matchAll(/\/c:(?:"([^"]*)"|(\S+))/gi)].map(match => match[1] ?? match[2] ?? '')
  const args = run.args.filter(arg => !/^\/c:/i.test(arg))
  const flags = new Set(
    args
      .filter(arg => arg.startsWith('/'))
      .join('')
      .toLowerCase()
      .replaceAll('/', ''),
  )
  const words = args.filter(arg => !arg.startsWith('/'))
  const alternatives = exact.length > 0 ? exact : (words.shift() ?? '').split(' ').filter(word => word !== '')
  if (alternatives.length === 0) {
    run.complain('FINDSTR: Bad command line\n')
    return 2
  }
  const literal = flags.has('l') || (exact.length > 0 && !flags.has('r'))
  const expressions = alternatives.map(one => anchored(literal ? escape(one) : translate(one), flags))
  const pattern = new RegExp(expressions.join('|'), flags.has('i') ? 'i' : '')
  const sources = await bodies(run, words, flags.has('s'))
  if (sources.length === 0) run.complain(`FINDSTR: Cannot open ${words.join(' ')}\n`)
  const named = sources.length > 1 || flags.has('s') || words.some(word => /[*?]/.test(word))
  let hits = 0
  for (const { name, body } of sources) {
    let number = 0
    for await (const line of linesOf(run, body)) {
      number += 1
      if (pattern.test(line) === flags.has('v')) continue
      hits += 1
      if (flags.has('m')) {
        run.print(`${name}\n`)
        break
      }
      run.print(`${named && name !== '' ? `${name}:` : ''}${flags.has('n') ? `${number}:` : ''}${line}\n`)
    }
  }
  return hits > 0 ? 0 : 1
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Compiles findstr's own expressions: `.` `*` `^` `$` `[…]` `\<` `\>` `\x`; everything else is literal. */
function translate(text: string): string {
  return text
    .replace(/\\<|\\>|\\(.)|\[[^\]]*\]|[+?{}()|]/g, (all, literal: string | undefined) => {
      if (all === '\\<' || all === '\\>') return '\\b'
      if (literal !== undefined) return escape(literal)
      return all.startsWith('[') ? all.replaceAll('\\', '\\\\') : `\\${all}`
    })
    .replace(/^\*/, '\\*')
    .replace(/\[$/, '\\[')
}

function anchored(source: string, flags: Set<string>): string {
  return `${flags.has('b') || flags.has('x') ? '^' : ''}(?:${source})${flags.has('e') || flags.has('x') ? '$' : ''}`
}

export const more: Program = async run => {
  const words = run.args.filter(arg => !arg.startsWith('/'))
  for (const { body } of await bodies(run, words)) await run.streams.out.copy(readBody(run.machine.blobs, body))
  return 0
}

/** sort with /r and /unique. */
export const sort: Program = async run => {
  const [source] = await bodies(run, run.args.filter(arg => !arg.startsWith('/')).slice(0, 1))
  if (source === undefined) {
    run.complain('The system cannot find the file specified.\n')
    return 1
  }
  const bytes = await collect(readBody(run.machine.blobs, source.body))
  const text = decoderOf(run, bytes).push(bytes)
  const has = (prefix: string) => run.args.some(arg => arg.toLowerCase().startsWith(prefix))
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  const keyed = lines.map(line => ({ line, key: line.toLowerCase() }))
  const ordered = keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ line }) => line)
  const kept = has('/u') ? ordered.filter((line, at) => line.toLowerCase() !== ordered[at - 1]?.toLowerCase()) : ordered
  run.print((has('/r') ? kept.reverse() : kept).map(line => `${line}\n`).join(''))
  return 0
}
