import { CbcError, usage } from '../../core/errors.ts'

/** @throws CbcError usage: it can't be an id, and would be another call's path */
export function checkId(id: string, what: string, list: string): void {
  if (!/^[\w-]+$/.test(id)) throw usage(`"${id}" is no ${what}'s id`, `\`cbc usb ${list}\` shows them`)
}

/** Each once, in the order in which they were typed. */
export function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}

/** As many as are shown before something is done to all. */
const MAX_SHOWN_IDS = 20

/** What ids stand for, a line each, to be confirmed; of what isn't there that it isn't. */
export async function shown(ids: readonly string[], describe: (id: string) => Promise<string>): Promise<string[]> {
  const lines: string[] = []
  for (const id of ids.slice(0, MAX_SHOWN_IDS)) {
    lines.push(
      await describe(id).catch((error: unknown) => {
        if (error instanceof CbcError && error.code === 'not_found') return `${id}: there is none`
        throw error
      }),
    )
  }
  return ids.length > MAX_SHOWN_IDS ? [...lines, `and ${ids.length - MAX_SHOWN_IDS} more`] : lines
}
