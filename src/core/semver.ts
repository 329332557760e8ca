/** A version by the rules of Semantic Versioning 2.0.0 (semver.org). */
export interface Version {
  /** As it was written, without build metadata. */
  text: string
  /** Major, minor, patch. */
  release: readonly string[]
  /** `['beta', '2']` of `1.0.0-beta.2`; empty for a release. */
  prerelease: readonly string[]
}

const NUMBER = '(?:0|[1-9]\\d*)'
const IDENTIFIER = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`
const PATTERN = new RegExp(
  `^((${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?)(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
)
/** The longest version that is read, characters. */
const MAX_LENGTH = 128

/** Reads a version, also one with the v of a tag in front. @returns undefined where it is not one */
export function parseVersion(text: string): Version | undefined {
  const found = text.length > MAX_LENGTH ? null : PATTERN.exec(text.replace(/^v/, ''))
  if (found === null) return undefined
  const [, whole = '', major = '', minor = '', patch = '', prerelease] = found
  return { text: whole, release: [major, minor, patch], prerelease: prerelease?.split('.') ?? [] }
}

/** Compares versions by precedence: negative where `a` comes before `b`, 0 where neither does (section 11). */
export function compareVersions(a: Version, b: Version): number {
  const release = compareLists(a.release, b.release)
  if (release !== 0) return release
  // What leads to a release comes before it.
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length
  return compareLists(a.prerelease, b.prerelease)
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareIdentifiers(a[at] ?? '', b[at] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Numbers by their size, which may exceed every number of JavaScript, then words by their characters. */
function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [a, b].map(text => /^\d+$/.test(text))
  if (left !== right) return left ? -1 : 1
  if (left && a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
