/** Names that mean a device on Windows, with any extension, even after a blank. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$/i

/** Whether a name means a device on Windows, in any directory. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(name)
}

/**
 * Whether a name is valid for a file on Windows: a single part of a path that is not a stream of another file, not a pattern and not a
 * device, and that does not end in characters that Windows strips.
 */
export function isWindowsName(name: string): boolean {
  return name !== '' && !/[\\/:*?"<>|\p{Cc}]|[. ]$/u.test(name) && !isDeviceName(name)
}
