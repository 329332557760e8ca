import type { RemotePaths } from '../../remote/paths.ts'

/** The parts of a path of the endpoint as they are kept at home: the drive's letter without its colon first. */
export function localParts(paths: RemotePaths, path: string): string[] {
  const { root, parts } = paths.parts(path)
  return [...(paths.windows ? [root.replace(/[:\\]+/g, '')] : []), ...parts]
}
