import { wrongArgument, type Call, type Cmdlet } from '../cmdlet.ts'
import { Flow } from '../context.ts'
import { invoke, member } from '../members.ts'
import { likePattern, operate } from '../operators.ts'
import { compare, CUSTOM, listOf, numberOf, object, PsObject, same, ScriptBlock, single, text, truthy, type Value } from '../values.ts'

/** A property, given by name, or computed by a block or table. */
interface Property {
  name: string
  of(item: Value): Promise<Value>
}

function propertyOf(call: Call, given: Value): Property {
  if (given instanceof ScriptBlock) return { name: '', of: async item => single(await call.shell.call(given, { _: item, psitem: item })) }
  if (given instanceof PsObject) {
    const expression = given.get('Expression') ?? given.get('e') ?? null
    const made = propertyOf(call, expression)
    return { name: text(given.get('Name') ?? given.get('n') ?? given.get('Label') ?? given.get('l') ?? made.name), of: made.of }
  }
  return { name: text(given), of: async item => member(item, text(given)) }
}

/** Returns the named properties; a pattern such as `Process*` stands for the matching properties of the first item. */
export function propertiesOf(call: Call, parameter = 'Property'): Property[] {
  return listOf(call.get(parameter)).flatMap(given => {
    if (typeof given !== 'string' || !/[*?]/.test(given)) return [propertyOf(call, given)]
    const [first] = call.input
    const pattern = likePattern(given)
    return first instanceof PsObject ? first.names.filter(name => pattern.test(name)).map(name => propertyOf(call, name)) : []
  })
}

const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'notlike', 'match', 'notmatch', 'contains', 'notcontains', 'in', 'notin']

const whereObject: Cmdlet = {
  name: 'Where-Object',
  parameters: `FilterScript|Property* Value* ${OPERATORS.map(name => `${name}|i${name}|c${name}?`).join(' ')} Not?`,
  async run(call) {
    const wanted = call.get('FilterScript')
    const operator = OPERATORS.find(name => call.flag(name))
    const test =
      wanted instanceof ScriptBlock
        ? async (item: Value) => truthy(single(await call.shell.call(wanted, { _: item, psitem: item })))
        : async (item: Value) =>
            truthy(
              operator === undefined
                ? member(item, text(wanted))
                : operate(operator, member(item, text(wanted)), call.get('Value') ?? null),
            ) !== call.flag('Not')
    const found: Value[] = []
    for (const item of call.input) if (await test(item)) found.push(item)
    return found
  },
}

const forEachObject: Cmdlet = {
  name: 'ForEach-Object',
  parameters: 'Process|MemberName* ArgumentList* Begin End',
  async run(call) {
    const [process, begin, end] = [call.get('Process'), call.get('Begin'), call.get('End')]
    const all: Value[] = begin instanceof ScriptBlock ? await call.shell.call(begin, {}) : []
    for (const item of call.input) {
      try {
        const values =
          process instanceof ScriptBlock
            ? await call.shell.call(process, { _: item, psitem: item })
            : listOf(memberOrMethod(item, text(process)))
        for (const value of values) all.push(value)
      } catch (error) {
        if (!(error instanceof Flow) || error.word === 'exit') throw error
        for (const value of error.values) all.push(value)
        if (error.word === 'break') break
      }
    }
    return end instanceof ScriptBlock ? [...all, ...(await call.shell.call(end, {}))] : all
  },
}

function memberOrMethod(item: Value, name: string): Value {
  const found = member(item, name)
  return found === null && typeof item === 'string' ? invoke(item, name, []) : found
}

const selectObject: Cmdlet = {
  name: 'Select-Object',
  parameters: 'Property* ExcludeProperty ExpandProperty First Last Skip SkipLast Index Unique? Wait?',
  async run(call) {
    const selected = slice(call)
    const expanded = call.text('ExpandProperty')
    if (expanded !== undefined)
      return unique(
        call,
        selected.flatMap(item => listOf(member(item, expanded))),
      )
    const properties = propertiesOf(call)
    if (properties.length === 0) return unique(call, selected)
    const excluded = new Set(call.texts('ExcludeProperty').map(name => name.toLowerCase()))
    const made: Value[] = []
    for (const item of selected) {
      const one = new PsObject(CUSTOM)
      for (const { name, of } of properties) if (!excluded.has(name.toLowerCase())) one.set(name, await of(item))
      made.push(one)
    }
    return unique(call, made)
  },
}

function slice(call: Call): readonly Value[] {
  const { input } = call
  const [skip = 0, first, last, index] = [call.number('Skip'), call.number('First'), call.number('Last'), call.get('Index')]
  if (index !== undefined)
    return listOf(index)
      .map(at => input[numberOf(at)])
      .filter(item => item !== undefined)
  const rest = last === undefined ? input.slice(skip) : input.slice(0, input.length - skip)
  return last === undefined ? rest.slice(0, first) : last === 0 ? [] : rest.slice(-last)
}

function unique(call: Call, values: readonly Value[]): Value[] {
  return call.flag('Unique') ? distinct(values, value => [value]) : [...values]
}

/** Returns the values that differ from all earlier ones. @param keys returns the parts of a value to compare */
function distinct(values: readonly Value[], keys: (value: Value) => readonly Value[]): Value[] {
  const seen = new Set<string>()
  return values.filter(value => {
    const key = JSON.stringify(keys(value).map(one => (one instanceof PsObject ? one.values.map(text) : text(one))))
    return !seen.has(key) && seen.add(key)
  })
}

