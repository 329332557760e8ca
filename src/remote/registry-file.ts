import type { RegistryValue } from './normalize.ts'
import { dataBytes, TYPE_NUMBERS, typeName } from './registry-data.ts'

/** Columns of a line of hexadecimal digits, the backslash at its end included: as regedit writes them. */
const LINE_WIDTH = 80

/** What stands at the beginning of a `.reg` file, which is UTF-16LE with a byte order mark. */
export const HEADER = '\ufeffWindows Registry Editor Version 5.00\r\n'

/**
 * A key's line; an empty line goes before.
 * @param path with the hive's long name
 * @returns undefined: a `.reg` file has no way to write that name
 */
export function keyLine(path: string): string | undefined {
  return isWritable(path) ? `\r\n[${path}]\r\n` : undefined
}

/** A value's lines. @returns undefined: a `.reg` file has no way to write that name, or the data doesn't fit the type */
export function valueLines({ registry_name: name, registry_type: type, registry_data: data }: RegistryValue): string | undefined {
  const known = type === null ? undefined : typeName(type)
  const bytes = known === undefined ? undefined : dataBytes(known, data)
  if (known === undefined || bytes === undefined || !isWritable(name)) return undefined
  const start = `${name === '' ? '@' : quoted(name)}=`
  // Line ends and NULs can't stand between quotes; hex(1) is the same type.
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

/** `start`, then pairs of digits parted by commas; a line that would be longer than LINE_WIDTH goes on, indented, in the next. */
function wrapped(start: string, pairs: string[]): string {
  const lines: string[] = []
  let line = start
  pairs.forEach((pair, at) => {
    const last = at === pairs.length - 1
    // Room for the comma and the backslash; the first pair never leaves its name alone.
    if (at > 0 && line.length + pair.length + (last ? 0 : 2) > LINE_WIDTH) {
      lines.push(`${line}\\`)
      line = '  '
    }
    line += last ? pair : `${pair},`
  })
  return [...lines, line].join('\r\n')
}
