import type { Context } from './context.ts'
import { PsError } from './errors.ts'
import { listOf, numberOf, PsObject, text, truthy, type Value } from './values.ts'

/** A given parameter, or a value without a name. */
export type Given = { parameter: string; value: Value | undefined } | { value: Value }

/** A built-in command of PowerShell. */
export interface Cmdlet {
  /** In PowerShell's spelling. */
  name: string
  /** Its parameters: `*` takes values without a name, `?` takes no value; `|` separates aliases. */
  parameters: string
  run(call: Call): Promise<Value[] | void> | Value[]
}

interface Parameter {
  name: string
  names: string[]
  positional: boolean
  flag: boolean
}

/** The parameters of all cmdlets. */
const COMMON = 'ErrorAction|EA WarningAction|WA ErrorVariable|EV OutVariable InformationAction Verbose? Debug? WhatIf? Confirm?'

function parametersOf(notation: string): Parameter[] {
  return `${notation} ${COMMON}`
    .trim()
    .split(/\s+/)
    .map(word => {
      const names = word.replace(/[*?]/g, '').split('|')
      return {
        name: (names[0] ?? '').toLowerCase(),
        names: names.map(name => name.toLowerCase()),
        positional: word.includes('*'),
        flag: word.includes('?'),
      }
    })
}

/** A call of a cmdlet: its arguments, and its input from the pipeline. */
export class Call {
  readonly shell: Context
  readonly name: string
  readonly input: readonly Value[]
  private readonly bound: ReadonlyMap<string, Value>

  constructor(shell: Context, name: string, input: readonly Value[], bound: ReadonlyMap<string, Value>) {
    this.shell = shell
    this.name = name
    this.input = input
    this.bound = bound
  }

  get(parameter: string): Value | undefined {
    return this.bound.get(parameter.toLowerCase())
  }

  /** Returns a parameter as one text; undefined when it wasn't given. */
  text(parameter: string): string | undefined {
    const value = this.get(parameter)
    return value === undefined ? undefined : text(value)
  }

  texts(parameter: string): string[] {
    return listOf(this.get(parameter)).map(text)
  }

  /** @throws PsError when it isn't a number */
  number(parameter: string): number | undefined {
    const value = this.get(parameter)
    if (value === undefined) return undefined
    const number = numberOf(value)
    if (Number.isNaN(number)) throw wrongArgument(parameter, `Cannot convert value "${text(value)}" to type "System.Int32".`)
    return number
  }

  flag(parameter: string): boolean {
    return truthy(this.get(parameter))
  }

  /** Returns the values of a parameter, or else those of a property of the pipeline's input. */
  named(parameter: string, property: string): string[] {
    if (this.get(parameter) !== undefined) return this.texts(parameter)
    return this.input.map(one => text(one instanceof PsObject ? (one.get(property) ?? one.get('Name') ?? one) : one))
  }

  /** Reports an error that ends the cmdlet only if that was requested. */
  fail(error: PsError): void {
    this.shell.reportError(error, this.name, this.text('ErrorAction'))
  }
}

/** @throws PsError when a parameter is unknown, or there are too many values */
export function bind(shell: Context, cmdlet: Cmdlet, given: readonly Given[], input: readonly Value[]): Call {
  const known = parametersOf(cmdlet.parameters)
  const bound = new Map<string, Value>()
  const loose: Value[] = []
  for (let at = 0; at < given.length; at++) {
    const one = given[at]
    if (one === undefined) break
    if (!('parameter' in one)) {
      loose.push(one.value)
      continue
    }
    const parameter = find(known, one.parameter)
    if (parameter.flag) bound.set(parameter.name, one.value ?? true)
    else if (one.value !== undefined) bound.set(parameter.name, one.value)
    else {
      const next = given[++at]
      if (next === undefined || 'parameter' in next)
        throw wrongArgument(
          one.parameter,
          `Missing an argument for parameter '${one.parameter}'. Specify a parameter and try again.`,
          'MissingArgument',
        )
      bound.set(parameter.name, next.value)
    }
  }
  const open = known.filter(({ positional, name }) => positional && !bound.has(name))
  const last = open[open.length - 1]
  loose.forEach((value, at) => {
    const parameter = open[at]
    if (parameter !== undefined) bound.set(parameter.name, value)
    else if (cmdlet.name.startsWith('Write-') && last !== undefined)
      bound.set(last.name, [...listOf(bound.get(last.name)), ...listOf(value)])
    else
      throw wrongArgument(
        '',
        `A positional parameter cannot be found that accepts argument '${text(value)}'.`,
        'PositionalParameterNotFound',
      )
  })
  return new Call(shell, cmdlet.name, input, bound)
}

/** Finds a parameter by its full name, or by an unambiguous prefix. */
function find(known: readonly Parameter[], name: string): Parameter {
  const wanted = name.toLowerCase()
  const exact = known.find(({ names }) => names.includes(wanted))
  const begun = known.filter(({ names }) => names.some(one => one.startsWith(wanted)))
  const [only] = begun
  if (exact !== undefined) return exact
  if (only === undefined)
    throw wrongArgument(name, `A parameter cannot be found that matches parameter name '${name}'.`, 'NamedParameterNotFound')
  if (begun.length > 1)
    throw wrongArgument(name, `Parameter cannot be processed because the parameter name '${name}' is ambiguous.`, 'AmbiguousParameter')
  return only
}

export function wrongArgument(parameter: string, message: string, id = 'CannotConvertArgument'): PsError {
  return new PsError(message, { category: 'InvalidArgument', target: `${parameter}:`, exception: 'ParameterBindingException', id })
}
