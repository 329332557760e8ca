/** Returns the name of a program's prefetch file: its own name, and eight digits of a hash of its path (the algorithm "SCCA Vista"). */
export function prefetchName(image: string, path: string): string {
  let value = 314_159
  for (const byte of Buffer.from(path.toUpperCase().replace(/^C:/, '\\DEVICE\\HARDDISKVOLUME3'), 'utf16le'))
    value = (Math.imul(value, 37) + byte) >>> 0
  return `${image.toUpperCase()}-${value.toString(16).toUpperCase().padStart(8, '0')}.pf`
}
