import { glob } from '../../core/glob.ts'
import type { Row } from '../../core/result.ts'
import { enumKey, type Key } from '../../remote/registry.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { dataText } from '../columns.ts'

/** What is looked for, and where; as with reg.exe's /f everywhere unless a place is named. */
export interface Wanted {
  text: string
  keys: boolean
  names: boolean
  data: boolean
  /** Upper and lower case differ. */
  exactCase: boolean
  /** The whole name or data, and not a part of it. */
  whole: boolean
}

/**
 * Keys in which something is found: whose own name fits, and with their values and sub keys that do.
 * @param recursive in all keys below too; a key that can't be read is a row with its `error`
 */
export async function* search(
  session: RemoteSession,
  path: string,
  wanted: Wanted,
  recursive: boolean,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const fits = fitting(wanted)
  const everywhere = !wanted.keys && !wanted.names && !wanted.data
  const inside = ({ sub_keys, values, ...key }: Key): Row & { sub_keys: string[]; values: unknown[] } => ({
    ...key,
    sub_keys: everywhere || wanted.keys ? sub_keys.filter(fits) : [],
    values: values.filter(
      ({ registry_name: name, registry_data: data }) =>
        ((everywhere || wanted.names) && fits(name)) || ((everywhere || wanted.data) && fits(dataText(data))),
    ),
  })
  if (!recursive) {
    const found = inside(await enumKey(session, path, { signal }))
    if (found.sub_keys.length > 0 || found.values.length > 0) yield found
    return
  }
  for await (const key of walkKeys(session, path, { signal })) {
    if (isUnread(key)) {
      yield { ...key, sub_keys: [], values: [] }
      continue
    }
    const found = inside(key)
    const own = (everywhere || wanted.keys) && key.path.length > path.length && fits(key.path.slice(key.path.lastIndexOf('\\') + 1))
    if (own || found.values.length > 0) yield found
  }
}

/** Whether a text holds what is wanted; `*` and `?` stand for characters. */
function fitting({ text, exactCase, whole }: Wanted): (text: string) => boolean {
  return glob(whole ? text : `*${text}*`, !exactCase)
}
