import type { RegistryValue } from './normalize.ts'
import { dataBytes, TYPE_NUMBERS, typeName } from './registry-data.ts'

/** The longest line of hexadecimal digits in characters, including the backslash at its end, as regedit writes it. */
const LINE_WIDTH = 80

/** The beginning of a `.reg` file, which is UTF-16LE with a byte order mark. */
export const HEADER = '\ufeffWindows Registry Editor Version 5.00\r\n'

/**
 * Returns the line for a key, after an empty line.
 * @param path with the hive's long name
 * @returns undefined when a `.reg` file can't express the name
 */
export function keyLine(path: string): string | undefined {
  return isWritable(path) ? `\r\n[${path}]\r\n` : undefined
}

/** Returns the lines for a value. @returns undefined when a `.reg` file can't express the name, or the data doesn't fit the type */
export function valueLines({ registry_name: name, registry_type: type, registry_data: data }: RegistryValue): string | undefined {
  const known = type === null ? undefined : typeName(type)
  const bytes = known === undefined ? undefined : dataBytes(known, data)
  if (known === undefined || bytes === undefined || !isWritable(name)) return undefined
  const start = `${name === '' ? '@' : quoted(name)}=`
  // A quoted string can't hold line ends and NULs; hex(1) is the same type.
  if (known === 'REG_SZ' && isWritable(String(data ?? ''))) return `${start}${quoted(String(data ?? ''))}\r\n`
  if (known === 'REG_DWORD') return `${start}dword:${bytes.readUInt32LE().toString(16).padStart(8, '0')}\r\n`
  const tag = known === 'REG_BINARY' ? 'hex:' : `hex(${TYPE_NUMBERS[known].toString(16)}):`
  return `${wrapped(
    `${start}${tag}`,
    [...bytes].map(byte => byte.toString(16).padStart(2, '0')),
  )}\r\n`
}

function isWritable(text: string): boolean {
  return !/[\0\r\n]/.test(text)
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Appends pairs of digits, separated by commas, to `start`; a line that would exceed LINE_WIDTH is continued, indented, on the next. */
function wrapped(start: string, pairs: string[]): string {
  const lines: string[] = []
  let line = start
  pairs.forEach((pair, at) => {
    const last = at === pairs.length - 1
    // Leaves room for the comma and the backslash. The first pair always stays on the line of the name.
    if (at > 0 && line.length + pair.length + (last ? 0 : 2) > LINE_WIDTH) {
      lines.push(`${line}\\`)
      line = '  '
    }
    line += last ? pair : `${pair},`
  })
  return [...lines, line].join('\r\n')
}
