import { CbcError, usage } from '../../core/errors.ts'

/** Checks that a text can be an id; otherwise it might change the path of the call. @throws CbcError usage */
export function checkId(id: string, what: string, list: string): void {
  if (!/^[\w-]+$/.test(id)) throw usage(`"${id}" can't be the id of ${what}`, `\`cbc usb ${list}\` shows them`)
}

/** Removes duplicates and keeps the order. */
export function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}

/** How many items a question lists. */
const MAX_SHOWN_IDS = 20

/** Describes ids for a question, one line each. A line says so if an id does not exist. */
export async function shown(ids: readonly string[], describe: (id: string) => Promise<string>): Promise<string[]> {
  const lines: string[] = []
  for (const id of ids.slice(0, MAX_SHOWN_IDS)) {
    lines.push(
      await describe(id).catch((error: unknown) => {
        if (error instanceof CbcError && error.code === 'not_found') return `${id}: does not exist`
        throw error
      }),
    )
  }
  return ids.length > MAX_SHOWN_IDS ? [...lines, `and ${ids.length - MAX_SHOWN_IDS} more`] : lines
}
