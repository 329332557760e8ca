import type { Profile } from '../../seed/profile.ts'

/** Returns a text such as `Microsoft Windows [Version 10.0.19045.6456]`. */
export function versionLine({ os }: Profile): string {
  return `Microsoft Windows [Version 10.0.${os.build}.${os.revision}]`
}
