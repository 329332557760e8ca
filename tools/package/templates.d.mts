export function filled(path: string, words: Readonly<Record<string, string>>): string
export function manifests(
  version: string,
  releases: string,
  made: Readonly<Record<string, { file: string; sha256: string }>>,
): Record<string, string>
