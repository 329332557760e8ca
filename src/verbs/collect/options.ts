import { delimiter } from 'node:path'
import { usage } from '../../core/errors.ts'
import { type Option, values } from '../define.ts'

/** Where definitions are read from besides those that ship. */
export const ARTIFACTS_OPTION: Option<string[]> = {
  ...values('--artifacts <path>', 'read definitions from this file or folder too; repeatable (CBC_ARTIFACTS)'),
  kind: 'local-path',
  variable: { name: 'CBC_ARTIFACTS', read: text => text.split(delimiter).filter(path => path !== '') },
}

/** The names in words that were typed, each a list with commas. @throws CbcError usage: there is none */
export function namesIn(typed: readonly string[]): string[] {
  const names = typed
    .flatMap(word => word.split(','))
    .map(name => name.trim())
    .filter(name => name !== '')
  if (names.length === 0) throw usage('no artifact is named', '`cbc lr artifact list` shows all')
  return names
}
