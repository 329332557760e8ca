import { defineProgramVerb, type ProgramContext } from '../../engine/define-program-verb.ts'
import { allProfiles } from '../../config/listing.ts'
import { OwnStore } from '../../config/profile-store.ts'
import { same } from '../../config/profile.ts'
import { CREDENTIALS, profileName, type CredentialKind } from '../../config/settings.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object, type Result } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { wrapped } from '../../core/text/wrap.ts'
import { flag, optional, value } from '../../verbs/define.ts'
import type { Globals } from '../../engine/globals.ts'
import { escapeLine } from '../../ui/escape.ts'
import type { Keyboard } from '../../ui/keyboard.ts'
import type { PromptStreams } from '../../ui/prompt.ts'
import { applyOptions, completeWithoutPrompts, Draft, save, type InitOptions } from './draft.ts'
import { findProfile, PROFILE_FIELDS, readProfiles, rowOf } from './profiles.ts'
import { personAt } from '../../ui/person.ts'
import { tokenStore } from './set.ts'

const FIRST =
  'cbc needs the address of your console, the org key, and an API key, which consists of an API ID and an API secret key. In the console, Settings > API Access shows the org key and creates keys. ' +
  'A key needs a custom access level with permissions for what you want to do: see Live Response, Device Control, Policies and Device there.'

const KINDS = Object.keys(CREDENTIALS) as CredentialKind[]

const OPTIONS = {
  url: value('--url <url>', 'the service, such as https://defense-xxx.conferdeploy.net (CBC_URL)'),
  orgKey: value('--org-key <key>', "the organization's key (CBC_ORG_KEY)"),
  tokenStdin: flag('--token-stdin', "read the secret from stdin: <API secret key>/<API ID>, an API token, or an app's secret (CBC_TOKEN)"),
  token: value('--token <secret>', 'not accepted: other users could read it; use --token-stdin', { parse: refuseToken }),
  auth: value('--auth <kind>', 'what the secret is', { choices: KINDS, parse: parseKind }),
  cspOauthAppId: value('--csp-oauth-app-id <id>', 'the OAuth app that the secret belongs to'),
  cspUrl: value('--csp-url <url>', 'the Cloud Services Platform, if it is not the usual one'),
  sslCertFile: value('--ssl-cert-file <file>', 'the certificates of the authorities to trust, a PEM file', { kind: 'local-path' }),
  tokenStore: value('--token-store <place>', "keychain or file; default: the operating system's keychain where there is one", {
    choices: ['keychain', 'file'],
    parse: tokenStore,
  }),
  noTest: flag('--no-test', 'save it without trying it'),
  use: flag('--use', 'make it the current profile; the first one always becomes current'),
}

/** `cbc config init`. */
export const init = defineProgramVerb({
  summary: 'set up a profile: asks for what it needs, tries it, and saves it',
  details:
    'In a terminal it asks for what is not given; elsewhere, or with --no-input, everything comes from options, the environment and stdin. ' +
    'The profile is tried before it is saved, with calls that change nothing.',
  examples: [
    { line: 'cbc config init', does: 'asks for everything' },
    {
      line: 'cbc config init prod --url https://defense-prod05.conferdeploy.net --org-key ABCD1234 --token-stdin < token.txt',
      does: 'asks for nothing: for scripts',
    },
  ],
  example: line => line,
  fields: PROFILE_FIELDS,
  arguments: { name: optional('profile', 'its name; default: default') },
  options: OPTIONS,
  async run(options, { host, globals, notice }) {
    const store = new OwnStore(host)
    const person = options.tokenStdin ? undefined : personAt(host, globals)
    const keyboard = person && (await import('../../ui/keyboard.ts')).holdKeyboard(person, on => host.terminal.raw(on))
    const draft = await make(store, options, { host, globals, notice }, keyboard).finally(() => keyboard?.release())
    if (globals.dryRun)
      return object({ name: draft.name, ...draft.values, saved: false }, [
        { key: 'name' },
        { key: 'url' },
        { key: 'org_key' },
        { key: 'saved' },
      ])
    return await finish(draft.name, host, globals, person !== undefined)
  },
})

type Setting = Pick<ProgramContext, 'host' | 'globals' | 'notice'>

/** Makes a profile from options and answers, tries it, and saves it. */
async function make(
  store: OwnStore,
  options: InitOptions,
  { host, globals, notice }: Setting,
  keyboard: Keyboard | undefined,
): Promise<Draft> {
  const person = keyboard?.streams
  const { profiles } = await store.list()
  if (person !== undefined) await host.stderr.write(`${wrapped(FIRST, Math.min(90, host.terminal.columns())).join('\n')}\n\n`)
  const draft = new Draft(await nameOf(options.name ?? globals.profile, host, person), host.local)
  if (profiles.some(({ name }) => same(name, draft.name))) await confirmReplacement(draft.name, host, globals, person)
  await applyOptions(draft, options)
  const notices =
    keyboard === undefined
      ? await fillWithoutPrompts(draft, options, host, globals)
      : await fillByPrompting(draft, options, host, globals, keyboard)
  const use = await shouldBecomeCurrent(draft.name, store, options, host, person)
  const saved = globals.dryRun ? {} : await save(draft, store, options.tokenStore, use)
  for (const line of [...notices, ...(saved.notice === undefined ? [] : [saved.notice])]) await notice(line)
  return draft
}

