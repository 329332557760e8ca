/** A value as `reg import` would set it: the type's number and the bytes as Windows keeps them. */
export interface ImportedValue {
  name: string
  type: number
  data: Buffer
}

/** Keys of a `.reg` file (version 5.00, UTF-16LE) with their values, in order. Strict: whatever `reg import` might not take is an error. */
export function readRegFile(bytes: Buffer): Map<string, ImportedValue[]> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe || bytes.length % 2 !== 0) throw new Error('no UTF-16LE with a byte order mark')
  const lines = bytes.subarray(2).toString('utf16le').split('\r\n')
  if (lines.some(line => /[\r\n]/.test(line))) throw new Error('a line end that is none of Windows')
  if (lines.shift() !== 'Windows Registry Editor Version 5.00' || lines.shift() !== '') throw new Error('another header')
  const keys = new Map<string, ImportedValue[]>()
  let values: ImportedValue[] | undefined
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    while (line.endsWith('\\') && /=hex[(:]/.test(line)) line = line.slice(0, -1) + continuation(lines.shift())
    const key: string | undefined = /^\[(.*)\]$/.exec(line)?.[1]
    if (key !== undefined) keys.set(key, (values = []))
    else if (values === undefined) throw new Error(`a value outside a key: ${line}`)
    else values.push(readValue(line))
  }
  return keys
}

function continuation(line: string | undefined): string {
  if (line === undefined || !line.startsWith('  ')) throw new Error("a long line that doesn't go on")
  return line.trimStart()
}

function readValue(line: string): ImportedValue {
  const [, named = '', what = ''] = /^(@|"(?:[^"\\]|\\["\\])*")=(.*)$/.exec(line) ?? []
  if (named === '') throw new Error(`no value: ${line}`)
  return { name: named === '@' ? '' : unquote(named), ...readData(what) }
}

function readData(text: string): { type: number; data: Buffer } {
  if (/^"(?:[^"\\]|\\["\\])*"$/.test(text)) return { type: 1, data: Buffer.from(`${unquote(text)}\0`, 'utf16le') }
  const [, dword] = /^dword:([0-9a-f]{8})$/.exec(text) ?? []
  if (dword !== undefined) return { type: 4, data: Buffer.from(dword, 'hex').reverse() }
  const [, type = '3', digits] = /^hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?)$/.exec(text) ?? []
  if (digits === undefined) throw new Error(`no data: ${text}`)
  return { type: parseInt(type, 16), data: Buffer.from(digits.replaceAll(',', ''), 'hex') }
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
