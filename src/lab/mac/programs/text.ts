import type { Program } from '../run.ts'

export const echo: Program = run => {
  const newline = run.args[0] !== '-n'
  run.streams.out.write(`${(newline ? run.args : run.args.slice(1)).join(' ')}${newline ? '\n' : ''}`)
  return 0
}

export const succeed: Program = () => 0
export const failing: Program = () => 1

export const pwd: Program = run => {
  run.print(run.start.directory)
  return 0
}

export const env: Program = run => {
  run.print(...[...run.start.variables].map(([name, value]) => `${name}=${value}`))
  return 0
}

export const date: Program = async run => {
  const now = await run.machine.look(view => view.now)
  run.print(run.args.includes('+%s') ? String(Math.floor(now / 1000)) : new Date(now).toUTCString().replace('GMT', 'UTC'))
  return 0
}

/** `[ … ]` and `test` for files: `-e`, `-f`, `-d`, and for texts: `=`, `!=`, `-n`, `-z`. */
export const test: Program = async run => {
  const [first = '', second = '', third = ''] = run.args.filter(arg => arg !== ']')
  if (/^-[efd]$/.test(first)) {
    const found = await run.machine.look(({ disk }) => disk.findIfThere(second, run.start.directory)?.place.node.kind)
    const wanted = { '-f': 'file', '-d': 'directory' }[first]
    return found !== undefined && (wanted === undefined || found === wanted) ? 0 : 1
  }
  if (first === '-n' || first === '-z') return (second === '') === (first === '-z') ? 0 : 1
  if (second === '=' || second === '!=') return (first === third) === (second === '=') ? 0 : 1
  return first === '' ? 1 : 0
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

/** `head` and `tail`, with `-n N` or `-N`. */
export const head: Program = run => part(run, (lines, count) => lines.slice(0, count))
export const tail: Program = run => part(run, (lines, count) => lines.slice(-count))

async function part(run: Parameters<Program>[0], take: (lines: string[], count: number) => string[]): Promise<number> {
  const at = run.args.findIndex(arg => /^-n?$/.test(arg))
  const count = Number(at >= 0 ? run.args[at + 1] : (run.args.find(arg => /^-n?\d+$/.test(arg))?.replace(/^-n?/, '') ?? 10))
  const paths = run.args.filter((arg, index) => !arg.startsWith('-') && !(at >= 0 && index === at + 1))
  const texts = await run.texts(paths)
  for (const { text } of texts ?? []) run.print(...take(linesOf(text), count))
  return texts === undefined ? 1 : 0
}

/** `grep [-i] [-v] [-c] [-E] pattern [file…]`. */
export const grep: Program = async run => {
  const [pattern, ...paths] = run.operands
  if (pattern === undefined) return run.fail('usage: grep [-civE] pattern [file ...]', 2)
  const wanted = run.has('i') ? pattern.toLowerCase() : pattern
  // Patterns are alternatives of plain texts: that takes no longer than the text is.
  const alternatives = run.has('E') ? wanted.split('|') : wanted.split('\\|')
  const fits = (line: string): boolean => alternatives.some(one => (run.has('i') ? line.toLowerCase() : line).includes(one))
  const texts = await run.texts(paths)
  if (texts === undefined) return 2
  const found = texts.flatMap(({ path, text }) =>
    linesOf(text)
      .filter(line => fits(line) !== run.has('v'))
      .map(line => (paths.length > 1 ? `${path}:${line}` : line)),
  )
  run.print(...(run.has('c') ? [String(found.length)] : found))
  return found.length > 0 ? 0 : 1
}

/** `wc`, with `-l` lines only. */
export const wc: Program = async run => {
  const texts = await run.texts(run.operands)
  for (const { path, text } of texts ?? []) {
    const counts = run.has('l')
      ? [linesOf(text).length]
      : [linesOf(text).length, text.split(/\s+/).filter(Boolean).length, Buffer.byteLength(text)]
    run.print(`${counts.map(count => String(count).padStart(8)).join('')} ${path}`.trimEnd())
  }
  return texts === undefined ? 1 : 0
}

export const sort: Program = async run => {
  const texts = await run.texts(run.operands)
  const lines = (texts ?? []).flatMap(({ text }) => linesOf(text)).sort()
  run.print(...(run.has('u') ? new Set(lines) : lines))
  return texts === undefined ? 1 : 0
}
