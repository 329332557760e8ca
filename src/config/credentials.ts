import { readFile } from 'node:fs/promises'
import { CbcError } from '../core/errors.ts'

/** A `[section]` of a `credentials.cbc`: a profile. Keys are in lower case. */
export interface Section {
  name: string
  values: Record<string, string>
}

export interface CredentialsFile {
  sections: Section[]
}

/**
 * Reads a credentials file of the vendor's SDK ("Credentials that users already have").
 * @returns undefined where there is no such file
 * @throws CbcError io: it can't be read; auth: it is not text, or not a credentials file
 */
export async function readCredentials(file: string): Promise<CredentialsFile | undefined> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new CbcError('io', `${file}: can't be read`, { hint: 'it must be readable by you', cause: error })
  }
  return parseCredentials(await decoded(bytes, file), file)
}

/** A section that is being read, with the lines of each value. */
interface Unfinished {
  name: string
  values: Map<string, string[]>
}

/** The section that applies to all others, in this spelling only. */
const COMMON = 'DEFAULT'

/**
 * Parses the sections of a file as Python's configparser does: `key = value` or `key: value`, comment lines, values that continue in lines
 * that are indented more, keys in any case, no duplicates, and `[DEFAULT]` for values of all sections.
 * @param file for messages
 * @throws CbcError auth: a line has another form
 */
export function parseCredentials(text: string, file: string): CredentialsFile {
  const sections: Unfinished[] = []
  let value: string[] | undefined
  let depth = 0
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries()) {
    const content = line.trim()
    // The line itself is never shown, because it may hold a token.
    const wrong = (why: string) =>
      new CbcError('auth', `${file}: line ${at + 1} ${why}`, { hint: 'write each profile as a [section] with lines key = value' })
    if (/^[#;]/.test(content)) continue
    if (content === '') {
      value?.push('')
      continue
    }
    const indent = line.length - line.trimStart().length
    if (value !== undefined && indent > depth) {
      value.push(content)
      continue
    }
    depth = indent
    const name = /^\[(.+)\]/.exec(content)?.[1]?.trim()
    if (name !== undefined) {
      if (name !== COMMON && sections.some(one => one.name === name)) throw wrong('repeats a section')
      sections.push({ name, values: new Map() })
      value = undefined
      continue
    }
    const [key, first] = splitAtDelimiter(content)
    const section = sections.at(-1)
    if (key === '' || section === undefined) throw wrong('is neither a [section] nor key = value')
    if (section.values.has(key.toLowerCase())) throw wrong('repeats a key')
    section.values.set(key.toLowerCase(), (value = [first]))
  }
  return { sections: finished(sections) }
}

/** Splits a line at its first `=` or `:`. No regular expression, because one that trims takes very long on a long run of blanks. */
function splitAtDelimiter(content: string): [key: string, value: string] {
  const at = content.search(/[=:]/)
  return at < 0 ? ['', ''] : [content.slice(0, at).trim(), content.slice(at + 1).trim()]
}

function finished(sections: readonly Unfinished[]): Section[] {
  const whole = sections.map(({ name, values }) => ({
    name,
    values: Object.fromEntries([...values].map(([key, lines]) => [key, valueOf(lines)])),
  }))
  const common = Object.fromEntries(whole.filter(({ name }) => name === COMMON).flatMap(({ values }) => Object.entries(values)))
  const named = whole.filter(({ name }) => name !== COMMON).map(({ name, values }) => ({ name, values: { ...common, ...values } }))
  // For the SDK a file with this section alone has no profile, but what is meant is clear.
  return named.length === 0 && 'url' in common ? [{ name: 'default', values: common }] : named
}

/** Joins a value's lines. The SDK reads with interpolation, where a percent sign, for example in a proxy's password, is written twice. */
function valueOf(lines: readonly string[]): string {
  return lines.join('\n').trimEnd().replaceAll('%%', '%')
}

/** @throws CbcError auth: it is not text */
async function decoded(bytes: Buffer, file: string): Promise<string> {
  // Loaded here, so that start-up is quick where there is no such file.
  const [{ decodeWhole }, { Malformed }] = await Promise.all([import('../core/text/decode.ts'), import('../core/text/malformed.ts')])
  try {
    return decodeWhole(bytes)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new CbcError('auth', `${file}: line ${error.line}: ${error.message}`, { hint: 'save it as UTF-8, or as UTF-16' })
  }
}
