import type { Run } from '../processes/run.ts'

/**
 * What an executable does when it runs: reads and changes the endpoint, writes its output, and returns its exit code.
 * Output goes through the run's streams; every wait through `run.sleep`.
 */
export type Program = (run: Run) => Promise<number>
