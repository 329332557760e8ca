import { textBody } from '../fs/body.ts'
import { isDirectory } from '../fs/node.ts'
import type { Program, Run } from '../processes/run.ts'
import type { View } from '../machine.ts'
import { fullKey } from '../registry/path.ts'
import { isWin32, win32 } from '../win32.ts'

/** JET_errFileAccessDenied, as an exit code. */
const ACCESS_DENIED = -1032
const INVALID_PARAMETER = -1003

/** esentutl /y SOURCE [/vss] /d DESTINATION: copies a file, with /vss from a shadow copy of its volume, in which nothing is locked. Its other modes are not implemented. */
export const esentutl: Program = async run => {
  const { args } = run
  const after = (name: string) => args[args.findIndex(arg => arg.toLowerCase() === name) + 1]
  const has = (name: string) => args.some(arg => arg.toLowerCase() === name)
  const [source, destination] = [after('/y'), after('/d')]
  run.print(
    '\nExtensible Storage Engine Utilities for Microsoft(R) Windows(R)\nVersion 10.0\nCopyright (C) Microsoft Corporation. All Rights Reserved.\n\n',
  )
  if (!has('/y') || !has('/d') || source === undefined || destination === undefined) {
    run.print('Usage Error: Invalid option specified.\n')
    return INVALID_PARAMETER
  }
  try {
    await run.machine.change(({ files }) => {
      const body = has('/vss') ? shadowOf(files, source, run) : files.read(source, run.directory)
      files.write(destination, body, run.directory)
    })
    run.print(
      `Initiating COPY FILE mode...\n     Source File: ${source}\nDestination File: ${destination}\n\nOperation completed successfully.\n`,
    )
    return 0
  } catch (error) {
    if (!isWin32(error)) throw error
    run.print('Operation terminated with error -1032 (JET_errFileAccessDenied, Cannot access file, the file is locked or in use).\n')
    return ACCESS_DENIED
  }
}

/** The content of a file as a shadow copy has it. */
function shadowOf(files: View['files'], source: string, { directory }: Run) {
  const { node } = files.find(source, directory).place
  if (isDirectory(node) || node.guard === 'denied') throw win32('ACCESS_DENIED')
  return node.body ?? textBody('')
}

/** reg save KEY FILE [/y]: writes a key to a file, as a hive. */
export async function saveKey(run: Run): Promise<number> {
  const [, key = '', file = '', ...rest] = run.args
  const overwrite = rest.some(arg => arg.toLowerCase() === '/y')
  return await run.machine.change(({ files, registry }) => {
    try {
      registry.enumerate(key)
      // There is nobody to ask.
      if (!overwrite && files.tryFind(file, run.directory) !== undefined) return 1
      const hive = hiveOf(fullKey(key), run)
      const node = hive === undefined ? undefined : files.tryFind(hive)?.place.node
      files.write(file, node?.body ?? textBody('regf'), run.directory)
    } catch (error) {
      if (!isWin32(error)) throw error
      run.complain(
        `ERROR: ${isWin32(error, 'FILE_NOT_FOUND') ? 'The system was unable to find the specified registry key or value.' : error.message}\n`,
      )
      return 1
    }
    run.print('The operation completed successfully.\n')
    return 0
  })
}

/** The file of the hive that a key is the top of. */
function hiveOf(key: string, { machine }: Run): string | undefined {
  const { user } = machine.seed.profile
  const [, name] = /^HKEY_LOCAL_MACHINE\\(SYSTEM|SOFTWARE|SAM|SECURITY)$/i.exec(key) ?? []
  if (name !== undefined) return `C:\\Windows\\System32\\config\\${name}`
  if (/^HKEY_USERS\\\.DEFAULT$/i.test(key)) return 'C:\\Windows\\System32\\config\\DEFAULT'
  return key.toLowerCase() === `hkey_users\\${user.sid}`.toLowerCase() ? `C:\\Users\\${user.name}\\NTUSER.DAT` : undefined
}
