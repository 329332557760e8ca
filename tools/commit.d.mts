export function commitOf(folder: string, sources: readonly string[]): string
export function dayOf(folder: string): string
