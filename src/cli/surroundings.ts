import { LAB, resolveProfile, type Profile } from '../config/profile.ts'
import { profileWarnings } from '../config/warnings.ts'
import type { Progress } from '../core/ports.ts'
import { Secret } from '../core/secret.ts'
import type { World } from '../core/world.ts'
import { connect, type Connection, type Exchange } from '../engine/connection.ts'
import type { Globals } from '../engine/globals.ts'
import { policyFor, type Policy } from '../engine/invoke.ts'
import type { Surroundings } from '../engine/remote-job.ts'
import { escapeLine } from '../ui/escape.ts'
import { openProgress } from '../ui/progress.ts'
import { profileSources } from './profile-sources.ts'
import { readStdin, stdinBytes } from './read-stdin.ts'

/** The lab has no address: requests to it never leave the process. */
const LAB_URL = 'http://lab.localhost'

/** Connects to the organization of the profile, or to the lab. */
export async function openConnection(world: World, globals: Globals, progress: Progress): Promise<Connection> {
  return await connectTo(await resolveProfile(globals.profile, profileSources(world)), world, globals, progress)
}

/** Connects as a profile says. Nothing is sent yet. */
export async function connectTo(profile: Profile | typeof LAB, world: World, globals: Globals, progress: Progress): Promise<Connection> {
  const { clock, random } = world
  const common = { clock, random, ...(globals.timeout === undefined ? {} : { timeout: globals.timeout }), ...(globals.verbose ? { onExchange: tell(world, progress) } : {}) }
  if (profile === LAB) {
    const lab = await world.lab()
    return connect({ ...common, name: LAB, url: new URL(LAB_URL), orgKey: lab.org, auth: { kind: 'api-key', token: new Secret(lab.token) }, transport: lab.send, close: () => lab.close() })
  }
  const { name, url, orgKey, auth, readOnly, network, timeout: patience, integration } = profile
  const { send, close } = await world.network(network)
  const userAgent = `${integration === undefined ? '' : `${integration} `}cbc/${world.version}`
  return connect({ ...common, name, url, orgKey, auth, readOnly, userAgent, ...(patience === undefined ? {} : { patience }), transport: send, close })
}

/** Each exchange as one line on stderr. */
function tell({ stderr }: World, progress: Progress): (exchange: Exchange) => void {
  return ({ method, path, outcome, ms }) => {
    progress.end()
    void stderr.write(escapeLine(`${method} ${path} ${outcome} ${Math.round(ms)} ms`) + '\n')
  }
}

/** What a command works with, and how to let go of it. */
export async function openSurroundings(world: World, globals: Globals): Promise<Surroundings & { close(): Promise<void> }> {
  const progress = openProgress(world.stderr, world.clock, globals.quiet === true)
  const profile = await resolveProfile(globals.profile, profileSources(world))
  const connection = await connectTo(profile, world, globals, progress)
  const notice = (line: string) => {
    if (globals.quiet) return
    progress.end()
    void world.stderr.write(`cbc: ${escapeLine(line)}\n`)
  }
  // A program that reads JSON changes no file's mode, and wants an error alone on stderr.
  if (profile !== LAB) for (const line of await profileWarnings(profile, globals.output !== 'json' && globals.output !== 'ndjson')) notice(line)
  return {
    connection, progress, notice,
    clock: world.clock, random: world.random, local: world.local,
    sources: { file: path => world.local.text(path), stdin: () => readStdin(world) },
    stdin: () => stdinBytes(world),
    async show(what) {
      if (globals.quiet || globals.output === 'json' || globals.output === 'ndjson') return
      if (typeof what === 'string') return notice(what)
      progress.end()
      const { render } = await import('../ui/render.ts')
      await render(what, { format: 'table', stdout: world.stderr, stderr: world.stderr })
    },
    ledger: await world.ledger(connection.place, notice),
    async close() {
      progress.stop()
      await connection.close()
    },
  }
}

/** Who may be asked: a person at the terminal, unless `--no-input`. */
export function policyOf(world: World, globals: Globals, { connection, progress }: Pick<Surroundings, 'connection' | 'progress'>): Policy {
  const policy = policyFor(globals, connection)
  if (globals.noInput || !world.stdin.isTerminal || !world.stderr.isTerminal) return policy
  const streams = { input: world.stdin.stream, output: world.terminal.output }
  policy.confirm = async (question, signal) => {
    progress.end()
    const [{ confirm }, { questionLines }] = await Promise.all([import('../ui/prompt.ts'), import('../ui/question.ts')])
    const { above, asked } = questionLines(question)
    if (above !== '') await world.stderr.write(above)
    return await confirm(asked, streams, signal)
  }
  policy.type = async (question, name, signal) => {
    progress.end()
    const [{ typed }, { questionLines }] = await Promise.all([import('../ui/prompt.ts'), import('../ui/question.ts')])
    const { above, asked } = questionLines(question)
    await world.stderr.write(`${asked}\n${above}`)
    return await typed(`Type ${escapeLine(name)} to go on:`, streams, signal)
  }
  return policy
}
