import type { Column, Row } from '../../core/result.ts'

/** What deleting a thing in the cloud answers: section 10 of the contract. */
export function deleted(id: string): Row {
  return { id, deleted: true }
}

export const DELETED: Column[] = [{ key: 'id' }, { key: 'deleted' }]
