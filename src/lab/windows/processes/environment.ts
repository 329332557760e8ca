import type { Profile } from '../seed/profile.ts'

/** Environment variables; names are case-insensitive and case-preserving. */
export class Environment {
  private readonly variables = new Map<string, { name: string; value: string }>()

  constructor(variables: Iterable<[name: string, value: string]> = []) {
    for (const [name, value] of variables) this.set(name, value)
  }

  get(name: string): string | undefined {
    return this.variables.get(name.toUpperCase())?.value
  }

  /** Sets a variable; an empty value removes it. */
  set(name: string, value: string): void {
    const key = name.toUpperCase()
    if (value === '') this.variables.delete(key)
    else this.variables.set(key, { name: this.variables.get(key)?.name ?? name, value })
  }

  /** In the order of their names. */
  entries(): [name: string, value: string][] {
    return [...this.variables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { name, value }]) => [name, value])
  }

  copy(): Environment {
    return new Environment(this.entries())
  }
}

/** Returns the environment of a SYSTEM process. */
export function systemEnvironment(profile: Profile): Environment {
  const root = 'C:\\Windows'
  return new Environment(
    Object.entries({
      ALLUSERSPROFILE: 'C:\\ProgramData',
      CommonProgramFiles: 'C:\\Program Files\\Common Files',
      COMPUTERNAME: profile.name,
      ComSpec: `${root}\\system32\\cmd.exe`,
      NUMBER_OF_PROCESSORS: '4',
      OS: 'Windows_NT',
      Path: [
        `${root}\\system32`,
        root,
        `${root}\\System32\\Wbem`,
        `${root}\\System32\\WindowsPowerShell\\v1.0\\`,
        `${root}\\System32\\OpenSSH\\`,
      ].join(';'),
      PATHEXT: '.COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC',
      PROCESSOR_ARCHITECTURE: 'AMD64',
      ProgramData: 'C:\\ProgramData',
      ProgramFiles: 'C:\\Program Files',
      'ProgramFiles(x86)': 'C:\\Program Files (x86)',
      PUBLIC: 'C:\\Users\\Public',
      SystemDrive: 'C:',
      SystemRoot: root,
      TEMP: `${root}\\TEMP`,
      TMP: `${root}\\TEMP`,
      USERDOMAIN: profile.domain,
      USERNAME: `${profile.name}$`,
      USERPROFILE: `${root}\\system32\\config\\systemprofile`,
      windir: root,
    }),
  )
}
