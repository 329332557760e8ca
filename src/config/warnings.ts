import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, sep } from 'node:path'
import { posixWord } from '../core/quote.ts'
import type { Profile } from './profile.ts'

/**
 * What the user of a profile should know each time, a line each: certificates that are not checked, a case folder that records nothing, a
 * file that others can read or replace.
 * @param files whether to look at its file
 */
export async function profileWarnings(
  { name, source, here, url, caseFolder, network: { verify, verifyHostname } }: Profile,
  files = true,
): Promise<string[]> {
  const open = files && isAbsolute(source) ? await findExposure(source) : undefined
  return [
    ...(here === true ? [`profile "${name}" is from the working directory, ${source}: everything goes to ${url.host}`] : []),
    ...(verify ? [] : [`profile "${name}": ssl_verify is off, so whoever is in between can read and change everything, the token too`]),
    ...(verifyHostname || !verify
      ? []
      : [`profile "${name}": ssl_verify_hostname is off, so any server with a good certificate can pass for the service`]),
    ...(caseFolder === undefined
      ? []
      : [`profile "${name}": its setting "case" does nothing yet: no command is recorded in ${caseFolder}`]),
    ...(open === undefined ? [] : [`${open.what}: ${open.mend}`]),
  ]
}

/**
 * Whether others can get at a file of credentials, or put another one in its place.
 * @returns that in words, and the command that mends it; undefined where nobody can, it isn't there, or the system has no such modes
 */
export async function findExposure(file: string): Promise<{ what: string; mend: string } | undefined> {
  // What Node tells of modes on Windows has nothing to do with who may read a file.
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
