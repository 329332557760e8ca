import { linesOf } from './text.ts'

/** A value of the registry as reg.exe prints it. */
export interface PrintedValue {
  /** With the long name of its hive. */
  key: string
  data: string
}

/** Reads what `reg query KEY /s /v NAME` prints: keys, and below each its value. */
export function valuesIn(text: string, name: string): PrintedValue[] {
  const values: PrintedValue[] = []
  let key = ''
  for (const line of linesOf(text)) {
    if (/^HKEY_/i.test(line)) key = line
    const [printed = '', , ...data] = line.split(/\s{4,}/)
    if (printed.toLowerCase() === name.toLowerCase() && data.length > 0) values.push({ key, data: data.join('    ') })
  }
  return values
}
