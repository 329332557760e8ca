/** Parts of which each has a name and a place: where it begins, and where it ends. */
export interface Held {
  bytes: Buffer
  places: Record<string, [number, number]>
}

/** The program in CommonJS, and the SHA-256 of its modules. */
export function program(): Promise<Held & { digest: string }>
export function codeCache(held: Held, node: string, uses?: readonly (readonly string[])[]): Held
