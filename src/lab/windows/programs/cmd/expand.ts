/** The values that `%…%` can stand for. */
export interface Variables {
  /** Returns the value of a variable; undefined when it isn't set. */
  get(name: string): string | undefined
  /** The arguments of a batch file, with its own name first; undefined on the command line. */
  args?: string[]
}

/**
 * Replaces `%NAME%`, `%NAME:old=new%`, `%NAME:~from,length%` and, in a batch file, `%1`, `%*`, `%~1` and `%%`.
 * A variable that isn't set is left as written on the command line, and is empty in a batch file.
 */
export function expand(text: string, variables: Variables): string {
  const { args } = variables
  return text.replace(
    /%(%|\*|~?[0-9]|~[a-z]+[0-9]|([^%:\s&|<>"]+(?: [^%:&|<>"]+)*)(?::([^%\n]*))?%)/gi,
    (all, rest: string, name: string | undefined, change: string | undefined) => {
      if (name !== undefined) {
        const value = variables.get(name)
        if (value === undefined) return args === undefined ? all : ''
        return change === undefined ? value : changed(value, change)
      }
      if (args === undefined) return all
      if (rest === '%') return '%'
      if (rest === '*') return args.slice(1).join(' ')
      return argument(args, rest)
    },
  )
}

function argument(args: string[], reference: string): string {
  const value = args[Number(reference.slice(-1))] ?? ''
  const modifiers = reference.slice(0, -1).toLowerCase()
  if (modifiers === '') return value
  const bare = value.replace(/^"|"$/g, '')
  const cut = bare.lastIndexOf('\\') + 1
  const dot = bare.lastIndexOf('.') > cut ? bare.lastIndexOf('.') : bare.length
  if (modifiers === '~') return bare
  return (
    (/d|p/.test(modifiers) ? bare.slice(modifiers.includes('d') ? 0 : 2, modifiers.includes('p') ? cut : 2) : '') +
    (modifiers.includes('n') ? bare.slice(cut, dot) : '') +
    (modifiers.includes('x') ? bare.slice(dot) : '')
  )
}

function changed(value: string, change: string): string {
  if (change.startsWith('~')) {
    const [from = 0, length] = change.slice(1).split(',').map(Number)
    const start = from < 0 ? Math.max(0, value.length + from) : from
    return length === undefined ? value.slice(start) : value.slice(start, length < 0 ? value.length + length : start + length)
  }
  const at = change.indexOf('=')
  if (at <= 0) return value
  const pattern = change.slice(0, at).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return value.replace(new RegExp(pattern, 'gi'), () => change.slice(at + 1))
}
