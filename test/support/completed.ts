import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './host.ts'
import { run } from './program.ts'

/**
 * Asks for candidates as fish does, until they are what they should be. A Tab waits a second and a half for the service, which a busy machine may
 * need for itself; after that it rests, unless what it remembers is deleted. Later Tabs in the same home find the devices in the cache.
 * @param line what is typed so far
 * @param holds whether it is what it should be
 * @returns what was printed, with stderr
 */
export async function completed(
  line: string,
  { home, env }: { home: string; env?: Record<string, string | undefined> },
  holds: (stdout: string) => boolean,
): Promise<string> {
  let printed = ''
  await until(async () => {
    const { stdout, stderr } = await run(['__complete', 'fish', line], { home, cwd: home, ...(env && { env }) })
    printed = stdout + stderr
    if (holds(stdout)) return true
    rmSync(join(home, '.local', 'state', 'cbc', 'cache'), { recursive: true, force: true })
    return false
  })
  return printed
}
