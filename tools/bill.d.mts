/** A package of which something is in the bundle. */
export interface Bundled {
  /** As the lock file names it: `node_modules/ora/node_modules/chalk`. */
  path: string
  name: string
  version: string
  /** SPDX, as the package says. */
  licence: string
  /** The one that it is used under. */
  used: string
  integrity: string
  /** Of its licence. */
  text: string
  /** Paths of the packages in the bundle that it needs. */
  needs: string[]
}

export const ALLOWED: readonly string[]
export function licenceOf(path: string, locked?: string): string | undefined
export function usedUnder(licence: string): string | undefined
export function bundled(meta: unknown): Bundled[]
export function sbom(
  packages: readonly Bundled[],
  runtime?: { package: string; node: string; integrity: string },
): {
  bomFormat: string
  specVersion: string
  serialNumber: string
  version: number
  metadata: { component: Record<string, unknown> }
  components: {
    'bom-ref': string
    name: string
    type: string
    group?: string
    version: string
    purl: string
    scope: string
    hashes: { alg: string; content: string }[]
    licenses: unknown[]
  }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}
export function notices(packages: readonly Bundled[]): string
