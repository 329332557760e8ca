import { usage, type CbcError } from '../../core/errors.ts'

/** The refusal of `--force` for what goes into a case. @param verb its name */
export function cantOverwrite(verb: string): CbcError {
  return usage(
    `${verb}: --force overwrites, and nothing in a case is overwritten`,
    'leave it off: other bytes get another name; or name a destination',
  )
}
