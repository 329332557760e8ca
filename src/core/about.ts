/** Facts about this program and what it runs on: `cbc --version --json`. */
export interface About {
  version: string
  /** The commit that it was built from, with `-modified` where the sources differed from it; `unknown` without git. */
  commit: string
  /** The version of Node. */
  node: string
  platform: string
  arch: string
  /** It is one file, with Node in it. */
  executable?: true
}

/** Returns the line of `cbc --version`. Scripts read its first word, which is the version alone. */
export function aboutLine({ version, commit, node, platform, arch, executable }: About): string {
  return `${version} (commit ${commit}, Node ${node}${executable ? ' built in' : ''}, ${platform}-${arch})`
}
