import type { Run, Streams } from '../../processes/run.ts'
import { isWin32 } from '../../win32.ts'
import { expand } from './expand.ts'
import { loopItems } from './loop.ts'
import { redirected } from './redirect.ts'
import { type Condition, type Node, parse, type Redirect, SyntaxProblem } from './syntax.ts'
import { TextWriter } from './writer.ts'

/** The ERRORLEVEL after an unknown command. */
export const NOT_RECOGNIZED_ERRORLEVEL = 9009
type CommandNode = Extract<Node, { kind: 'command' }>

/**
 * A built-in command of the shell.
 * @param tail what follows the command's name, as written
 * @returns its ERRORLEVEL; undefined leaves it unchanged
 */
export type Builtin = (shell: Shell, tail: string, streams: Streams) => Promise<number | undefined>

/** `exit`, and `exit /b` or the end of a batch file. */
export class Exit extends Error {
  override name = 'Exit'
  readonly code: number
  readonly batchOnly: boolean
  constructor(code: number, batchOnly: boolean) {
    super('exit')
    this.code = code
    this.batchOnly = batchOnly
  }
}

/** `goto`. */
export class Goto extends Error {
  override name = 'Goto'
  readonly label: string
  constructor(label: string) {
    super('goto')
    this.label = label
  }
}

/** A running command shell, with the state that it keeps from line to line. */
export class Shell {
  readonly run: Run
  private readonly builtins: ReadonlyMap<string, Builtin>
  errorlevel = 0
  echo = true
  /** Arguments of the running batch file, with its own name first. */
  args: string[] | undefined
  readonly pushed: string[] = []
  /** Variables of the running loops, by letter. */
  private readonly loops = new Map<string, string>()

  /** @param builtins by name, in lower case */
  constructor(run: Run, builtins: ReadonlyMap<string, Builtin>) {
    this.run = run
    this.builtins = builtins
  }

  /** Runs one line. @returns its ERRORLEVEL @throws Exit, Goto */
  async line(text: string, streams: Streams = this.run.streams): Promise<number> {
    try {
      const node = parse(expand(text, { get: name => this.variable(name), ...(this.args === undefined ? {} : { args: this.args }) }))
      if (node !== undefined) await this.execute(node, streams)
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error
      this.writer(streams).complain(`${error.message}\n`)
      this.errorlevel = 255
    }
    return this.errorlevel
  }

  /** Writes to one of a command's streams. */
  writer(streams: Streams): TextWriter {
    return new TextWriter(streams)
  }

  /** @returns the exit code of the last command, which decides `&&` and `||`: not all commands leave it in ERRORLEVEL */
  private async execute(node: Node, streams: Streams): Promise<number> {
    switch (node.kind) {
      case 'then':
        await this.execute(node.left, streams)
        return this.execute(node.right, streams)
      case 'and':
      case 'or': {
        const code = await this.execute(node.left, streams)
        return (code === 0) === (node.kind === 'and') ? this.execute(node.right, streams) : code
      }
      case 'pipe':
        return this.pipe(node.left, node.right, streams)
      case 'group':
        return this.redirected(node.redirects, streams, inner => this.execute(node.body, inner))
      case 'if': {
        const branch = (await this.holds(node.condition)) !== node.negated ? node.yes : node.no
        return branch === undefined ? 0 : this.execute(branch, streams)
      }
      case 'for':
        return this.loop(node, streams)
      case 'command':
        return this.redirected(node.redirects, streams, inner => this.command(node, inner))
    }
  }

  private async redirected(redirects: Redirect[], streams: Streams, body: (streams: Streams) => Promise<number>): Promise<number> {
    const code = await redirected(
      this.run,
      redirects.map(one => ({ ...one, target: this.inLoops(one.target) })),
      streams,
      body,
    )
    if (code === undefined) this.errorlevel = 1
    return code ?? 1
  }

  /** Runs a pipe. Both sides run in their own shells: their changes to directory and variables are lost. */
  private async pipe(left: Node, right: Node, streams: Streams): Promise<number> {
    const { directory, environment } = this.run
    const separate = async (node: Node, through: Streams) => {
      this.run.environment = environment.copy()
      const code = await this.execute(node, through)
      this.run.directory = directory
      this.run.environment = environment
      return code
    }
    const { content, ...between } = this.writer(streams).pipe(this.run.machine.blobs)
    await separate(left, { ...streams, ...between })
    return separate(right, { ...streams, stdin: await content() })
  }

