import { asCbcError, usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { personAt } from '../../ui/person.ts'
import { readStdin } from '../read-stdin.ts'

/**
 * Reads a secret: typed without being shown, or all of stdin. Never from the command line, where other users see it.
 * @param what  the name of the secret in messages
 * @param check throws CbcError if the secret is not valid
 * @throws CbcError usage: there is nobody to type it, and stdin is empty
 */
export async function takeSecret(host: Host, globals: Globals, what: string, check: (text: string) => Promise<string>): Promise<string> {
  const person = personAt(host, globals)
  if (person !== undefined) {
    const { promptSecret } = await import('../../ui/secret-prompt.ts')
    return await check((await promptSecret(what, person, host.interrupt, { validate: asValidator(check) })).trim())
  }
  if (host.stdin.isTerminal) throw usage(`${what}: cannot ask for it`, 'pipe it in')
  const text = (await readStdin(host)).trim()
  if (text === '') throw usage(`${what}: standard input is empty`, 'pipe it in, or type it in a terminal')
  return await check(text)
}

/** Turns a check that throws into a validator for prompts, which returns what is wrong. */
export function asValidator(check: (text: string) => Promise<unknown>): (text: string) => Promise<string | undefined> {
  return async text =>
    await check(text.trim()).then(
      () => undefined,
      (error: unknown) => {
        const { message, facts } = asCbcError(error)
        return facts.hint === undefined ? message : `${message}: ${facts.hint}`
      },
    )
}
