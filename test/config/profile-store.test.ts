import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OwnStore } from '../../src/config/profile-store.ts'
import { parseOwnFile } from '../../src/config/profile-file.ts'
import { resolveProfile } from '../../src/config/profile.ts'
import { CbcError } from '../../src/core/errors.ts'
import type { Keychain } from '../../src/core/ports.ts'
import { Secret } from '../../src/core/secret.ts'
import { random } from '../../src/host/clock.ts'
import { exclusively } from '../../src/host/file-lock.ts'
import { bundled, exit, run } from '../lab/store/support.ts'
import { testFolder } from '../support/folder.ts'

const TOKEN = 'SUPERSECRETKEY0123456789/APIID12345'
/** How many times each process writes. */
const ROUNDS = 25
const VALUES = { url: 'https://defense.example.com', org_key: 'ABCD1234' }

/** A keychain in memory; `fails` may throw. */
function memoryKeychain(fails: (what: 'get' | 'set' | 'delete', account: string) => boolean = () => false) {
  const kept = new Map<string, string>()
  const may = (what: 'get' | 'set' | 'delete', account: string) => {
    if (fails(what, account)) throw new CbcError('io', `the keychain can't be ${what === 'get' ? 'read' : 'written'}: it is locked`)
  }
  const keychain: Keychain = {
    async get(account) {
      may('get', account)
      const text = kept.get(account)
      return text === undefined ? undefined : new Secret(text)
    },
    async set(account, secret) {
      may('set', account)
      kept.set(account, secret.reveal())
    },
    async delete(account) {
      may('delete', account)
      kept.delete(account)
    },
  }
  return { keychain, kept }
}

function storeIn(directory: string, keychain?: Keychain): OwnStore {
  return new OwnStore({
    configDirectory: () => directory,
    keychain: async () => keychain,
    exclusively: (file, work) => exclusively(file, work, random),
    random,
  })
}

const fresh = () => join(testFolder(), 'cbc')
const sources = (store: OwnStore) => ({ env: {}, files: [], own: () => store.source() })