  private async loop({ variable, counting, set, body }: Extract<Node, { kind: 'for' }>, streams: Streams): Promise<number> {
    let code = 0
    const before = this.loops.get(variable)
    for (const item of await loopItems(this.run, this.inLoops(set), counting)) {
      this.loops.set(variable, item)
      code = await this.execute(body, streams)
    }
    if (before === undefined) this.loops.delete(variable)
    else this.loops.set(variable, before)
    return code
  }

  private async command(node: CommandNode, streams: Streams): Promise<number> {
    const text = this.inLoops(node.text)
    const match = /^([a-z?]+)(?=$|[\s/\\:;,=+"([.])/i.exec(text)
    const name = match?.[1]?.toLowerCase() ?? ''
    const builtin = this.builtins.get(name)
    const tail = text.slice(name.length)
    if (builtin !== undefined && (!tail.startsWith('.') || name === 'echo' || name === 'cd')) {
      return this.builtin(builtin, tail, streams)
    }
    return text.trim() === '' ? 0 : this.external(text, streams)
  }

  private async builtin(builtin: Builtin, tail: string, streams: Streams): Promise<number> {
    try {
      const code = await builtin(this, tail, streams)
      if (code !== undefined) this.errorlevel = code
      return code ?? 0
    } catch (error) {
      if (!isWin32(error)) throw error
      this.writer(streams).complain(`${error.message}\n`)
      return (this.errorlevel = 1)
    }
  }

  /** Runs a program or a batch file. */
  private async external(text: string, streams: Streams): Promise<number> {
    try {
      return (this.errorlevel = await this.run.spawn(text, streams, true))
    } catch (error) {
      if (!isWin32(error)) throw error
      const name = /^\s*("[^"]*"|\S+)/.exec(text)?.[1] ?? text
      const unknown = isWin32(error, 'FILE_NOT_FOUND')
      this.writer(streams).complain(
        unknown
          ? `'${name}' is not recognized as an internal or external command,\noperable program or batch file.\n`
          : `${error.message}\n`,
      )
      return (this.errorlevel = unknown ? NOT_RECOGNIZED_ERRORLEVEL : 1)
    }
  }

  private async holds(condition: Condition): Promise<boolean> {
    if (condition.kind === 'compare') return compare(condition, text => this.inLoops(text))
    const operand = this.inLoops(condition.operand).replaceAll('"', '')
    if (condition.kind === 'defined') return this.variable(operand) !== undefined
    if (condition.kind === 'errorlevel') return this.errorlevel >= Number(operand)
    const items = await loopItems(this.run, `"${operand}"`, false)
    return this.run.machine.look(({ files }) => items.some(item => files.tryFind(item, this.run.directory) !== undefined))
  }

  private variable(name: string): string | undefined {
    const now = new Date(this.run.pace.now())
    switch (name.toUpperCase()) {
      case 'CD':
        return this.run.directory
      case 'ERRORLEVEL':
        return String(this.errorlevel)
      case 'RANDOM':
        return String(this.run.machine.random.below(32_768))
      case 'DATE':
        return `${now.toUTCString().slice(0, 3)} ${now.toISOString().slice(5, 10).replace('-', '/')}/${now.getUTCFullYear()}`
      case 'TIME':
        return now.toISOString().slice(11, 22)
      default:
        return this.run.environment.get(name)
    }
  }

  private inLoops(text: string): string {
    return this.loops.size === 0
      ? text
      : text.replace(/%+(~)?([a-z])/gi, (all, bare: string | undefined, letter: string) => {
          const value = this.loops.get(letter)
          return value === undefined ? all : bare === undefined ? value : value.replaceAll('"', '')
        })
  }
}

function compare(
  { left, operator, right, ignoreCase }: Extract<Condition, { kind: 'compare' }>,
  inLoops: (text: string) => string,
): boolean {
  const fold = (text: string) => (ignoreCase ? inLoops(text).toLowerCase() : inLoops(text))
  const [a, b] = [fold(left), fold(right)]
  if (operator === '==') return a === b
  const numbers = [a, b].every(text => /^[+-]?\d+$/.test(text))
  const order = numbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
  return { equ: order === 0, neq: order !== 0, lss: order < 0, leq: order <= 0, gtr: order > 0, geq: order >= 0 }[operator] ?? false
}
