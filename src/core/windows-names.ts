/** Names that mean a device on Windows, with any extension, also behind a blank. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$/i

/** Whether a name means a device on Windows, whatever directory it stands in. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(name)
}

/**
 * Whether a file can bear a name on Windows: it is one part of a path, no stream of another file, no pattern, no device, and ends in
 * nothing that Windows leaves off.
 */
export function isWindowsName(name: string): boolean {
  return name !== '' && !/[\\/:*?"<>|\p{Cc}]|[. ]$/u.test(name) && !isDeviceName(name)
}
