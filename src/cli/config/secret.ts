import { asCbcError, usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { personAt } from '../../ui/person.ts'
import { readStdin } from '../read-stdin.ts'

/**
 * A secret: typed unseen, or all of stdin. Never from the command line, where others see it.
 * @param what  what is asked for
 * @param check throws CbcError when it is no good
 * @throws CbcError usage: there is nobody to type it, and nothing comes in
 */
export async function takeSecret(host: Host, globals: Globals, what: string, check: (text: string) => Promise<string>): Promise<string> {
  const person = personAt(host, globals)
  if (person !== undefined) {
    const { hidden } = await import('../../ui/secret-prompt.ts')
    return await check((await hidden(what, person, host.interrupt, { wrong: complaint(check) })).trim())
  }
  if (host.stdin.isTerminal) throw usage(`${what}: nobody may be asked`, 'pipe it in')
  const text = (await readStdin(host)).trim()
  if (text === '') throw usage(`${what}: nothing came in`, 'pipe it in, or type it in a terminal')
  return await check(text)
}

/** A check as prompts have it: what is wrong, in words, instead of an error. */
export function complaint(check: (text: string) => Promise<unknown>): (text: string) => Promise<string | undefined> {
  return async text =>
    await check(text.trim()).then(
      () => undefined,
      (error: unknown) => {
        const { message, facts } = asCbcError(error)
        return facts.hint === undefined ? message : `${message}: ${facts.hint}`
      },
    )
}
