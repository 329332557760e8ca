import { isJson } from '../core/format.ts'
import { LAB, resolveProfile, type Profile } from '../config/profile.ts'
import { queueUrl } from '../config/values.ts'
import { profileWarnings } from '../config/warnings.ts'
import type { CaseFolder } from '../core/case-folder.ts'
import type { CaseRecorder } from '../core/case-record.ts'
import type { Progress } from '../core/ports.ts'
import { shellWord } from '../core/quote.ts'
import { Secret } from '../core/secret.ts'
import type { Host } from '../core/host.ts'
import { connect, type Connection, type Exchange } from '../engine/connection.ts'
import type { Globals } from '../engine/globals.ts'
import { policyFor, type Policy } from '../engine/invoke.ts'
import type { OpenRuntime, RuntimeContext } from '../engine/remote-job.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Notices } from '../ui/notices.ts'
import { personAt } from '../ui/person.ts'
import { openProgress } from '../ui/progress.ts'
import { profileSources } from './profile-sources.ts'
import { readStdin, stdinBytes } from './read-stdin.ts'

/** The lab has no address: requests to it never leave the process. */
const LAB_URL = 'http://lab.localhost'

/** Connects to the organization of the profile, or to the lab. */
export async function openConnection(host: Host, globals: Globals, progress: Progress): Promise<Connection> {
  return await connectTo(await resolveProfile(globals.profile, profileSources(host)), host, globals, progress)
}

/** Connects with the settings of a profile. Nothing is sent yet. */
export async function connectTo(profile: Profile | typeof LAB, host: Host, globals: Globals, progress: Progress): Promise<Connection> {
  const { clock, random } = host
  const common = { clock, random, progress, ...(globals.verbose ? { onExchange: exchangeLogger(host, progress) } : {}) }
  if (profile === LAB) {
    const lab = await host.lab()
    return connect({
      ...common,
      name: LAB,
      url: new URL(LAB_URL),
      orgKey: lab.org,
      auth: { kind: 'api-key', token: new Secret(lab.token) },
      transport: lab.send,
      close: () => lab.close(),
    })
  }
  const { name, url, orgKey, auth, readOnly, network, timeout: timeoutMs, integration } = profile
  const { send, close } = await host.network(network)
  const userAgent = `${integration === undefined ? '' : `${integration} `}cbc/${host.about.version}`
  return connect({
    ...common,
    name,
    url,
    orgKey,
    auth,
    readOnly,
    userAgent,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    transport: send,
    close,
  })
}

/** Returns a listener that writes each exchange as one line to stderr (`--verbose`). */
export function exchangeLogger({ stderr }: Host, progress: Progress): (exchange: Exchange) => void {
  return ({ method, path, outcome, ms }) => {
    progress.clear()
    void stderr.write(escapeLine(`${method} ${path} ${outcome} ${Math.round(ms)} ms`) + '\n')
  }
}

/**
 * Opens what a command works with: connection, progress, policy, ledger and so on. `close` releases it.
 * @param notices where that is told which is no result
 */
