import { createHash } from 'node:crypto'
import { ATTRIBUTE } from '../fs/attributes.ts'
import { readBody } from '../fs/body.ts'
import { listPath } from '../fs/listing.ts'
import { isDirectory } from '../fs/node.ts'
import { parsePath } from '../fs/path.ts'
import { searchPath } from '../processes/locate.ts'
import type { Program, Run } from '../processes/run.ts'
import { isWin32 } from '../win32.ts'

const LETTERS: Record<string, number> = { A: ATTRIBUTE.ARCHIVE, S: ATTRIBUTE.SYSTEM, H: ATTRIBUTE.HIDDEN, R: ATTRIBUTE.READONLY }

/** attrib: shows attributes, or sets and clears them with `+r -h …`. */
export const attrib: Program = async run => {
  const changes = run.args.filter(arg => /^[+-][a-z]$/i.test(arg))
  const target = run.args.find(arg => !/^([+-][a-z]|\/[sdl])$/i.test(arg)) ?? '*'
  const unknown = changes.find(change => LETTERS[change.slice(1).toUpperCase()] === undefined)
  if (unknown !== undefined) {
    run.print(`Parameter format not correct - ${unknown}\n`)
    return 1
  }
  return run.machine.change(({ files }) => {
    let found
    try {
      found = listPath(files, parsePath(target, run.directory, true)).filter(
        ({ name, found: { place } }) => name !== '.' && name !== '..' && (!isDirectory(place.node) || !/[*?]/.test(target)),
      )
    } catch (error) {
      if (!isWin32(error)) throw error
      run.print(`File not found - ${target}\n`)
      return 1
    }
    for (const { found: one } of found) {
      const bits = changes.reduce(
        (all, change) => (change.startsWith('+') ? all | letter(change) : all & ~letter(change)),
        one.place.node.attributes,
      )
      if (changes.length > 0) files.setAttributes(one, bits)
      else run.print(`${shown(bits)}${one.path}\n`)
    }
    return 0
  })
}

const letter = (change: string) => LETTERS[change.slice(1).toUpperCase()] ?? 0
const shown = (bits: number) => {
  const mark = (bit: number, letter: string) => (bits & bit ? letter : ' ')
  return `${mark(ATTRIBUTE.ARCHIVE, 'A')}    ${mark(ATTRIBUTE.SYSTEM, 'S')}${mark(ATTRIBUTE.HIDDEN, 'H')}${mark(ATTRIBUTE.READONLY, 'R')}`.padEnd(
    21,
  )
}

/** Returns the digest of a file on the endpoint, hexadecimal. @param algorithm as named by node:crypto @throws SensorError */
export async function digest(run: Run, path: string, algorithm: string): Promise<string> {
  const { machine, directory } = run
  const body = await machine.look(({ files }) => files.read(path, directory))
  const hash = createHash(algorithm)
  run.pace.settle()
  for await (const chunk of readBody(machine.blobs, body)) hash.update(chunk)
  return hash.digest('hex')
}

const DIGESTS = ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512']

/** certutil -hashfile FILE [algorithm]; its other verbs are not implemented. */
export const certutil: Program = async run => {
  const [verb = '', path, algorithm = 'SHA1'] = run.args
  if (!/^[-/]hashfile$/i.test(verb)) {
    run.complain(`CertUtil: Unknown arg: ${verb}\nCertUtil -?\n`)
    return 0x80070057
  }
  const name = algorithm.toUpperCase()
  if (path === undefined || !DIGESTS.includes(name)) {
    run.print(`CertUtil: -hashfile command FAILED: 0x80070057 (WIN32: 87 ERROR_INVALID_PARAMETER)\nCertUtil: The parameter is incorrect.\n`)
    return 0x80070057
  }
  try {
    run.print(
      `${name} hash of ${path}:\n${await digest(run, path, name.toLowerCase())}\nCertUtil: -hashfile command completed successfully.\n`,
    )
    return 0
  } catch (error) {
    if (!isWin32(error)) throw error
    run.print(
      `CertUtil: -hashfile command FAILED: 0x${error.code.toString(16)} (WIN32: ${error.code & 0xffff})\nCertUtil: ${error.message}\n`,
    )
    return error.code
  }
}

/** where: lists the files of that name (or pattern) in the working directory and the PATH. */
export const where: Program = async run => {
  const names = run.args.filter(arg => !arg.startsWith('/'))
  const extensions = ['', ...(run.environment.get('PATHEXT') ?? '').toLowerCase().split(';')]
  const found = await run.machine.look(({ files }) => [
    ...new Set(
      names.flatMap(name =>
        searchPath(run.directory, run.environment).flatMap(place =>
          extensions.flatMap(extension => {
            try {
              return listPath(files, parsePath(`${place.replace(/\\$/, '')}\\${name}${extension}`, undefined, true))
                .filter(
                  ({
                    found: {
                      place: { node },
                    },
                  }) => !isDirectory(node),
                )
                .map(one => one.found.path)
            } catch (error) {
              if (isWin32(error)) return []
              throw error
            }
          }),
        ),
      ),
    ),
  ])
  if (found.length === 0) run.complain('INFO: Could not find files for the given pattern(s).\n')
  run.print(found.map(path => `${path}\n`).join(''))
  return found.length === 0 ? 1 : 0
}
