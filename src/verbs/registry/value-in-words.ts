import type { RegistryValue } from '../../remote/normalize.ts'
import { dataText } from '../columns.ts'
import { nameText } from './as-reg-exe.ts'

/** A value in one line, for a question: `Level REG_DWORD 16`. */
export function valueInWords(value: RegistryValue): string {
  return `${nameText(value)} ${value.registry_type ?? '(no type)'} ${dataText(value.registry_data)}`
}