async function nameOf(given: string | undefined, { interrupt }: Host, person: PromptStreams | undefined): Promise<string> {
  if (given !== undefined || person === undefined) return profileName(given ?? 'default')
  const [{ promptLine }, { asValidator }] = await Promise.all([import('../../ui/prompt.ts'), import('./secret.ts')])
  return (
    await promptLine('Name of this profile', person, interrupt, {
      usual: 'default',
      validate: asValidator(async text => profileName(text)),
    })
  ).trim()
}

/** @throws CbcError refused: the profile exists, and replacing it was not confirmed */
async function confirmReplacement(name: string, { interrupt }: Host, { yes }: Globals, person: PromptStreams | undefined): Promise<void> {
  if (yes) return
  if (person === undefined)
    throw new CbcError('refused', `config init: there is a profile "${name}" already`, {
      hint: 'replace it with --yes, or change it with cbc config set',
    })
  const { confirm } = await import('../../ui/prompt.ts')
  if (!(await confirm(`There is a profile "${name}" already. Replace it?`, person, interrupt)))
    throw new CbcError('refused', 'config init: not confirmed, nothing was done')
}

/** Completes a draft when there is nobody to ask. @returns notices for the user @throws CbcError: it doesn't work, so nothing is saved */
async function fillWithoutPrompts(draft: Draft, options: InitOptions, host: Host, globals: Globals): Promise<string[]> {
  await completeWithoutPrompts(draft, options, host, globals)
  const profile = draft.profile()
  if (options.noTest) return []
  const { probe } = await import('./probe.ts')
  const probed = await probe(profile, host, globals)
  if (probed.works) return lackingNotice(probed.lacking)
  const { message, facts } = probed.error
  const hint = facts.untrusted ? 'if your own authority signed it, name its certificate with --ssl-cert-file FILE' : facts.hint
  throw probed.error.with(`config init: ${message}; nothing was saved`, {
    hint: `${hint === undefined ? '' : `${hint}; `}--no-test saves it anyway`,
  })
}

/** Asks a person until the profile works, or they want it saved as it is. @returns notices for the user */
async function fillByPrompting(draft: Draft, options: InitOptions, host: Host, globals: Globals, keyboard: Keyboard): Promise<string[]> {
  const [{ Wizard }, { probe }] = await Promise.all([import('./wizard.ts'), import('./probe.ts')])
  const wizard = new Wizard(draft, options, host, keyboard.streams)
  await wizard.ask()
  if (options.noTest) return []
  for (;;) {
    const probed = await keyboard.rest(() => probe(draft.profile(), host, globals)).catch(failedEarly)
    if (probed.works) {
      if (!globals.quiet)
        await host.stderr.write(
          `It works${probed.endpoints === undefined ? '' : `: the organization has ${probed.endpoints} endpoints`}.\n`,
        )
      return lackingNotice(probed.lacking)
    }
    if (!(await wizard.repair(probed))) return []
  }
}

/** Turns an error from before the first request, such as an unusable certificate file, into one that the wizard can repair. */
function failedEarly(thrown: unknown): { works: false; error: CbcError; suspects: ['authority', 'url'] } {
  if (thrown instanceof CbcError && thrown.code !== 'interrupted') return { works: false, error: thrown, suspects: ['authority', 'url'] }
  throw thrown
}

function lackingNotice(lacking: readonly string[]): string[] {
  return lacking.length === 0
    ? []
    : [`the key works, but it may not ${lacking.join(', nor ')}: cbc doctor shows which permissions it lacks`]
}

/** Whether the profile becomes the current one: always if there is none, else a person decides. The environment doesn't count. */
async function shouldBecomeCurrent(
  name: string,
  store: OwnStore,
  { use }: InitOptions,
  host: Host,
  person: PromptStreams | undefined,
): Promise<boolean> {
  const used = (await allProfiles(undefined, { env: {}, files: host.credentialsFiles(), store })).find(one => 'name' in one && one.current)
  if (use || used === undefined || !('name' in used)) return true
  if (same(used.name, name) || person === undefined) return false
  const { confirm } = await import('../../ui/prompt.ts')
  return await confirm(`Use it from now on, instead of ${escapeLine(used.name)}?`, person, host.interrupt, true)
}

/** Returns the profile as it is now; a person is then told what to type next. */
async function finish(name: string, host: Host, globals: Globals, isPerson: boolean): Promise<Result> {
  const profiles = await readProfiles(host, globals)
  const row = rowOf(findProfile(profiles, name, globals))
  if (!isPerson || globals.quiet) return object(row)
  const done = async () => {
    const cbc = row['current'] === true ? 'cbc' : `cbc --profile ${name}`
    await host.stderr.write(
      `\nNow type\n  ${cbc} doctor             to check everything, permissions too\n  ${cbc} device list        to see the endpoints\n` +
        `  ${cbc} lr connect         for a shell on one of them\n  ${cbc} usb device list    to see USB devices\n  ${cbc} usb approve ID     to approve one of them\n`,
    )
  }
  return { ...object(row), done }
}

function parseKind(text: string): CredentialKind {
  const kind = KINDS.find(one => one === text)
  if (kind === undefined) throw usage(`--auth: "${text}" is not a kind of key`, `use ${KINDS.join(', ')}`)
  return kind
}

function refuseToken(): never {
  throw usage(
    '--token is not accepted: other users of this machine can read a command line',
    'pipe it in: --token-stdin < FILE, or set CBC_TOKEN',
  )
}
