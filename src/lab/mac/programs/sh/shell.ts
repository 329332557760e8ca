import type { Blobs } from '../../../endpoint.ts'
import { type Body, collect, readBody, textBody } from '../../../windows/fs/body.ts'
import { Spool } from '../../../windows/processes/spool.ts'
import { locate, NotStarted, Run, runnable, saidOf, type Start, type Streams } from '../../run.ts'
import { glob } from './glob.ts'
import { parseScript, SyntaxError, type Command, type List, type Piece, type Redirection, type Word } from './syntax.ts'

const UTF8 = 65001
/** Groups and scripts within each other: one that starts itself would never end. */
const MAX_DEPTH = 20
const ASSIGNMENT = /^([A-Za-z_]\w*)=/

/** `sh`, `bash` and `zsh`: with `-c` a line, otherwise a file or standard input. */
export async function shell(run: Run): Promise<number> {
  const at = run.args.findIndex(arg => /^-\w*c$/.test(arg))
  const [script, name, ...args] = at >= 0 ? run.args.slice(at + 1) : [undefined, ...run.operands]
  if (at >= 0 && script === undefined) return run.fail('-c: option requires an argument', 2)
  const text = script ?? (await run.texts(name === undefined ? [] : [name]))?.[0]?.text
  if (text === undefined) return 127
  const depth = Number(run.start.variables.get('SHLVL') ?? 0) + 1
  if (depth > MAX_DEPTH) return run.fail('fork: Resource temporarily unavailable', 254)
  try {
    const list = parseScript(text)
    const variables = new Map([...run.start.variables, ['SHLVL', String(depth)]])
    return await new Shell(run.start, [name ?? run.name, ...args.filter(arg => arg !== undefined)], variables, run.streams.err).list(
      list,
      run.streams,
    )
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return run.fail(error.message, 2)
  }
}

/** `exit` was called. */
class Exit extends Error {
  readonly code: number
  constructor(code: number) {
    super()
    this.code = code
  }
}

class Shell {
  #start: Start
  readonly #words: readonly string[]
  readonly #variables: Map<string, string>
  /** Where it complains of what it can't expand. */
  readonly #err: Spool
  #code = 0

  constructor(start: Start, words: readonly string[], variables: Map<string, string>, err: Spool) {
    this.#start = start
    this.#words = words
    this.#variables = variables
    this.#err = err
  }

