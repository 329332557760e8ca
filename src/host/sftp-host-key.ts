import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import { exclusively } from './file-lock.ts'

/** Bits of a file's mode by which others can read or change it. */
const OTHERS = 0o077

/**
 * Returns the private key by which clients recognize this machine's SFTP server: it is made once, and kept for its user alone.
 * @param make makes one, in OpenSSH's form
 * @throws CbcError refused: others can read it; io
 */
export async function hostKey(file: string, make: () => string, random: Random): Promise<string> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  return await exclusively(file, () => kept(file) ?? keep(file, make()), random).catch((error: unknown) => {
    throw asCbcError(error)
  })
}

function kept(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0)
    throw new CbcError('refused', `${file}: others can read this key, and could pass for this server`, {
      hint: 'delete it, and a new one is made',
    })
  return readFileSync(file, 'utf8')
}

function keep(file: string, key: string): string {
  const whole = `${file}.new`
  writeFileSync(whole, key, { mode: 0o600 })
  renameSync(whole, file)
  return key
}
