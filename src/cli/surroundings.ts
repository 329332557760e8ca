import { LAB, resolveProfile } from '../config/profile.ts'
import type { Progress } from '../core/ports.ts'
import { Secret } from '../core/secret.ts'
import type { World } from '../core/world.ts'
import { connect, type Connection } from '../engine/connection.ts'
import type { Globals } from '../engine/globals.ts'
import type { Policy } from '../engine/invoke.ts'
import type { Surroundings } from '../engine/remote-job.ts'
import { escapeLine } from '../ui/escape.ts'
import { openProgress } from '../ui/progress.ts'

/** The lab has no address: requests to it never leave the process. */
const LAB_URL = 'http://lab.localhost'

/** Connects to the organization of the profile, or to the lab. */
export async function openConnection(world: World, globals: Globals, progress: Progress): Promise<Connection> {
  const profile = await resolveProfile(globals.profile, { env: world.env, files: world.credentialsFiles() })
  const onExchange = globals.verbose
    ? { onExchange: ({ method, path, outcome, ms }: { method: string, path: string, outcome: string, ms: number }) => {
        progress.end()
        void world.stderr.write(escapeLine(`${method} ${path} ${outcome} ${Math.round(ms)} ms`) + '\n')
      } }
    : {}
  if (profile === LAB) {
    const lab = await world.lab()
    return connect({ name: LAB, url: new URL(LAB_URL), orgKey: lab.org, token: new Secret(lab.token), transport: lab.send, clock: world.clock, close: () => lab.close(), ...onExchange })
  }
  const { send, close } = await world.network()
  return connect({ name: profile.name, url: profile.url, orgKey: profile.orgKey, token: profile.token, transport: send, clock: world.clock, close, ...onExchange })
}

/** What a command works with, and how to let go of it. */
export async function openSurroundings(world: World, globals: Globals): Promise<Surroundings & { close(): Promise<void> }> {
  const progress = openProgress(world.stderr, world.clock, globals.quiet === true)
  const connection = await openConnection(world, globals, progress)
  const notice = (line: string) => {
    if (globals.quiet) return
    progress.end()
    void world.stderr.write(`cbc: ${escapeLine(line)}\n`)
  }
  return {
    connection, progress, notice,
    clock: world.clock, random: world.random, local: world.local,
    ledger: await world.ledger(connection.place, notice),
    async close() {
      progress.stop()
      await connection.close()
    },
  }
}

/** Who may be asked: a person at the terminal, unless `--no-input`. */
export function policyOf(world: World, globals: Globals, progress: Progress): Policy {
  const policy: Policy = { readOnly: globals.readOnly === true, yes: globals.yes === true }
  if (globals.noInput || !world.stdin.isTerminal || !world.stderr.isTerminal) return policy
  const streams = { input: world.stdin.stream, output: world.terminal.output }
  policy.confirm = async (question, signal) => {
    progress.end()
    const [first = '', ...rest] = question.split('\n')
    if (rest.length > 0) await world.stderr.write(`${rest.map(escapeLine).join('\n')}\n`)
    const { confirm } = await import('../ui/prompt.ts')
    return await confirm(escapeLine(`${capital(first).replace(/:$/, '')}?`), streams, signal)
  }
  policy.type = async (question, signal) => {
    progress.end()
    const lines = question.split('\n').map(escapeLine)
    await world.stderr.write(`${capital(lines.slice(0, -1).join('\n'))}\n`)
    const { typed } = await import('../ui/prompt.ts')
    return await typed(`${lines.at(-1) ?? ''}:`, streams, signal)
  }
  return policy
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
