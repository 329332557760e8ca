import { readYaml } from '../core/text/yaml.ts'
import { checkSchema, type PlaybookData } from './schema.ts'
import { faulty, type Position, type Source } from './source.ts'

/** A playbook as it is written, and where each part of it stands. */
export interface PlaybookDocument {
  readonly data: PlaybookData
  /** Returns the position of a value. @param offset characters into the text that the value is */
  position(path: readonly (string | number)[], offset?: number): Position
}

/** Reads YAML, and checks it against the definition of a playbook. @throws CbcError usage, with file, line and column */
export function readDocument(source: Source): PlaybookDocument {
  const [document, second] = readYaml(source.text)
  if (document === undefined) throw faulty(source, [{ line: 1, column: 1, message: 'there is nothing in this file' }])
  if (second !== undefined) throw faulty(source, [{ ...second.place, message: 'a playbook is one document: a second one begins here' }])
  if (document.faults.length > 0) throw faulty(source, document.faults)
  const checked = checkSchema(document.value)
  if ('playbook' in checked) return { data: checked.playbook, position: (path, offset = 0) => document.placeIn(path, offset) }
  throw faulty(
    source,
    checked.faults.map(({ path, isKey, message }) => ({ ...(isKey ? document.placeOf(path) : document.placeIn(path, 0)), message })),
  )
}
