import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, sep } from 'node:path'
import { posixWord } from '../core/quote.ts'
import type { Profile } from './profile.ts'

/**
 * Returns the warnings that a profile's user should see each time, a line each: certificates that are not checked, a file that others can
 * read or replace.
 * @param files whether to check its file too
 */
export async function profileWarnings(
  { name, source, here, url, network: { verify, verifyHostname } }: Profile,
  files = true,
): Promise<string[]> {
  const open = files && isAbsolute(source) ? await findExposure(source) : undefined
  return [
    ...(here === true ? [`profile "${name}" is from the working directory, ${source}: everything goes to ${url.host}`] : []),
    ...(verify ? [] : [`profile "${name}": ssl_verify is off, so anyone in between can read and change everything, the token too`]),
    ...(verifyHostname || !verify
      ? []
      : [`profile "${name}": ssl_verify_hostname is off, so any server with a valid certificate can pass for the service`]),
    ...(open === undefined ? [] : [`${open.what}: ${open.mend}`]),
  ]
}

/**
 * Checks whether others can read a credentials file, or replace it.
 * @returns the problem in words, and the command that fixes it; undefined where there is none, the file doesn't exist, or the system has no
 *   such modes
 */
export async function findExposure(file: string): Promise<{ what: string; mend: string } | undefined> {
  // The modes that Node reports on Windows say nothing about who may read a file.
  if (sep === '\\') return undefined
  const modeOf = async (path: string) =>
    await stat(path).then(
      found => found.mode,
      () => 0,
    )
  const folder = dirname(file)
  if (((await modeOf(folder)) & 0o022) !== 0)
    return { what: `others can write to ${folder}, and so put credentials of their own there`, mend: `chmod go-w ${posixWord(folder)}` }
  return ((await modeOf(file)) & 0o077) === 0
    ? undefined
    : { what: `others can get at ${file}, which holds credentials`, mend: `chmod 600 ${posixWord(file)}` }
}
