import type { Run } from '../../processes/run.ts'
import { isWin32 } from '../../win32.ts'
import { bind, type Cmdlet, type Given } from './cmdlet.ts'
import { Flow, type Context } from './context.ts'
import { errorText, invalid, PsError } from './errors.ts'
import { assign, evaluate } from './evaluate.ts'
import { formatAll } from './format.ts'
import { runProgram } from './native.ts'
import { parseScript } from './parser.ts'
import type { Argument, Element, Redirection, Statement } from './syntax.ts'
import { encodeLines, readText, writeBytes } from './text-files.ts'
import { listOf, object, ScriptBlock, single, text, truthy, type Value } from './values.ts'
import { Variables } from './variables.ts'

/** The deepest nesting of function calls; the same limit as in Windows PowerShell. */
const DEEPEST = 1000

/** How many iterations of a loop count as one millisecond. */
const TURNS_A_MOMENT = 100

/** Runs a script. */
export class Shell implements Context {
  readonly run: Run
  ok = true
  /** Whether something failed in the running pipeline. */
  private failed = false
  private readonly cmdlets: ReadonlyMap<string, Cmdlet>
  private readonly variables: Variables
  private readonly functions = new Map<string, ScriptBlock>()

  /** @param cmdlets by name and alias, in lower case */
  constructor(run: Run, cmdlets: ReadonlyMap<string, Cmdlet>) {
    this.run = run
    this.cmdlets = cmdlets
    this.variables = new Variables(run)
  }

  /**
   * Runs the statements of a script one after the other, and prints the output of each.
   * @returns the exit code given to `exit`, if any
   */
  async script(body: readonly Statement[]): Promise<number | undefined> {
    for (const statement of body) {
      try {
        this.show(await this.statement(statement, true))
      } catch (error) {
        if (error instanceof Flow) {
          this.show(error.word === 'exit' ? error.values.slice(1) : error.values)
          return error.word === 'exit' ? Number(error.values[0]) : undefined
        }
        const psError = asPsError(error)
        this.ok = false
        this.run.complain(errorText(psError, commandOf(statement), sourceOf(statement)))
        if (psError.facts.fatal) return 1
      }
    }
    return undefined
  }

  async statements(body: readonly Statement[]): Promise<Value[]> {
    const all: Value[] = []
    for (const statement of body) await this.gather(all, () => this.statement(statement))
    return all
  }

  async call(block: ScriptBlock, variables: Record<string, Value>): Promise<Value[]> {
    if (this.variables.depth > DEEPEST) throw invalid('The script failed due to call depth overflow.', 'CallDepthOverflow')
    return this.variables.within(variables, () => returned(() => this.statements(block.body)))
  }

  variable(name: string): Value {
    return name === '?' ? this.ok : this.variables.get(name)
  }

  set(name: string, value: Value): void {
    this.variables.set(name, value)
  }

  reportError(error: PsError, command: string, action = text(this.variable('erroractionpreference'))): void {
    this.failed = true
    const wanted = action.toLowerCase()
    if (wanted === 'stop') throw new PsError(error.message, { ...error.facts, fatal: true })
    if (!['silentlycontinue', 'ignore', '0'].includes(wanted)) this.run.complain(errorText(error, command, command))
  }

  private show(values: readonly Value[]): void {
    this.run.print(formatAll(values))
  }

  /** Collects the output of a block, even when it is left by `return` or the like. */
  private async gather(all: Value[], work: () => Promise<Value[]>): Promise<void> {
    try {
      for (const value of await work()) all.push(value)
    } catch (error) {
      if (error instanceof Flow) {
        // The first value of `exit` is its code.
        const [own, rest] = error.word === 'exit' ? [error.values.slice(0, 1), error.values.slice(1)] : [[], error.values]
        throw new Flow(error.word, [...own, ...all, ...rest])
      }
      throw error
    }
  }

