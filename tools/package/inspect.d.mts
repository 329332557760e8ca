import type { Held } from './program.mjs'
import type { Target } from './targets.mjs'

export function inspect(path: string, target: Pick<Target, 'format' | 'arch'>, held: Pick<Held, 'bytes'>): { size: number }
export function kindOf(bytes: Buffer): string
