import type { Host } from '../../core/host.ts'
import type { Grammar } from '../../engine/parse.ts'
import type { Dialect } from './dialect.ts'

/** The shells that completion supports. */
export const SHELLS: Readonly<Record<string, () => Promise<Dialect>>> = {
  bash: async () => (await import('./bash.ts')).dialect,
  zsh: async () => (await import('./zsh.ts')).dialect,
  fish: async () => (await import('./fish.ts')).dialect,
  powershell: async () => (await import('./powershell.ts')).dialect,
}

/**
 * Answers a shell that waits for candidates: its script runs `cbc __complete <shell> …`, a call that help doesn't list. If anything goes
 * wrong, the answer is that there are no candidates.
 * @param asked the words after `__complete`
 */
export async function answer([name = '', ...asked]: readonly string[], grammar: Grammar, host: Host): Promise<void> {
  const dialect = await (Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined)?.()
  if (dialect === undefined) return
  const [{ candidates }, { sourcesOf }] = await Promise.all([import('./candidates.ts'), import('./sources.ts')])
  const { line, write } = dialect.read(asked)
  const found = await candidates(grammar, line, sourcesOf(host)).catch(async (error: unknown) => {
    if (host.env['CBC_DEBUG'] === '1') await host.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    return []
  })
  await host.stdout.write(write(found))
}
