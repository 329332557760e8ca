import type { LogEvent } from './event.ts'

type Test = (event: LogEvent) => boolean

/** The query isn't valid for the event log. */
export class InvalidQuery extends Error {
  override name = 'InvalidQuery'
}

const TOKEN = /\s*(?:'([^']*)'|"([^"]*)"|(<=|>=|!=|[=<>()[\]@,*/])|(-?\d+)|([A-Za-z]\w*))/gy

interface Token {
  kind: 'text' | 'sign' | 'number' | 'word'
  value: string
}

/**
 * Parses an XPath query of the event log, in the forms that are common: `*[System[(EventID=4624 or EventID=4625) and
 * TimeCreated[timediff(@SystemTime) <= 86400000]] and EventData[Data[@Name='LogonType']='10']]`.
 * @param now epoch milliseconds, for timediff
 * @throws InvalidQuery
 */
export function parseEventQuery(text: string, now: number): Test {
  return new Parser(tokens(text), now).query()
}

function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  for (const match of text.trimEnd().matchAll(TOKEN)) {
    const [all, single, double, sign, number, word] = match
    at = match.index + all.length
    const quoted = single ?? double
    if (quoted !== undefined) found.push({ kind: 'text', value: quoted })
    else
      found.push(
        sign !== undefined
          ? { kind: 'sign', value: sign }
          : number !== undefined
            ? { kind: 'number', value: number }
            : { kind: 'word', value: word ?? '' },
      )
  }
  if (at < text.trimEnd().length) throw new InvalidQuery()
  return found
}

/** The fields of an event that can be compared. */
const FIELDS: Record<string, (event: LogEvent) => string | number> = {
  EventID: event => event.id,
  Level: event => event.level,
  EventRecordID: event => event.record,
  Computer: event => event.computer,
  Channel: event => event.log,
  Task: event => event.task,
  Keywords: () => '',
  Opcode: () => 0,
}

class Parser {
  private at = 0
  private readonly all: readonly Token[]
  private readonly now: number

  constructor(all: readonly Token[], now: number) {
    this.all = all
    this.now = now
  }

  query(): Test {
    if (!this.take('*')) this.need('Event')
    let test: Test = () => true
    if (this.take('[')) {
      test = this.any()
      this.need(']')
    } else if (this.take('/')) {
      test = this.term()
    }
    if (this.at < this.all.length) throw new InvalidQuery()
    return test
  }

  private any(): Test {
    const tests = [this.each()]
    while (this.take('or')) tests.push(this.each())
    return event => tests.some(test => test(event))
  }

  private each(): Test {
    const tests = [this.term()]
    while (this.take('and')) tests.push(this.term())
    return event => tests.every(test => test(event))
  }

  private term(): Test {
    if (this.take('(')) return this.within(')')
    const { kind, value } = this.next()
    if (kind !== 'word') throw new InvalidQuery()
    if (value === 'System' || value === 'EventData') {
      if (this.take('/')) return this.term()
      this.need('[')
      return this.within(']')
    }
    if (value === 'Provider') return this.provider()
    if (value === 'TimeCreated') return this.time()
    if (value === 'Data') return this.data()
    const field = Object.hasOwn(FIELDS, value) ? FIELDS[value] : undefined
    if (field === undefined) throw new InvalidQuery()
    return this.comparison(field)
  }

  private within(end: string): Test {
    const test = this.any()
    this.need(end)
    return test
  }

  private provider(): Test {
    this.need('[')
    const names = [this.attribute('Name')]
    while (this.take('or')) names.push(this.attribute('Name'))
    this.need(']')
    return event => names.includes(event.provider)
  }

  private attribute(name: string): string {
    this.need('@')
    this.need(name)
    this.need('=')
    return this.next().value
  }

  private time(): Test {
    this.need('[')
    const tests = [this.moment()]
    while (this.take('and')) tests.push(this.moment())
    this.need(']')
    return event => tests.every(test => test(event))
  }

  private moment(): Test {
    const difference = this.take('timediff')
    if (difference) this.need('(')
    this.need('@')
    this.need('SystemTime')
    if (difference) this.need(')')
    const compare = this.operator()
    const { value } = this.next()
    const bound = difference ? Number(value) : Date.parse(value)
    if (Number.isNaN(bound)) throw new InvalidQuery()
    return event => compare(difference ? this.now - event.time : event.time, bound)
  }

  private data(): Test {
    let name: string | undefined
    if (this.take('[')) {
      name = this.attribute('Name')
      this.need(']')
    }
    const values = (event: LogEvent) => event.data.filter(([one]) => name === undefined || one === name).map(([, value]) => value)
    if (!['=', '!='].includes(this.all[this.at]?.value ?? '')) return event => values(event).length > 0
    const negated = this.next().value === '!='
    const wanted = this.next().value
    return event => values(event).includes(wanted) !== negated
  }

  private comparison(field: (event: LogEvent) => string | number): Test {
    const compare = this.operator()
    const { kind, value } = this.next()
    const wanted = kind === 'number' ? Number(value) : value
    return event => compare(field(event), wanted)
  }

  private operator(): (a: string | number, b: string | number) => boolean {
    const { value } = this.next()
    const compare = OPERATORS[value]
    if (compare === undefined) throw new InvalidQuery()
    return compare
  }

  private take(value: string): boolean {
    const token = this.all[this.at]
    if (token?.value !== value || token.kind === 'text') return false
    this.at += 1
    return true
  }

  private need(value: string): void {
    if (!this.take(value)) throw new InvalidQuery()
  }

  private next(): Token {
    const token = this.all[this.at]
    if (token === undefined) throw new InvalidQuery()
    this.at += 1
    return token
  }
}

const OPERATORS: Record<string, (a: string | number, b: string | number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}