describe('the profiles that cbc saves', () => {
  it('are empty without a file, and reading creates none', async () => {
    const directory = fresh()
    expect(await storeIn(directory).list()).toEqual({ profiles: [] })
    expect(existsSync(directory)).toBe(false)
  })

  it('are in a file that only its owner can read, in a directory that only its owner can enter', async () => {
    const directory = fresh()
    const store = storeIn(directory)
    const told = await store.change('prod', { values: VALUES, secrets: { token: new Secret(TOKEN) }, use: true })
    expect(told).toEqual({
      store: 'file',
      notice: `no keychain can be used here: secrets are in ${store.file}, readable by you alone`,
    })
    expect([statSync(store.file).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700])
    expect(readdirSync(directory)).toEqual(['profiles.json'])
    expect(await store.list()).toEqual({ current: 'prod', profiles: [{ name: 'prod', values: VALUES, secrets: { token: 'file' } }] })
    expect(await resolveProfile(undefined, sources(store))).toMatchObject({ name: 'prod', orgKey: 'ABCD1234', source: store.file })
  })

  it('have their secrets in the keychain if there is one, and nowhere else', async () => {
    const { keychain, kept } = memoryKeychain()
    const store = storeIn(fresh(), keychain)
    expect(await store.change('prod', { values: VALUES, secrets: { token: new Secret(TOKEN) } })).toEqual({ store: 'keychain' })
    expect(readFileSync(store.file, 'utf8')).not.toContain('SUPERSECRET')
    expect([...kept.values()]).toEqual([TOKEN])
    const profile = await resolveProfile('PROD', sources(store))
    expect(typeof profile === 'object' && profile.auth.kind === 'api-key' && profile.auth.token.reveal()).toBe(TOKEN)

    await store.change('prod', { secrets: { token: new Secret('NEWKEY/ID') } })
    expect([...kept.values()]).toEqual(['NEWKEY/ID'])
    await store.change('prod', { secrets: await store.secrets('prod'), store: 'file' })
    expect([kept.size, (await store.secrets('prod'))['token']?.reveal()]).toEqual([0, 'NEWKEY/ID'])
    await store.change('prod', { secrets: await store.secrets('prod'), store: 'keychain' })
    expect(await store.remove('Prod')).toEqual({})
    expect([kept.size, await store.list()]).toEqual([0, { profiles: [] }])
  })

  it('ask the keychain only for the profile in use', async () => {
    const asked: string[] = []
    const { keychain } = memoryKeychain((what, account) => {
      if (what === 'get') asked.push(account.split(' ')[0] ?? '')
      return false
    })
    const store = storeIn(fresh(), keychain)
    for (const name of ['one', 'two', 'three']) await store.change(name, { values: VALUES, secrets: { token: new Secret(TOKEN) } })
    await resolveProfile('two', sources(store))
    expect(asked).toEqual(['two'])
  })

  it('fall back to the file with a message when the keychain is locked, unless it was requested', async () => {
    const { keychain } = memoryKeychain(what => what === 'set')
    const store = storeIn(fresh(), keychain)
    expect(await store.change('prod', { values: VALUES, secrets: { token: new Secret(TOKEN) } })).toEqual({
      store: 'file',
      notice: expect.stringMatching(/it is locked: secrets are in /) as string,
    })
    await expect(store.change('other', { values: VALUES, secrets: { token: new Secret(TOKEN) }, store: 'keychain' })).rejects.toMatchObject(
      { code: 'io' },
    )
    expect((await store.list()).profiles.map(({ name }) => name)).toEqual(['prod'])
  })

  it('leave nothing in the keychain for a profile that could not be saved', async () => {
    const { keychain, kept } = memoryKeychain()
    const directory = fresh()
    mkdirSync(directory)
    const store = storeIn(directory, keychain)
    writeFileSync(store.file, '{ "profiles": ')
    await expect(store.change('prod', { values: VALUES, secrets: { token: new Secret(TOKEN) } })).rejects.toMatchObject({
      code: 'io',
      message: `${store.file}: damaged: it is not JSON`,
    })
    expect([kept.size, readFileSync(store.file, 'utf8')]).toEqual([0, '{ "profiles": '])
  })

  it('say what to type when the keychain has lost a secret', async () => {
    const { keychain, kept } = memoryKeychain()
    const store = storeIn(fresh(), keychain)
    await store.change('prod', { values: VALUES, secrets: { token: new Secret(TOKEN) } })
    kept.clear()
    await expect(resolveProfile('prod', sources(store))).rejects.toMatchObject({
      code: 'auth',
      facts: { hint: 'store it again: cbc config set --profile prod token' },
    })
  })

  it('lose nothing when several processes write at once', async () => {
    const folder = testFolder()
    const directory = join(folder, 'config')
    const program = await bundled(new URL('./profile-store-worker.ts', import.meta.url), folder)
    const children = [1, 2, 3].map(() => run(program, directory, String(ROUNDS)))
    expect(await Promise.all(children.map(exit))).toEqual([0, 0, 0])
    const { profiles } = await storeIn(directory).list()
    const wanted = children.flatMap(({ pid }) => Array.from({ length: ROUNDS }, (_, at) => `p${pid}-${at}`))
    expect(profiles.map(({ name }) => name).sort()).toEqual(wanted.sort())
    expect(readdirSync(directory)).toEqual(['profiles.json'])
  })

  it('can be written even if a full disk left a lock without an owner', async () => {
    const directory = fresh()
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, '.profiles.json.lock'), '')
    const program = await bundled(new URL('./profile-store-worker.ts', import.meta.url), testFolder())
    expect(await exit(run(program, directory, '1'))).toBe(0)
    expect((await storeIn(directory).list()).profiles).toHaveLength(1)
  })

  it('can be used while the current one is from another source, or the lab', async () => {
    const store = storeIn(fresh())
    await store.use('lab')
    expect(await resolveProfile(undefined, sources(store))).toBe('lab')
  })
})

describe('a file of saved profiles', () => {
  it('is read, or reported as damaged without showing its content', () => {
    const parts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map(one => JSON.stringify({ profiles: one })),
      fc.constant(`{"profiles": {"a": {"token": "${TOKEN}`),
    )
    fc.assert(
      fc.property(parts, text => {
        try {
          const { profiles } = parseOwnFile(text, '/f')
          expect(
            Object.values(profiles).every(values =>
              Object.values(values).every(value => typeof value === 'string' || typeof value.keychain === 'string'),
            ),
          ).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(CbcError)
          expect((error as CbcError).message).toMatch(/^\/f: damaged: /)
          expect((error as CbcError).message).not.toContain('SUPERSECRET')
        }
      }),
      { numRuns: 500 },
    )
  })
})
