import type { Output } from '../../core/ports.ts'

/** For results that are only turned into JSON. */
export const NOWHERE: Output = { isTerminal: false, color: false, columns: () => Infinity, write: async () => {} }
