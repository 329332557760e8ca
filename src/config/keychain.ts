import { CbcError } from '../core/errors.ts'
import type { Keychain } from '../core/ports.ts'
import { Secret } from '../core/secret.ts'

/** The service name of the program's secrets in the keychain. */
const SERVICE = 'cbc'

/** The time limit of a keychain call, milliseconds: the keychain may ask the user to unlock it. */
const KEYCHAIN_TIMEOUT_MS = 120_000

/**
 * Opens the operating system's keychain with an optional package that has a native module for each system.
 * @returns undefined where that package is not installed, or there is no keychain (a server without a desktop)
 */
export async function systemKeychain(platform: NodeJS.Platform): Promise<Keychain | undefined> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    // On Linux the kernel's keyring can't replace the Secret Service: it loses everything at the next start.
    const open = (account: string) =>
      new AsyncEntry(SERVICE, account, platform === 'linux' ? { linux: { store: 'secret-service' } } : undefined)
    open('probe')
    return keychainOf(open)
  } catch {
    return undefined
  }
}

/** An entry of the keychain, as the package represents it. */
export interface Entry {
  getPassword(signal?: AbortSignal): Promise<string | null>
  setPassword(secret: string, signal?: AbortSignal): Promise<void>
  deletePassword(signal?: AbortSignal): Promise<boolean>
}

/** Makes a keychain from its entries. Every call has a time limit, and fails with one line that never holds a secret. */
export function keychainOf(open: (account: string) => Entry): Keychain {
  const bounded = async <T>(what: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const limit = AbortSignal.timeout(KEYCHAIN_TIMEOUT_MS)
    try {
      return await work(signal === undefined ? limit : AbortSignal.any([signal, limit]))
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
      const found = await bounded('read', signal, stop => open(account).getPassword(stop))
      return found === null ? undefined : new Secret(found)
    },
    set: async (account, secret, signal) => await bounded('written', signal, stop => open(account).setPassword(secret.reveal(), stop)),
    delete: async (account, signal) => void (await bounded('written', signal, stop => open(account).deletePassword(stop))),
  }
}
