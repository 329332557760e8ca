import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asCbcError, type CbcError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Host } from '../core/host.ts'
import type { Section } from './credentials.ts'
import { accounts, allAccounts, nameIn, readOwnFile, readOwnFileSync, type OwnFile, type Stored } from './profile-file.ts'
import { same, type OwnProfiles } from './profile.ts'
import { SecretKeeper, type TokenStore } from './secret-keeper.ts'
import { isSecret } from './settings.ts'

export type { TokenStore } from './secret-keeper.ts'

/** One of the program's own profiles: the values that may be shown, and the names of its secrets. */
export interface OwnProfile {
  name: string
  values: Record<string, string>
  /** Its secret settings, and where each is stored. */
  secrets: Record<string, TokenStore>
}

/** A change to a profile. Undefined removes a setting. */
export interface Change {
  values?: Record<string, string | undefined>
  secrets?: Record<string, Secret | undefined>
  /** Where to store secrets; default: the keychain where there is one. */
  store?: TokenStore
  /** Drop the profile's present settings first. */
  replace?: boolean
  /** Make it the profile that is used where none is asked for. */
  use?: boolean
}

/** The outcome of a change: where secrets were stored, and what else the user should know. */
export interface Changed {
  store?: TokenStore
  notice?: string
}

type Needs = Pick<Host, 'configDirectory' | 'keychain' | 'exclusively' | 'random'>

/**
 * The program's own profiles: section 8 of the contract. They are in one JSON file that `conf` writes, readable by its owner alone, with
 * secrets in the keychain where there is one. Reading does without `conf`, so that not every command has to load it.
 */
export class OwnStore {
  /** Absolute. */
  readonly file: string
  readonly #host: Needs
  readonly #keeper: SecretKeeper

  constructor(host: Needs) {
    this.file = join(host.configDirectory(), 'profiles.json')
    this.#host = host
    this.#keeper = new SecretKeeper(host, this.file)
  }

  /** @throws CbcError io: the file can't be read, or is damaged */
  async list(): Promise<{ current?: string; profiles: OwnProfile[] }> {
    const { profiles, ...rest } = await readOwnFile(this.file)
    return { ...rest, profiles: Object.entries(profiles).map(([name, stored]) => describe(name, stored)) }
  }

  /** Returns the profiles for `resolveProfile`; the keychain is asked only for the profile that is used. @throws CbcError io */
  async source(): Promise<OwnProfiles> {
    const { profiles, ...rest } = await readOwnFile(this.file)
    return {
      ...rest,
      source: this.file,
      sections: Object.entries(profiles).map(([name, stored]) => ({ name, values: texts(stored) })),
      complete: async ({ name, values }: Section) => {
        const elsewhere = Object.entries(profiles[name] ?? {}).filter(
          (pair): pair is [string, { keychain: string }] => typeof pair[1] !== 'string',
        )
        const fetched = await Promise.all(
          elsewhere.map(async ([key, { keychain }]) => [key, (await this.#keeper.fetch(name, key, keychain)).reveal()] as const),
        )
        return { name, values: { ...values, ...Object.fromEntries(fetched) } }
      },
    }
  }

  /** Returns the secrets of a profile by setting. @throws CbcError auth: the keychain no longer has one; io */
  async secrets(name: string): Promise<Record<string, Secret>> {
    const own = await readOwnFile(this.file)
    const found: Record<string, Secret> = {}
    for (const [key, value] of Object.entries(own.profiles[nameIn(own, name) ?? ''] ?? {})) {
      if (typeof value !== 'string') found[key] = await this.#keeper.fetch(name, key, value.keychain)
      else if (isSecret(key, value)) found[key] = new Secret(value)
    }
    return found
  }

  /**
   * Creates or changes a profile. Secrets are put into the keychain first, then the file is written atomically, and last the entries that
   * the file no longer names are removed from the keychain, so that everything that the file names exists at every moment.
   * @throws CbcError io
   */
  async change(name: string, { values = {}, secrets = {}, store, replace = false, use = false }: Change): Promise<Changed> {
    const { saved, ...outcome } = await this.#keeper.save(name, secrets, store)
    try {
      const dropped = await this.#update(own => {
        const known = nameIn(own, name) ?? name
        own.profiles[known] = merged(replace ? {} : (own.profiles[known] ?? {}), { ...values, ...saved })
        if (use) own.current = known
      })
      return withNotice(outcome, await this.#keeper.forget(dropped))
    } catch (error) {
      await this.#keeper.forget(accounts(saved))
      throw error
    }
  }

  /** Removes a profile and its secrets. @returns undefined where there was no profile of that name @throws CbcError io */
  async remove(name: string): Promise<Changed | undefined> {
    let found = false
    const dropped = await this.#update(own => {
      const known = nameIn(own, name)
      if (known === undefined) return
      found = true
      delete own.profiles[known]
      if (own.current !== undefined && same(own.current, known)) delete own.current
    })
    return found ? withNotice({}, await this.#keeper.forget(dropped)) : undefined
  }

  /** Sets the profile that is used where none is asked for. @throws CbcError io */
  async use(name: string): Promise<void> {
    await this.#update(own => {
      own.current = name
    })
  }

  /** Reads, changes and writes the file under the lock. @returns the keychain entries that are no longer named */
  async #update(change: (own: OwnFile) => void): Promise<string[]> {
    const { default: Conf } = await import('conf')
    const directory = dirname(this.file)
    return await this.#host
      .exclusively(this.file, () => {
        try {
          const own = readOwnFileSync(this.file)
          const before = allAccounts(own)
          change(own)
          mkdirSync(directory, { recursive: true, mode: 0o700 })
          new Conf({ cwd: directory, configName: 'profiles', configFileMode: 0o600, accessPropertiesByDotNotation: false }).store = {
            ...own,
          }
          const after = new Set(allAccounts(own))
          return before.filter(account => !after.has(account))
        } catch (error) {
          throw asCbcError(error)
        }
      })
      .catch((error: unknown) => {
        throw writeError(error, this.file)
      })
  }
}

function describe(name: string, stored: Record<string, Stored>): OwnProfile {
  const profile: OwnProfile = { name, values: {}, secrets: {} }
  for (const [key, value] of Object.entries(stored)) {
    if (typeof value !== 'string') profile.secrets[key] = 'keychain'
    else if (isSecret(key, value)) profile.secrets[key] = 'file'
    else profile.values[key] = value
  }
  return profile
}

function texts(stored: Record<string, Stored>): Record<string, string> {
  return Object.fromEntries(Object.entries(stored).filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

function merged(before: Record<string, Stored>, change: Record<string, Stored | undefined>): Record<string, Stored> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter((pair): pair is [string, Stored] => pair[1] !== undefined))
}

function withNotice(outcome: Changed, notice: string | undefined): Changed {
  const all = [outcome.notice, notice].filter(text => text !== undefined)
  return { ...outcome, ...(all.length === 0 ? {} : { notice: all.join('; ') }) }
}

function writeError(error: unknown, file: string): CbcError {
  const failure = asCbcError(error)
  return failure.facts.hint === undefined && failure.code === 'io' ? failure.with(`${file}: can't be written: ${failure.message}`) : failure
}
