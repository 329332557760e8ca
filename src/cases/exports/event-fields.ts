import type { Row } from '../../core/result.ts'

/** OpenSearch doesn't index a longer term, so that Timesketch couldn't find it. */
const MAX_CELL_BYTES = 32_766

/**
 * Returns the fields of an event as Timesketch takes them: texts, numbers and booleans. Lists of texts are joined by blanks, and whatever else has
 * parts becomes JSON. A text that is too long to be searched is cut, and named in `cut_fields`.
 */
export function fieldsOf(row: Row): Row {
  const fields: Row = {}
  const cut: string[] = []
  for (const name in row) {
    const value = row[name]
    if (value == null) continue
    const flat = flatten(value)
    const isLong = typeof flat === 'string' && flat.length > MAX_CELL_BYTES / 3 && Buffer.byteLength(flat) > MAX_CELL_BYTES
    fields[name] = isLong ? firstBytes(flat) : flat
    if (isLong) cut.push(name)
  }
  if (cut.length > 0) fields['cut_fields'] = cut.join(' ')
  return fields
}

function flatten(value: unknown): unknown {
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value.join(' ')
  return typeof value === 'object' ? JSON.stringify(value) : value
}

/** As many whole characters as there is room for. */
function firstBytes(text: string): string {
  const bytes = Buffer.from(text)
  let end = MAX_CELL_BYTES
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
