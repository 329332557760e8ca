/** What attributes are made of. */
export interface Kind {
  /** Its own name, which makes it hidden if it starts with a dot. */
  name: string
  is: 'file' | 'directory' | 'link' | 'other'
  /** Of a link: whether it leads to a directory. */
  leadsToDirectory?: boolean
  /** The permission bits. */
  mode: number
}

/**
 * Returns attributes: a link is a REPARSE_POINT as on Windows, with DIRECTORY if it leads to one; pipes, sockets and devices are DEVICE.
 */
export function attributesOf({ name, is, leadsToDirectory = false, mode }: Kind): string[] {
  const given: [string, boolean][] = [
    ['READONLY', is !== 'link' && (mode & 0o222) === 0],
    ['HIDDEN', /^\.[^.]|^\.\../.test(name)],
    ['DIRECTORY', is === 'directory' || leadsToDirectory],
    ['ARCHIVE', is === 'file'],
    ['DEVICE', is === 'other'],
    ['REPARSE_POINT', is === 'link'],
  ]
  return given.filter(([, holds]) => holds).map(([attribute]) => attribute)
}

/** Formats a time as ISO 8601 UTC with whole seconds. */
export function wholeSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}
