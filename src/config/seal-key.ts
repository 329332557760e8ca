import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { asCbcError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { Secret } from '../core/secret.ts'

/** The name of the key in the keychain. */
const ACCOUNT = 'seal key'

export interface SealKey {
  pem: Secret
  /** Where it is, for messages. */
  from: string
  /** It was made just now. */
  isNew: boolean
}

/**
 * Finds the user's key for seals, and makes one on first use: in the operating system's keychain, else in a file of the program's own
 * that the user alone can read.
 * @param make makes a private key, PEM
 * @throws CbcError io: the keychain or the file can't be read or written
 */
export async function sealKey(host: Pick<Host, 'keychain' | 'configDirectory' | 'exclusively'>, make: () => Secret): Promise<SealKey> {
  const path = join(host.configDirectory(), 'seal-key.pem')
  // A key that is there is used: another one would look like another analyst.
  const inFile = readKey(path)
  if (inFile !== undefined) return { pem: inFile, from: path, isNew: false }
  const keychain = await host.keychain()
  try {
    const kept = await keychain?.get(ACCOUNT)
    if (kept !== undefined) return { pem: kept, from: 'the keychain', isNew: false }
    if (keychain !== undefined) {
      const pem = make()
      await keychain.set(ACCOUNT, pem)
      return { pem, from: 'the keychain', isNew: true }
    }
  } catch (error) {
    // A keychain without a desktop to unlock it is no place for a key.
    if (asCbcError(error).code !== 'io') throw error
  }
  return await host.exclusively(path, () => {
    const meanwhile = readKey(path)
    if (meanwhile !== undefined) return { pem: meanwhile, from: path, isNew: false }
    const pem = make()
    writeKey(path, pem)
    return { pem, from: path, isNew: true }
  })
}

function readKey(path: string): Secret | undefined {
  try {
    return new Secret(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw asCbcError(error)
  }
}

/** Writes the key whole or not at all. The folder is there: the lock is in it. */
function writeKey(path: string, pem: Secret): void {
  const part = `${path}.part`
  try {
    rmSync(part, { force: true })
    const file = openSync(part, 'wx', 0o600)
    try {
      writeSync(file, pem.reveal())
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(part, path)
  } catch (error) {
    throw asCbcError(error)
  }
}