const sortObject: Cmdlet = {
  name: 'Sort-Object',
  parameters: 'Property* Descending? Unique? CaseSensitive? Top',
  async run(call) {
    const properties = propertiesOf(call)
    const keyed: { item: Value; keys: Value[] }[] = []
    for (const item of call.input)
      keyed.push({ item, keys: properties.length === 0 ? [item] : await Promise.all(properties.map(({ of }) => of(item))) })
    const sign = call.flag('Descending') ? -1 : 1
    const signs = listOf(call.get('Property')).map(one => (one instanceof PsObject && truthy(one.get('Descending')) ? -1 : sign))
    keyed.sort((a, b) =>
      a.keys.reduce<number>((found, key, at) => (found !== 0 ? found : (signs[at] ?? sign) * compare(key, b.keys[at] ?? null)), 0),
    )
    const results = call.flag('Unique')
      ? keyed.filter(({ keys }, at) => at === 0 || !keys.every((key, i) => same(key, keyed[at - 1]?.keys[i] ?? null)))
      : keyed
    return results.map(({ item }) => item)
  },
}

const groupObject: Cmdlet = {
  name: 'Group-Object',
  parameters: 'Property* NoElement? AsHashTable? AsString? CaseSensitive?',
  async run(call) {
    const properties = propertiesOf(call)
    const groups = new Map<string, { name: string; items: Value[] }>()
    for (const item of call.input) {
      const name = properties.length === 0 ? text(item) : (await Promise.all(properties.map(({ of }) => of(item)))).map(text).join(', ')
      const group = groups.get(name.toLowerCase()) ?? { name, items: [] }
      group.items.push(item)
      groups.set(name.toLowerCase(), group)
    }
    if (call.flag('AsHashTable'))
      return [
        new PsObject(
          'System.Collections.Hashtable',
          [...groups.values()].map(({ name, items }) => [name, single(items)]),
        ),
      ]
    return [...groups.values()].map(({ name, items }) =>
      object('Microsoft.PowerShell.Commands.GroupInfo', {
        Count: items.length,
        Name: name,
        ...(call.flag('NoElement') ? {} : { Group: items }),
      }),
    )
  },
}

const measureObject: Cmdlet = {
  name: 'Measure-Object',
  parameters: 'Property* Sum? Average? Maximum? Minimum? Line? Word? Character?',
  run(call) {
    const name = call.text('Property')
    const values = call.input.map(item => (name === undefined ? item : member(item, name))).filter(value => value !== null)
    if (call.flag('Line')) return [object('Microsoft.PowerShell.Commands.TextMeasureInfo', { Lines: values.length })]
    const numbers = ['Sum', 'Average', 'Maximum', 'Minimum'].some(one => call.flag(one)) ? values.map(numberOf) : []
    if (numbers.some(Number.isNaN)) throw wrongArgument('Property', 'Input object is not numeric.', 'NonNumericInputObject')
    const sum = numbers.reduce((total, one) => total + one, 0)
    const extreme = (better: (a: number, b: number) => number) =>
      numbers.length === 0 ? null : numbers.reduce((best, one) => better(best, one))
    return [
      object('Microsoft.PowerShell.Commands.GenericMeasureInfo', {
        Count: values.length,
        Average: call.flag('Average') && numbers.length > 0 ? sum / numbers.length : null,
        Sum: call.flag('Sum') ? sum : null,
        Maximum: call.flag('Maximum') ? extreme(Math.max) : null,
        Minimum: call.flag('Minimum') ? extreme(Math.min) : null,
        Property: name ?? null,
      }),
    ]
  },
}

const selectString: Cmdlet = {
  name: 'Select-String',
  parameters: 'Pattern* Path|LiteralPath* SimpleMatch? CaseSensitive? AllMatches? Quiet? NotMatch? List? Context Encoding Include Exclude',
  async run(call) {
    const { linesOf, readText } = await import('../text-files.ts')
    const sources: { path: string; lines: string[] }[] = []
    const files =
      call.get('Path') === undefined ? call.input.filter(isFile).map(file => text(member(file, 'FullName'))) : call.texts('Path')
    for (const path of files) sources.push({ path, lines: linesOf(await readText(call.shell.run, path)) })
    const typed = call.input.filter(one => !isFile(one))
    if (call.get('Path') === undefined && typed.length > 0)
      sources.push({ path: 'InputStream', lines: typed.flatMap(one => linesOf(text(one))) })
    const matches = (line: string) =>
      call
        .texts('Pattern')
        .some(pattern =>
          call.flag('SimpleMatch')
            ? line.toLowerCase().includes(pattern.toLowerCase())
            : truthy(operate(call.flag('CaseSensitive') ? 'cmatch' : 'match', line, pattern)),
        ) !== call.flag('NotMatch')
    const found = sources.flatMap(({ path, lines }) => lines.flatMap((line, at) => (matches(line) ? [{ path, line, number: at + 1 }] : [])))
    if (call.flag('Quiet')) return [found.length > 0]
    return found.map(({ path, line, number }) =>
      object(
        'Microsoft.PowerShell.Commands.MatchInfo',
        {
          Line: line,
          LineNumber: number,
          Path: path,
          Filename: path.replace(/^.*\\/, ''),
          Pattern: call.texts('Pattern')[0] ?? '',
        },
        path === 'InputStream' ? line : `${path}:${number}:${line}`,
      ),
    )
  },
}

const isFile = (value: Value) => value instanceof PsObject && value.type === 'System.IO.FileInfo'

export const PIPELINE: readonly Cmdlet[] = [whereObject, forEachObject, selectObject, sortObject, groupObject, measureObject, selectString]
