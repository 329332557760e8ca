import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders with the slowest files, which start programs or run the whole program hundreds of times. */
const SLOW = /[\\/]test[\\/](faults|contract|e2e)[\\/]/

/**
 * Runs slow files first, so that no core is left alone with one at the end. vitest itself sorts by earlier durations, which a new clone
 * lacks.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(({ moduleId }) => SLOW.test(moduleId)), ...sorted.filter(({ moduleId }) => !SLOW.test(moduleId))]
  }
}
