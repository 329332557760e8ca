/** The properties of an error record. */
export interface ErrorFacts {
  category: string
  /** The target and its type: `(C:\none:String)`. */
  target?: string
  exception: string
  id: string
  /** Whether it ends the script, not only the statement. */
  fatal?: true
}

/** An error of a script, with the facts that PowerShell reports. */
export class PsError extends Error {
  override name = 'PsError'
  readonly facts: ErrorFacts
  constructor(message: string, facts: ErrorFacts) {
    super(message)
    this.facts = facts
  }
}

/** Formats an error as PowerShell does. @param command the command that failed, or '' @param source the text of the statement */
export function errorText({ message, facts }: PsError, command: string, source: string): string {
  const line = source.split('\n')[0] ?? ''
  return [
    `${command === '' ? '' : `${command} : `}${message}`,
    'At line:1 char:1',
    `+ ${line}`,
    `+ ${'~'.repeat(Math.max(1, line.length))}`,
    `    + CategoryInfo          : ${facts.category}: (${facts.target ?? ':'}) [${facts.exception === 'CommandNotFoundException' ? '' : command}], ${facts.exception}`,
    `    + FullyQualifiedErrorId : ${facts.id}`,
    ' ',
    '',
  ].join('\n')
}

export function notFound(name: string): PsError {
  return new PsError(
    `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
    { category: 'ObjectNotFound', target: `${name}:String`, exception: 'CommandNotFoundException', id: 'CommandNotFoundException' },
  )
}

export function noPath(path: string, cmdlet: string): PsError {
  return new PsError(`Cannot find path '${path}' because it does not exist.`, {
    category: 'ObjectNotFound',
    target: `${path}:String`,
    exception: 'ItemNotFoundException',
    id: `PathNotFound,Microsoft.PowerShell.Commands.${cmdlet.replace('-', '')}Command`,
  })
}

export function invalid(message: string, id = 'InvalidOperation'): PsError {
  return new PsError(message, { category: 'InvalidOperation', exception: 'RuntimeException', id })
}
