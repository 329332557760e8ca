import type { About } from './core/about.ts'

declare const __CBC_VERSION__: string
declare const __CBC_COMMIT__: string

/** Returns the facts about this program. The build inserts version and commit. */
export function aboutProgram({ versions, platform, arch, getBuiltinModule }: NodeJS.Process): About {
  return {
    version: typeof __CBC_VERSION__ === 'string' ? __CBC_VERSION__ : '0.0.0',
    commit: typeof __CBC_COMMIT__ === 'string' ? __CBC_COMMIT__ : 'unknown',
    node: versions.node,
    platform,
    arch,
    ...(getBuiltinModule('node:sea').isSea() ? { executable: true } : {}),
  }
}
