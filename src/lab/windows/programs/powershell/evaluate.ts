import type { Context } from './context.ts'
import { invalid } from './errors.ts'
import { invoke, member } from './members.ts'
import { castTo, operate, regexOf } from './operators.ts'
import { callStatic, staticMember } from './statics.ts'
import type { Node } from './syntax.ts'
import { HASHTABLE, listOf, numberOf, object, PsObject, ScriptBlock, single, text, truthy, type Value } from './values.ts'

/** Returns the value of an expression. @throws PsError */
export async function evaluate(context: Context, node: Node): Promise<Value> {
  const value = (one: Node) => evaluate(context, one)
  switch (node.kind) {
    case 'value':
      return node.value
    case 'text':
      return interpolate(context, node.parts)
    case 'variable':
      return context.variable(node.name)
    case 'member':
      return node.fixed
        ? staticMember(context, typeOf(node.of), text(await value(node.name)))
        : member(await value(node.of), text(await value(node.name)))
    case 'call':
      return call(context, node)
    case 'index':
      return indexed(await value(node.of), await value(node.at))
    case 'list':
      return all(context, node.items)
    case 'hash':
      return hash(context, node)
    case 'block':
      return new ScriptBlock(node.body, node.parameters)
    case 'script': {
      const values = await context.statements(node.body)
      return node.list ? values : single(values)
    }
    case 'type':
      return object('System.RuntimeType', { Name: node.name, FullName: node.name }, node.name)
    case 'cast':
      return castTo(node.type, await value(node.of))
    case 'unary':
      return unary(node.operator, await value(node.of))
    case 'binary':
      return binary(context, node)
  }
}

/** Assigns a value to `$x`, `$env:X`, `$x.Y` or `$x[0]`. */
export async function assign(context: Context, target: Node, operator: string, value: Value): Promise<void> {
  if (target.kind === 'cast') return assign(context, target.of, operator, castTo(target.type, value))
  const result = operator === '=' ? value : operate(operator.slice(0, -1), await evaluate(context, target), value)
  if (target.kind === 'variable') return context.set(target.name, result)
  if (target.kind !== 'member' && target.kind !== 'index')
    throw invalid(
      'The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments.',
    )
  const holder = await evaluate(context, target.of)
  const key = await evaluate(context, target.kind === 'member' ? target.name : target.at)
  if (holder instanceof PsObject) holder.set(text(key), result)
  else if (Array.isArray(holder) && numberOf(key) < holder.length) holder[numberOf(key)] = result
  else
    throw invalid(
      `The property '${text(key)}' cannot be found on this object. Verify that the property exists and can be set.`,
      'PropertyNotFound',
    )
}

async function all(context: Context, nodes: readonly Node[]): Promise<Value[]> {
  const values: Value[] = []
  for (const node of nodes) values.push(await evaluate(context, node))
  return values
}

async function interpolate(context: Context, parts: readonly (string | Node)[]): Promise<string> {
  let expanded = ''
  for (const part of parts) expanded += typeof part === 'string' ? part : text(await evaluate(context, part))
  return expanded
}

async function hash(context: Context, { entries }: Extract<Node, { kind: 'hash' }>): Promise<Value> {
  const made = new PsObject(HASHTABLE)
  for (const [name, value] of entries) made.set(text(await evaluate(context, name)), single(await context.statements([value])))
  return made
}

async function call(context: Context, { of, name, args, fixed }: Extract<Node, { kind: 'call' }>): Promise<Value> {
  const called = text(await evaluate(context, name))
  if (fixed) return callStatic(context, typeOf(of), called, await all(context, args))
  const on = await evaluate(context, of)
  if (on instanceof ScriptBlock && /^invoke/i.test(called)) return single(await context.call(on, { args: await all(context, args) }))
  return invoke(on, called, await all(context, args))
}

function typeOf(node: Node): string {
  if (node.kind !== 'type') throw invalid('Only a type has static members.')
  return node.name.toLowerCase().replace(/^system\./, '')
}

function indexed(of: Value, at: Value): Value {
  if (Array.isArray(at)) return at.map(one => indexed(of, one))
  if (of instanceof PsObject) return of.get(text(at)) ?? null
  const items: readonly Value[] = typeof of === 'string' ? [...of] : listOf(of)
  return items.at(numberOf(at)) ?? null
}

function unary(operator: string, value: Value): Value {
  if (operator === '!' || operator === 'not') return !truthy(value)
  if (operator === '-') return -numberOf(value)
  return operator === 'join' ? listOf(value).map(text).join('') : listOf(value).flatMap(one => text(one).trim().split(/\s+/))
}

async function binary(context: Context, { operator, left, right }: Extract<Node, { kind: 'binary' }>): Promise<Value> {
  const first = await evaluate(context, left)
  if (operator === 'and') return truthy(first) && truthy(await evaluate(context, right))
  if (operator === 'or') return truthy(first) || truthy(await evaluate(context, right))
  const second = await evaluate(context, right)
  if (operator === 'xor') return truthy(first) !== truthy(second)
  if (/^[ci]?match$/.test(operator) && !Array.isArray(first))
    remember(context, regexOf(text(second), operator === 'cmatch' ? '' : 'i').exec(text(first)))
  return operate(operator, first, second)
}

/** Sets `$Matches`: what the last `-match` found. */
function remember(context: Context, found: RegExpExecArray | null): void {
  if (found !== null)
    context.set(
      'matches',
      new PsObject(HASHTABLE, [...found.map((part, at) => [String(at), part ?? null] as const), ...Object.entries(found.groups ?? {})]),
    )
}
