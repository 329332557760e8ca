import type { Profile } from '../../seed/profile.ts'

/** `Microsoft Windows [Version 10.0.19045.6456]`. */
export function versionLine({ os }: Profile): string {
  return `Microsoft Windows [Version 10.0.${os.build}.${os.revision}]`
}
