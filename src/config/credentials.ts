import { readFile } from 'node:fs/promises'
import { CbcError } from '../core/errors.ts'

/** One `[section]` of a `credentials.cbc`: a profile. Keys are in lower case. */
export interface Section {
  name: string
  values: Record<string, string>
}

export interface CredentialsFile {
  sections: Section[]
}

/**
 * Reads a file of the vendor's SDK ("Credentials that users already have").
 * @returns undefined where there is no such file
 * @throws CbcError io: it can't be read; auth: it is none
 */
export async function readCredentials(file: string): Promise<CredentialsFile | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new CbcError('io', `${file}: can't be read`, { hint: 'it must be readable by you', cause: error })
  }
  return parseCredentials(decode(bytes), file)
}

/** @param file for messages */
export function parseCredentials(text: string, file: string): CredentialsFile {
  const sections: Section[] = []
  text.split(/\r\n|\r|\n/).forEach((line, at) => {
    const trimmed = line.trim()
    if (trimmed === '' || /^[#;]/.test(trimmed)) return
    const heading = /^\[(.+)\]$/.exec(trimmed)
    if (heading !== null) {
      sections.push({ name: (heading[1] ?? '').trim(), values: {} })
      return
    }
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed)
    const section = sections.at(-1)
    // The line itself may hold a token: it is never shown.
    if (pair === null || section === undefined) throw new CbcError('auth', `${file}: line ${at + 1} is neither a [section] nor key = value`)
    section.values[(pair[1] ?? '').toLowerCase()] = (pair[2] ?? '').trim()
  })
  return { sections }
}

/** UTF-8 with or without BOM, or UTF-16 with BOM. */
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  if (encoding !== 'utf-16be') return new TextDecoder(encoding).decode(bytes)
  // Node without full ICU lacks utf-16be.
  return new TextDecoder('utf-16le').decode(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16())
}
