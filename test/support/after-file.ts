/** What is done after each test file. Test files share their worker's modules, so that an `afterAll` of a module would belong to the first of them alone. */
const cleanups: (() => unknown)[] = []

/** Has something done after each test file: opened things closed, folders removed. For modules that tests share. */
export function afterEachFile(cleanup: () => unknown): void {
  cleanups.push(cleanup)
}

/** Does all of it, newest first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.toReversed()) await cleanup()
}
