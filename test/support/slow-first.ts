import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders whose files take the longest: they start programs, or run the whole program hundreds of times. */
const SLOW = /[\\/]test[\\/](faults|contract|e2e)[\\/]/

/**
 * Begins with what takes long, so that no core is left with it alone at the end; vitest itself goes by how long files took, which a fresh
 * clone doesn't know.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(({ moduleId }) => SLOW.test(moduleId)), ...sorted.filter(({ moduleId }) => !SLOW.test(moduleId))]
  }
}