  async list(list: List, streams: Streams): Promise<number> {
    try {
      for (const { when, negated, pipeline } of list) {
        if ((when === '&&' && this.#code !== 0) || (when === '||' && this.#code === 0)) continue
        this.#code = await this.#pipeline(pipeline, streams)
        if (negated) this.#code = this.#code === 0 ? 1 : 0
      }
      return this.#code
    } catch (error) {
      if (error instanceof Exit) return error.code
      throw error
    }
  }

  async #pipeline(pipeline: readonly Command[], streams: Streams): Promise<number> {
    let { stdin } = streams
    let code = 0
    for (const [at, command] of pipeline.entries()) {
      const last = at === pipeline.length - 1
      if (last) code = await this.#command(command, { ...streams, stdin }, pipeline.length === 1)
      else stdin = await this.#outputOf(out => this.#command(command, { ...streams, stdin, out }, false))
    }
    return code
  }

  async #command(command: Command, streams: Streams, own: boolean): Promise<number> {
    const words = command.kind === 'simple' ? (await Promise.all(command.words.map(word => this.#expand(word)))).flat() : []
    try {
      return await this.#redirected(command.redirections, streams, async to => {
        if (command.kind === 'group') return this.#copy().list(command.list, to)
        return this.#simple(words, to, own ? this : this.#copy())
      })
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error
      streams.err.write(`${this.#name()}: ${error.message}\n`)
      return error.code
    }
  }

  /** @param shell whose variables and directory an assignment or `cd` changes */
  async #simple(words: readonly string[], streams: Streams, shell: Shell): Promise<number> {
    const commands = words.findIndex(word => !ASSIGNMENT.test(word))
    const assigned = words.slice(0, commands < 0 ? words.length : commands).map(word => {
      const [whole = '', name = ''] = ASSIGNMENT.exec(word) ?? []
      return [name, word.slice(whole.length)] as const
    })
    const [name = '', ...args] = commands < 0 ? [] : words.slice(commands)
    if (name === '') for (const [variable, value] of assigned) shell.#variables.set(variable, value)
    if (name === '' || name === ':' || name === 'set' || name === 'trap') return 0
    if (name === 'exit') throw new Exit(Number(args[0] ?? this.#code) & 0xff)
    if (name === 'cd') return shell.#cd(args[0], streams)
    if (name === 'export') {
      for (const arg of args)
        if (ASSIGNMENT.test(arg)) shell.#variables.set(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1))
      return 0
    }
    const found = await locate(this.#start.machine, name, this.#start.directory)
    const variables = new Map([...this.#variables, ...assigned])
    const { machine, programs } = this.#start
    const { program, words: line } = await runnable(machine, programs, found, [name, ...args])
    return program(new Run({ ...this.#start, variables }, line, streams))
  }

  async #cd(to = this.#variables.get('HOME') ?? '/', { err }: Streams): Promise<number> {
    try {
      const directory = await this.#start.machine.look(({ disk }) => disk.directory(to, this.#start.directory).path)
      this.#start = { ...this.#start, directory }
      return 0
    } catch (error) {
      err.write(`${this.#name()}: cd: ${to}: ${saidOf(error)}\n`)
      return 1
    }
  }

  async #redirected(redirections: readonly Redirection[], streams: Streams, use: (streams: Streams) => Promise<number>): Promise<number> {
    const [first, ...more] = redirections
    if (first === undefined) return use(streams)
    const { from, kind } = first
    const [path = ''] = await this.#expand(first.to)
    const rest = (to: Streams): Promise<number> => this.#redirected(more, to, use)
    const stream = from === 2 ? 'err' : 'out'
    if (kind === '>&') return rest({ ...streams, [stream]: path === '1' ? streams.out : streams.err })
    const { machine, directory } = this.#start
    if (kind === '<')
      return rest({ ...streams, stdin: await this.#opened(path, () => machine.look(({ disk }) => disk.read(path, directory))) })
    const before = path === '/dev/null' ? undefined : await this.#opened(path, () => this.#emptied(path, kind === '>>'))
    let code = 0
    const written = await this.#outputOf(async out => {
      code = await rest({ ...streams, [stream]: out })
    })
    if (before === undefined) return code
    const body = before.size === 0 ? written : await machine.blobs.write(joined(machine.blobs, before, written))
    await machine.change(({ disk }) => disk.write(path, body, directory))
    return code
  }

  async #opened(path: string, open: () => Promise<Body>): Promise<Body> {
    try {
      return await open()
    } catch (error) {
      throw new NotStarted(`${path}: ${saidOf(error)}`, 1)
    }
  }

  /** Creates or empties a file that output goes to. @param keep what it holds stays before that @returns what stays */
  async #emptied(path: string, keep: boolean): Promise<Body> {
    const { machine, directory } = this.#start
    return machine.change(({ disk }) => {
      const before = keep && disk.findIfThere(path, directory) !== undefined ? disk.read(path, directory) : textBody('')
      disk.write(path, before, directory)
      return before
    })
  }

  /** Expands a word into those that it stands for. */
  async #expand(word: Word): Promise<string[]> {
    const fields: { text: string; pattern: boolean }[] = []
    let open = false
    const add = (text: string, pattern = false): void => {
      const last = open ? fields.at(-1) : undefined
      if (last === undefined) fields.push({ text, pattern })
      else Object.assign(last, { text: last.text + text, pattern: last.pattern || pattern })
      open = true
    }
    for (const [at, piece] of word.entries()) {
      if (piece.kind === 'text') {
        add(at === 0 && !piece.quoted ? this.#home(piece.text) : piece.text, !piece.quoted && /[*?[]/.test(piece.text))
        continue
      }
      const value = await this.#value(piece)
      if (piece.quoted) add(value)
      else
        for (const [index, part] of value.split(/[ \t\n]+/).entries()) {
          if (index > 0) open = false
          if (part !== '') add(part)
        }
    }
    const { machine, directory } = this.#start
    return machine.look(({ disk }) => fields.flatMap(({ text, pattern }) => (pattern ? glob(disk, text, directory) : [text])))
  }

  #home(text: string): string {
    return text === '~' || text.startsWith('~/') ? (this.#variables.get('HOME') ?? '') + text.slice(1) : text
  }

  async #value(piece: Exclude<Piece, { kind: 'text' }>): Promise<string> {
    if (piece.kind === 'variable') return this.#variable(piece.name)
    const output = await this.#outputOf(out => this.#copy().list(piece.list, { stdin: textBody(''), out, err: this.#err }))
    return (await collect(readBody(this.#start.machine.blobs, output))).toString('utf8').replace(/\n+$/, '')
  }

  #variable(name: string): string {
    if (name === '?') return String(this.#code)
    if (name === '$') return String(this.#start.pid)
    if (name === '#') return String(this.#words.length - 1)
    if (name === '@' || name === '*') return this.#words.slice(1).join(' ')
    return (/^\d+$/.test(name) ? this.#words[Number(name)] : this.#variables.get(name)) ?? ''
  }

  /** A shell that starts where this one is, and whose changes are its own. */
  #copy(): Shell {
    const copy = new Shell(this.#start, this.#words, new Map(this.#variables), this.#err)
    copy.#code = this.#code
    return copy
  }

  /** Returns what something writes. However it ends, the rest of the output is not waited for. */
  async #outputOf(work: (out: Spool) => Promise<unknown>): Promise<Body> {
    const out = new Spool(this.#start.machine.blobs, { page: UTF8 })
    try {
      await work(out)
    } finally {
      await out.end()
    }
    return out.end()
  }

  #name(): string {
    const name = this.#words[0] ?? 'sh'
    return name.slice(name.lastIndexOf('/') + 1)
  }
}

async function* joined(blobs: Blobs, ...bodies: readonly Body[]): AsyncGenerator<Uint8Array> {
  for (const body of bodies) yield* readBody(blobs, body)
}
