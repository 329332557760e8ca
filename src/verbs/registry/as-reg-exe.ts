import type { Drawn, Row } from '../../core/result.ts'
import type { Key } from '../../remote/registry.ts'
import type { RegistryValue } from '../../remote/normalize.ts'
import { dataText } from '../columns.ts'

/** Draws keys on a terminal as reg.exe does: the path, one value per line, and after a blank line the paths of the sub keys. */
export const AS_REG_EXE: Drawn = { terminal: true, line: row => [...keyLines(row), ''] }

/** Draws a single key, or one value of it. */
export function drawnKey(key: Partial<Key> & Row): Drawn {
  return { terminal: true, line: () => keyLines(key) }
}

export function nameText({ registry_name: name }: RegistryValue): string {
  return name === '' ? '(Default)' : name
}

function keyLines({ path, values = [], sub_keys = [] }: Row & Partial<Pick<Key, 'values' | 'sub_keys'>>): string[] {
  const key = String(path)
  const below = sub_keys.map(name => `${key}\\${name}`)
  return [
    key,
    ...values.map(item => `    ${nameText(item)}    ${item.registry_type ?? '(no type)'}    ${dataText(item.registry_data)}`),
    ...(below.length === 0 ? [] : ['', ...below]),
  ]
}
