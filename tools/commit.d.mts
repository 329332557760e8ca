export function commitOf(folder: string, sources: readonly string[]): string
