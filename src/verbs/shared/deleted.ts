import type { Column, Row } from '../../core/result.ts'

/** Returns the result of deleting something in the cloud (section 10 of the contract). */
export function deleted(id: string): Row {
  return { id, deleted: true }
}

export const DELETED: Column[] = [{ key: 'id' }, { key: 'deleted' }]