  /** @param top whether a program may write directly to the shell's own output */
  private async statement(statement: Statement, top = false): Promise<Value[]> {
    switch (statement.kind) {
      case 'pipeline':
        return this.pipeline(statement.elements, top)
      case 'assign':
        return assign(this, statement.target, statement.operator, single(await this.statement(statement.value))).then(() => [])
      case 'if':
        return this.choice(statement)
      case 'foreach':
        return this.loop(listOf(single(await this.statement(statement.list))), statement.name.toLowerCase(), statement.body)
      case 'while':
        return this.whileLoop(statement.test, statement.body)
      case 'for': {
        await this.statement(statement.first)
        return this.whileLoop(statement.test, statement.body, statement.step)
      }
      case 'try':
        return this.attempt(statement)
      case 'function':
        return (this.functions.set(statement.name.toLowerCase(), new ScriptBlock(statement.body, statement.parameters)), [])
      case 'flow':
        return this.leave(statement)
    }
  }

  private async leave({ word, value }: Extract<Statement, { kind: 'flow' }>): Promise<Value[]> {
    const values = value === undefined ? [] : await this.statement(value)
    if (word !== 'throw') throw new Flow(word, values)
    const thrown = text(single(values)) || 'ScriptHalted'
    throw new PsError(thrown, {
      category: 'OperationStopped',
      target: `${thrown}:String`,
      exception: 'RuntimeException',
      id: thrown,
      fatal: true,
    })
  }

  private async choice({ branches, otherwise }: Extract<Statement, { kind: 'if' }>): Promise<Value[]> {
    for (const { test, body } of branches) if (truthy(single(await this.statement(test)))) return this.statements(body)
    return this.statements(otherwise)
  }

  private async loop(list: readonly Value[], name: string, body: readonly Statement[]): Promise<Value[]> {
    const all: Value[] = []
    for (const one of list) {
      this.set(name, one)
      if (await this.iterate(body, all)) break
    }
    return all
  }

  /** Waits from time to time, so that an endless loop can be killed. */
  private async whileLoop(test: Statement, body: readonly Statement[], step?: Statement): Promise<Value[]> {
    const all: Value[] = []
    for (let turns = 1; truthy(single(await this.statement(test))) && !(await this.iterate(body, all)); turns++) {
      if (step !== undefined) await this.statement(step)
      if (turns % TURNS_A_MOMENT === 0) await this.run.sleep(1)
    }
    return all
  }

  /** Runs one iteration of a loop. @returns whether it was the last */
  private async iterate(body: readonly Statement[], all: Value[]): Promise<boolean> {
    try {
      for (const value of await this.statements(body)) all.push(value)
      return false
    } catch (error) {
      if (!(error instanceof Flow) || (error.word !== 'break' && error.word !== 'continue')) throw error
      for (const value of error.values) all.push(value)
      return error.word === 'break'
    }
  }

  private async attempt({ body, caught, last }: Extract<Statement, { kind: 'try' }>): Promise<Value[]> {
    try {
      return await this.statements(body)
    } catch (error) {
      if (error instanceof Flow || caught === undefined) throw error
      const { message, facts } = asPsError(error)
      this.ok = true
      const exception = object(`System.Management.Automation.${facts.exception}`, { Message: message }, message)
      return await this.call(new ScriptBlock(caught), {
        _: object('System.Management.Automation.ErrorRecord', { Exception: exception, FullyQualifiedErrorId: facts.id }, message),
      })
    } finally {
      this.show(await this.statements(last))
    }
  }

  private async pipeline(elements: readonly Element[], top: boolean): Promise<Value[]> {
    const before = this.failed
    this.failed = false
    let values: Value[] | undefined
    for (const element of elements)
      values = await this.redirect(element.redirections, await this.element(element, values, top && elements.length === 1))
    this.ok = !this.failed
    this.failed ||= before
    return values ?? []
  }

