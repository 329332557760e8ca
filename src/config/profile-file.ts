import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CbcError } from '../core/errors.ts'
import { same } from './profile.ts'
import { isRecord } from '../core/is-record.ts'

/** A setting as stored in the file: its text, or the name of its entry in the keychain. */
export type Stored = string | { keychain: string }

/** The file of the program's own profiles. Their settings are those of a section of `credentials.cbc`, and a few more (settings.ts). */
export interface OwnFile {
  /** The profile that is used where none is asked for. */
  current?: string
  profiles: Record<string, Record<string, Stored>>
}

/**
 * Reads the program's own profiles.
 * @returns no profiles where there is no such file
 * @throws CbcError io: it can't be read, or is damaged; its content is never shown
 */
export async function readOwnFile(file: string): Promise<OwnFile> {
  return await readFile(file, 'utf8').then(
    text => parseOwnFile(text, file),
    error => absent(error, file),
  )
}

/** Reads them synchronously, for code that holds the lock. */
export function readOwnFileSync(file: string): OwnFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return absent(error, file)
  }
  return parseOwnFile(text, file)
}

/** @throws CbcError io: it is damaged */
export function parseOwnFile(text: string, file: string): OwnFile {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    // The parser's own message may quote a secret.
    throw damaged(file, 'it is not JSON')
  }
  if (!isRecord(read) || !isRecord(read['profiles'] ?? {})) throw damaged(file, 'it holds no profiles')
  const { current, profiles = {} } = read as { current?: unknown; profiles?: Record<string, unknown> }
  if (current !== undefined && typeof current !== 'string') throw damaged(file, 'its "current" is not a name')
  for (const [name, values] of Object.entries(profiles)) {
    if (!isRecord(values) || !Object.values(values).every(isStored))
      throw damaged(file, `the settings of its profile "${name}" are not texts`)
  }
  return { ...(current === undefined ? {} : { current }), profiles: profiles as OwnFile['profiles'] }
}

/** Finds a profile by name in any case. @returns the name as the file spells it */
export function nameIn({ profiles }: OwnFile, name: string): string | undefined {
  return Object.keys(profiles).find(known => same(known, name))
}

/** The names of the keychain entries of some settings. */
export function accounts(stored: Record<string, Stored | undefined>): string[] {
  return Object.values(stored).flatMap(value => (typeof value === 'object' ? [value.keychain] : []))
}

/** The same for the whole file. */
export function allAccounts({ profiles }: OwnFile): string[] {
  return Object.values(profiles).flatMap(accounts)
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'string' || (isRecord(value) && typeof value['keychain'] === 'string')
}

function absent(error: unknown, file: string): OwnFile {
  if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return { profiles: {} }
  throw new CbcError('io', `${file}: can't be read`, { hint: 'it must be readable by you', cause: error })
}

function damaged(file: string, how: string): CbcError {
  return new CbcError('io', `${file}: damaged: ${how}`, {
    hint: 'repair it, or move it away and run `cbc config init`; cbc does not overwrite it',
  })
}
