/** Names that mean a device on Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i

/** The endpoint's name for a file as a name on this machine: it never decides where the file goes, and shows as what it is. */
export function safeName(name: string): string {
  const flat = name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '_').replace(/[. ]+$/, '_')
  return flat === '' || flat === '_' || RESERVED.test(flat) ? `_${flat}` : flat
}
