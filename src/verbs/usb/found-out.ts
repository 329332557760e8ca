import { CbcError } from '../../core/errors.ts'

/**
 * Makes a change; where its answer was lost, looks whether it was made. Nothing is sent twice.
 * @param look what was made; undefined: it can't be seen
 * @throws CbcError what `change` throws, unknown_outcome too where nothing can be seen: it may still be on its way
 */
export async function orFoundOut<T>(change: () => Promise<T>, look: () => Promise<T | undefined>): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'unknown_outcome') throw error
    const made = await look().catch(() => undefined)
    if (made === undefined) throw error
    return made
  }
}