  private async element(element: Element, input: Value[] | undefined, alone: boolean): Promise<Value[]> {
    if (element.kind === 'expression') return listOf(await evaluate(this, element.node))
    const name = await evaluate(this, element.name)
    const given: Given[] = []
    for (const arg of element.args) given.push(await this.given(arg))
    if (name instanceof ScriptBlock) return this.invoke(name, given, input)
    const known = this.functions.get(text(name).toLowerCase()) ?? this.cmdlets.get(text(name).toLowerCase())
    if (known instanceof ScriptBlock) return this.invoke(known, given, input)
    if (known !== undefined) {
      if (element.redirections.some(({ from }) => from === '2' || from === '*'))
        given.push({ parameter: 'ErrorAction', value: 'SilentlyContinue' })
      return (await known.run(bind(this, known, given, input ?? []))) ?? []
    }
    if (/\.ps1$/i.test(text(name))) return this.invoke(parseScript(await readText(this.run, text(name))), given, input)
    return this.program([text(name), ...given.flatMap(wordsOf)], input, element.redirections, alone)
  }

  private async given(arg: Argument): Promise<Given> {
    if (!('parameter' in arg)) return { value: await evaluate(this, arg.value) }
    return { parameter: arg.parameter, value: arg.value === undefined ? undefined : await evaluate(this, arg.value) }
  }

  private invoke(block: ScriptBlock, given: readonly Given[], input: Value[] = []): Promise<Value[]> {
    return this.call(block, { ...bindVariables(block.parameters, given), input })
  }

  private async program(
    words: readonly string[],
    input: Value[] | undefined,
    redirections: readonly Redirection[],
    alone: boolean,
  ): Promise<Value[]> {
    const to = redirections.find(({ from }) => from === '2' || from === '*')?.to
    const errors = to === undefined ? 'shown' : to.kind === 'value' && to.value === '&1' ? 'merged' : 'dropped'
    const { code, lines } = await runProgram(this.run, words, input, { direct: alone && redirections.length === 0, errors })
    this.set('global:lastexitcode', code)
    this.failed ||= code !== 0
    return lines
  }

  /** `>` and `>>`: writes the output as it would be shown, in UTF-16 as Windows PowerShell does. */
  private async redirect(redirections: readonly Redirection[], values: Value[]): Promise<Value[]> {
    const out = redirections.find(({ from }) => from === '1' || from === '*')
    if (out === undefined) return values
    const target = text(await evaluate(this, out.to))
    if (target !== '') await writeBytes(this.run, target, encodeLines(formatAll(values), 'unicode', !out.append), out.append)
    return []
  }
}

/** Binds the parameters of a function or block by name, then by position; the rest is `$args`. */
export function bindVariables(parameters: readonly string[], given: readonly Given[]): Record<string, Value> {
  const variables: Record<string, Value> = {}
  const loose: Value[] = []
  let name: string | undefined
  for (const one of given) {
    if ('parameter' in one) {
      name = one.value === undefined ? one.parameter.toLowerCase() : undefined
      variables[one.parameter.toLowerCase()] = one.value ?? true
    } else if (name === undefined) {
      loose.push(one.value)
    } else {
      variables[name] = one.value
      name = undefined
    }
  }
  for (const parameter of parameters) if (!(parameter in variables)) variables[parameter] = loose.shift() ?? null
  return { ...variables, args: loose }
}

async function returned(work: () => Promise<Value[]>): Promise<Value[]> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Flow && error.word === 'return') return error.values
    throw error
  }
}

/** Turns errors of the endpoint and of conversions into PowerShell's errors. Throws errors that aren't the script's. */
function asPsError(error: unknown): PsError {
  if (error instanceof PsError) return error
  if (isWin32(error)) return new PsError(error.message, { category: 'WriteError', exception: 'IOException', id: 'System.IO.IOException' })
  throw error
}

function wordsOf(one: Given): string[] {
  if (!('parameter' in one)) return listOf(one.value).map(text)
  return [`-${one.parameter}${one.value === undefined ? '' : `:${text(one.value)}`}`]
}

function commandOf(statement: Statement): string {
  if (statement.kind === 'assign') return commandOf(statement.value)
  const [element] = statement.kind === 'pipeline' ? statement.elements : []
  return element?.kind === 'command' && element.name.kind === 'value' ? String(element.name.value) : ''
}

function sourceOf(statement: Statement): string {
  return statement.kind === 'pipeline' ? statement.source : statement.kind === 'assign' ? sourceOf(statement.value) : statement.kind
}