export async function openRuntimeContext(host: Host, globals: Globals, notices: Notices): Promise<OpenRuntime> {
  const progress = openProgress(host.stderr, host.clock, globals.quiet === true)
  const profile = await resolveProfile(globals.profile, profileSources(host))
  const connection = await connectTo(profile, host, globals, progress)
  const queue = queueOf(profile, host)
  const notice = (line: string) => {
    progress.clear()
    void notices.tell(line)
  }
  const recorder = await recorderOf(host, globals, profile, connection)
  // With JSON a program is reading: it can't act on a warning about a file's mode, and expects only errors on stderr.
  if (profile !== LAB) for (const line of await profileWarnings(profile, !isJson(globals.output))) notice(line)
  return {
    connection,
    progress,
    notice,
    policy: policyOf(host, globals, { connection, progress }),
    clock: host.clock,
    random: host.random,
    local: host.local,
    lineOf: ({ id, name }, [verb = '', ...rest]) =>
      [
        'cbc',
        ...(globals.profile === undefined ? [] : ['--profile', globals.profile]),
        'lr',
        ...verb.split(' '),
        name ?? String(id),
        ...rest,
      ]
        .map(word => shellWord(word, host.shellLanguage) ?? JSON.stringify(word))
        .join(' '),
    sources: { file: path => host.local.text(path), stdin: () => readStdin(host), notice },
    stdin: () => stdinBytes(host),
    async show(what) {
      if (globals.quiet || isJson(globals.output)) return false
      if (typeof what === 'string') {
        notice(what)
        return true
      }
      progress.clear()
      const { render } = await import('../ui/render.ts')
      await render(what, { format: 'table', stdout: host.stderr, stderr: host.stderr })
      return true
    },
    ledger: await host.ledger(connection.place, notice),
    ...(queue === undefined ? {} : { queue }),
    ...(recorder === undefined ? {} : { case: recorder }),
    async close() {
      progress.stop()
      try {
        await recorder?.close()
      } finally {
        await connection.close()
      }
    },
  }
}

/** Returns what opens the folder of the case in which everything is recorded; undefined where there is none. */
export function caseFolderOf({ case: recorder }: Pick<RuntimeContext, 'case'>, host: Host): (() => Promise<CaseFolder>) | undefined {
  return recorder && (() => host.caseFolder(recorder.path, { create: true }))
}

/** What was typed, as a person would type it again. @param words those after `cbc` */
export function typedLine(words: readonly string[], { shellLanguage }: Host): string {
  return ['cbc', ...words].map(word => shellWord(word, shellLanguage) ?? JSON.stringify(word)).join(' ')
}

/** Opens the case that the options name, or else the profile. @throws CbcError io: its folder can't be made */
async function recorderOf(
  host: Host,
  { case: given, dryRun }: Globals,
  profile: Profile | typeof LAB,
  connection: Connection,
): Promise<CaseRecorder | undefined> {
  const path = given ?? (profile === LAB ? undefined : profile.caseFolder)
  if (path === undefined || dryRun === true) return undefined
  const { openRecorder } = await import('./case/recorder.ts')
  return await openRecorder(path, host, connection)
}

/** The queue server that the environment names, or else the profile. @throws CbcError usage */
function queueOf(profile: Profile | typeof LAB, { env }: Host): Secret | undefined {
  const given = env['CBC_QUEUE'] ?? ''
  if (given !== '') return queueUrl(given, 'CBC_QUEUE')
  return profile === LAB ? undefined : profile.queue
}

/** Returns the policy for changes. It can ask questions if a person is at the terminal, unless `--no-input` is given. */
export function policyOf(host: Host, globals: Globals, { connection, progress }: Pick<RuntimeContext, 'connection' | 'progress'>): Policy {
  const policy = policyFor(globals, connection)
  const person = personAt(host, globals)
  if (person === undefined) return policy
  policy.confirm = (question, signal) =>
    withoutProgress(progress, async () => {
      const [{ confirm }, { questionLines }] = await Promise.all([import('../ui/prompt.ts'), import('../ui/question.ts')])
      const { above, asked: line } = questionLines(question)
      if (above !== '') person.output.write(above)
      return await confirm(line, person, signal)
    })
  policy.askForName = (question, name, signal) =>
    withoutProgress(progress, async () => {
      const [{ promptLine }, { questionLines }] = await Promise.all([import('../ui/prompt.ts'), import('../ui/question.ts')])
      const { above, asked: line } = questionLines(question)
      person.output.write(`${line}\n${above}`)
      return await promptLine(`Type ${escapeLine(name)} to go on:`, person, signal)
    })
  return policy
}

/** Asks a question while no progress is shown. */
async function withoutProgress<T>(progress: Progress, question: () => Promise<T>): Promise<T> {
  const release = progress.hold()
  try {
    return await question()
  } finally {
    release()
  }
}
