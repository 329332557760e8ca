import type { Behaviour } from './settings.ts'

/** The spellings that `mixed` cycles through, one per answer. */
const SPELLINGS: ((status: string) => string)[] = [
  status => status.toUpperCase(),
  status => status.toLowerCase(),
  status => status.charAt(0).toUpperCase() + status.slice(1).toLowerCase(),
]

/** Rewrites documented answers in the variants that other servers send ("Values as servers really send them"). */
export class Dialect {
  readonly #behaviour: Behaviour
  #answers = 0

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
  }

  /** Rewrites a session. */
  session<T extends { status: string }>(view: T): T {
    return { ...view, status: this.#status(view.status) }
  }

  /** Rewrites a command. */
  command(view: Record<string, unknown>): Record<string, unknown> {
    const { resultCodes } = this.#behaviour
    const { status, result_code: code, values, value } = view
    return {
      ...view,
      status: this.#status(String(status)),
      ...(resultCodes === 'signed' ? { result_code: Number(code) | 0 } : {}),
      ...(Array.isArray(values) ? { values: values.map(item => this.#value(item)) } : {}),
      ...(value === undefined ? {} : { value: this.#value(value) }),
    }
  }

  #status(status: string): string {
    const { statusCase } = this.#behaviour
    const spelling = statusCase === 'mixed' ? this.#answers++ % SPELLINGS.length : statusCase === 'lower' ? 1 : 0
    return SPELLINGS[spelling]?.(status) ?? status
  }

  #value(value: unknown): unknown {
    const { registryNames, registryTypes, multiStrings } = this.#behaviour
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        registryNames === 'value' ? name.replace(/^registry_/, 'value_') : name,
        registryTypes === 'plain' && name === 'registry_type' && typeof field === 'string'
          ? field.replace(/^pb/, '')
          : multiStrings === 'comma' && Array.isArray(field)
            ? field.join(',')
            : field,
      ]),
    )
  }
}
