import { asCbcError, CbcError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Host } from '../core/host.ts'
import { accounts, type Stored } from './profile-file.ts'

/** Where secrets are stored. */
export type TokenStore = 'keychain' | 'file'

interface SavedSecrets {
  /** The settings to write to the file. */
  saved: Record<string, Stored | undefined>
  /** Where secrets were stored, if there were any. */
  store?: TokenStore
  notice?: string
}

/** Stores the secrets of profiles: in the operating system's keychain, else in the profiles' file. */
export class SecretKeeper {
  readonly #host: Pick<Host, 'keychain' | 'random'>
  readonly #file: string

  /** @param file the profiles' file, for messages */
  constructor(host: Pick<Host, 'keychain' | 'random'>, file: string) {
    this.#host = host
    this.#file = file
  }

  /** Reads a secret from the keychain. @throws CbcError auth: it is no longer there; io: the keychain can't be read */
  async fetch(profile: string, key: string, account: string): Promise<Secret> {
    const keychain = await this.#host.keychain()
    const secret = await keychain?.get(account)
    if (secret !== undefined) return secret
    const where =
      keychain === undefined
        ? "is in the operating system's keychain, which can't be used here"
        : "is no longer in the operating system's keychain"
    throw new CbcError('auth', `the ${key} of profile "${profile}" ${where}`, {
      hint: `store it again: cbc config set --profile ${profile} ${key}`,
    })
  }

  /**
   * Stores secrets. In the keychain they get new names, so that the present ones stay until the file is written.
   * @param wanted where; default: the keychain, or, where that can't be used, the file, with a notice
   * @throws CbcError io: the keychain was wanted, and can't be used
   */
  async save(profile: string, secrets: Record<string, Secret | undefined>, wanted?: TokenStore): Promise<SavedSecrets> {
    const given = Object.entries(secrets)
    const inFile = Object.fromEntries(given.map(([key, secret]) => [key, secret?.reveal()]))
    if (given.every(([, secret]) => secret === undefined)) return { saved: inFile }
    if (wanted === 'file') return { saved: inFile, store: 'file' }
    try {
      return { saved: await this.#store(profile, given), store: 'keychain' }
    } catch (error) {
      const failure = asCbcError(error)
      if (wanted === 'keychain' || failure.code !== 'io') throw failure
      return { saved: inFile, store: 'file', notice: `${failure.message}: secrets are in ${this.#file}, readable by you alone` }
    }
  }

  /** Removes secrets from the keychain. @returns a notice where that fails: the profile itself is as it should be */
  async forget(dropped: readonly string[]): Promise<string | undefined> {
    if (dropped.length === 0) return undefined
    const tried = await Promise.allSettled(dropped.map(async account => await (await this.#host.keychain())?.delete(account)))
    const failed = tried.find(one => one.status === 'rejected')
    return failed === undefined
      ? undefined
      : `a secret that is no longer used is still in the keychain: ${asCbcError(failed.reason).message}`
  }

  async #store(profile: string, secrets: [string, Secret | undefined][]): Promise<Record<string, Stored | undefined>> {
    const keychain = await this.#host.keychain()
    if (keychain === undefined)
      throw new CbcError('io', 'no keychain can be used here', { hint: 'keep secrets in the file: token_store file' })
    const saved: Record<string, Stored | undefined> = {}
    try {
      for (const [key, secret] of secrets) {
        const account = `${profile} ${key} ${this.#host.random.uuid()}`
        if (secret !== undefined) await keychain.set(account, secret)
        saved[key] = secret === undefined ? undefined : { keychain: account }
      }
      return saved
    } catch (error) {
      await this.forget(accounts(saved))
      throw error
    }
  }
}
