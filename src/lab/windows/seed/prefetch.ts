/** The name of a program's prefetch file: its own and eight digits of a hash of its path, the algorithm Windows calls "SCCA Vista". */
export function prefetchName(image: string, path: string): string {
  let value = 314_159n
  for (const byte of Buffer.from(path.toUpperCase().replace(/^C:/, '\\DEVICE\\HARDDISKVOLUME3'), 'utf16le')) value = (value * 37n + BigInt(byte)) & 0xffffffffn
  return `${image.toUpperCase()}-${value.toString(16).toUpperCase().padStart(8, '0')}.pf`
}
