import { programOf } from '../../remote/command-line.ts'
import { fileName } from '../../remote/process-names.ts'
import { encodedCommand } from '../process/encoded-command.ts'
import type { Item } from './item.ts'

/** Returns what rules and people see of a command line: its program, its name, the script that is encoded in it. */
export function commandFacts(
  command: string,
  windows: boolean,
): Pick<Item, 'command_line' | 'decoded' | 'path'> & { facts: Record<string, string> } {
  const path = programOf(command, windows)
  const decoded = encodedCommand(command)
  return {
    command_line: command,
    ...(path === '' ? {} : { path }),
    ...(decoded === undefined ? {} : { decoded }),
    facts: {
      command,
      path,
      name: fileName(path, windows),
      text: `${command}\n${decoded ?? ''}`,
      ...(decoded === undefined ? {} : { decoded }),
    },
  }
}

/** Puts the endpoint's usual folders in the places of their variables, so that a path is the same wherever it was written. */
export function withFolders(command: string): string {
  const folders: Readonly<Record<string, string>> = {
    systemroot: 'C:\\Windows',
    windir: 'C:\\Windows',
    systemdrive: 'C:',
    programfiles: 'C:\\Program Files',
    'programfiles(x86)': 'C:\\Program Files (x86)',
    programdata: 'C:\\ProgramData',
    allusersprofile: 'C:\\ProgramData',
    public: 'C:\\Users\\Public',
  }
  return command
    .replace(/^\\\?\?\\/, '')
    .replace(/^\\?systemroot\\/i, 'C:\\Windows\\')
    .replace(/^system32\\/i, 'C:\\Windows\\System32\\')
    .replace(/%([^%]+)%/g, (whole, name: string) => folders[name.toLowerCase()] ?? whole)
}
