export interface Target {
  /** The npm package that holds its Node. */
  package: string
  /** The version of it. */
  node: string
  /** As pkg calls them. */
  platform: 'linux' | 'win' | 'macos'
  arch: 'x64' | 'arm64'
  format: 'ELF' | 'PE' | 'Mach-O'
  /** The path of Node's binary in the package. */
  member: string
  /** Of the executable's name. */
  ending: '' | '.exe'
}

/** What npm calls the integrity of a package, by `name@version`. */
export const RUNTIMES: Readonly<Record<string, string>>
export const TARGETS: Readonly<Record<string, Target>>
export const HOST: string

export const DEBIAN: Readonly<Record<string, string>>
