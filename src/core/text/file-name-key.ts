/** Returns what names have in common that are one name on file systems that ignore case and Unicode normalization. */
export function fileNameKey(name: string): string {
  return name.normalize('NFD').toUpperCase().toLowerCase()
}
