import { glob } from '../../core/glob.ts'
import type { Row } from '../../core/result.ts'
import { enumKey, type Key } from '../../remote/registry.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { dataText } from '../columns.ts'

/** What to search for, and where. As with reg.exe's /f, it is searched for everywhere unless a place is named. */
export interface Wanted {
  text: string
  keys: boolean
  names: boolean
  data: boolean
  /** Whether upper and lower case differ. */
  exactCase: boolean
  /** Whether the whole name or data has to match, not a part. */
  whole: boolean
}

/**
 * Yields the keys that match, each with its matching values and sub keys. A key matches by its own name, too.
 * @param recursive searches all keys below, too; a key that can't be read is a row with its `error`
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

/** Returns a test for texts that contain what is wanted. `*` and `?` are wildcards. */
function fitting({ text, exactCase, whole }: Wanted): (text: string) => boolean {
  return glob(whole ? text : `*${text}*`, !exactCase)
}
