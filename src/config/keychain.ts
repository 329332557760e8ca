import { CbcError } from '../core/errors.ts'
import type { Keychain } from '../core/ports.ts'
import { Secret } from '../core/secret.ts'

/** What the keychain lists the program's secrets under. */
const SERVICE = 'cbc'

/** Milliseconds that a keychain may take: it may ask the person there to unlock it. */
const KEYCHAIN_TIMEOUT_MS = 120_000

/**
 * The operating system's keychain, by an optional package that brings one native module for each system.
 * @returns undefined where that package is not installed, or there is no keychain (a server without a desktop)
 */
export async function systemKeychain(platform: NodeJS.Platform): Promise<Keychain | undefined> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    // On Linux the kernel's keyring is no substitute for the Secret Service: it forgets everything at the next start.
    const open = (account: string) =>
      new AsyncEntry(SERVICE, account, platform === 'linux' ? { linux: { store: 'secret-service' } } : undefined)
    open('probe')
    return keychainOf(open)
  } catch {
    return undefined
  }
}

/** One secret of a keychain, as the package has it. */
export interface Entry {
  getPassword(signal?: AbortSignal): Promise<string | null>
  setPassword(secret: string, signal?: AbortSignal): Promise<void>
  deletePassword(signal?: AbortSignal): Promise<boolean>
}

/** A keychain of its entries. Every call is bounded, and fails in one line that never holds a secret. */
export function keychainOf(open: (account: string) => Entry): Keychain {
  const told = async <T>(what: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const bound = AbortSignal.timeout(KEYCHAIN_TIMEOUT_MS)
    try {
      return await work(signal === undefined ? bound : AbortSignal.any([signal, bound]))
    } catch (error) {
      signal?.throwIfAborted()
      throw new CbcError('io', `the keychain can't be ${what}: ${error instanceof Error ? error.message : String(error)}`, {
        hint: 'unlock it, or keep the secret in the file: `cbc config set token_store file`',
        cause: error,
      })
    }
  }
  return {
    async get(account, signal) {
      const found = await told('read', signal, bound => open(account).getPassword(bound))
      return found === null ? undefined : new Secret(found)
    },
    set: async (account, secret, signal) => await told('written', signal, bound => open(account).setPassword(secret.reveal(), bound)),
    delete: async (account, signal) => void (await told('written', signal, bound => open(account).deletePassword(bound))),
  }
}
