import { join } from 'node:path'
import { REGIONS } from '../../config/regions.ts'
import { CREDENTIALS, type CredentialKind, type SettingKey } from '../../config/settings.ts'
import { isLoopback } from '../../core/auth-and-network.ts'
import { interrupted, usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { largest } from '../../core/lists.ts'
import { errorLines } from '../../ui/errors.ts'
import { promptSecret } from '../../ui/secret-prompt.ts'
import { confirm, promptLine, select, type Choice, type PromptStreams } from '../../ui/prompt.ts'
import { kindOf, SECRET_OF, type Draft, type InitOptions } from './draft.ts'
import type { Probed, Suspect } from './probe.ts'
import { asValidator } from './secret.ts'

const ANOTHER = 'another'
/** The most characters that are accepted as an API ID: it has ten, and a secret has more than twenty. */
const MAX_API_ID_LENGTH = 16
/** The default that `csp_url_override` overrides ("Authentication"). */
const USUAL_CSP = 'https://console.cloud.vmware.com'

const KINDS: Record<CredentialKind, string> = {
  'api-key': 'API key: an API ID and an API secret key',
  'csp-api-token': 'API token of the Cloud Services Platform (UK, GovCloud)',
  'csp-oauth-app': 'OAuth app of the Cloud Services Platform (UK, GovCloud)',
}

/** Asks a person for the settings of a profile. */
export class Wizard {
  readonly #draft: Draft
  readonly #options: InitOptions
  readonly #host: Host
  readonly #person: PromptStreams

  constructor(draft: Draft, options: InitOptions, host: Host, person: PromptStreams) {
    this.#draft = draft
    this.#options = options
    this.#host = host
    this.#person = person
  }

  /** Asks for everything that was not given on the command line. @throws CbcError interrupted */
  async ask(): Promise<void> {
    const { values } = this.#draft
    if (values['url'] === undefined) await this.#url()
    if (values['org_key'] === undefined) await this.#orgKey()
    await this.#key()
  }

  /**
   * Says why the profile doesn't work, and asks what to do about it.
   * @returns whether to try again; false: save it as it is
   * @throws CbcError interrupted: do neither
   */
  async repair({ error, suspects }: Extract<Probed, { works: false }>): Promise<boolean> {
    const { stderr, interrupt } = this.#host
    await stderr.write(await errorLines(error, stderr))
    const ways: Record<Suspect | 'save' | 'leave', string> = {
      url: 'Change the address',
      org_key: 'Change the org key',
      key: 'Enter the key again',
      authority: 'Name a file with the certificate of its authority',
      nothing: 'Try again',
      save: 'Save it anyway',
      leave: 'Quit without saving',
    }
    const likely = [...suspects, 'nothing', 'url', 'org_key', 'key', 'authority'] as const
    const order = [...new Set([...likely, 'save', 'leave'] as const)]
    const way = await select(
      'What now?',
      order.map(value => choice(value, ways[value])),
      this.#person,
      interrupt,
    )
    switch (way) {
      case 'url':
        await this.#url()
        break
      case 'org_key':
        await this.#orgKey()
        break
      case 'key':
        await this.#key()
        break
      case 'authority':
        await this.#line('ssl_cert_file', 'PEM file with the certificate of its authority', {
          normalize: text => expandHome(text, this.#host.env),
        })
        break
      case 'nothing':
        break
      case 'save':
        return false
      case 'leave':
        throw interrupted()
    }
    return true
  }

  async #url(): Promise<void> {
    const width = largest(REGIONS.map(({ name }) => name.length)) + 2
    const choices = [...REGIONS.map(({ name, url }) => choice(url, `${name.padEnd(width)}${url}`, url)), choice(ANOTHER, 'another address')]
    const url = await select('Where is your console?', choices, this.#person, this.#host.interrupt)
    if (url !== ANOTHER) return await this.#draft.set('url', url)
    do await this.#line('url', 'Its address, as the browser shows it', { normalize: consoleOf })
    while (!(await this.#confirmUrl()))
  }

  /** Asks whether the key may go to an address that is not in the list: a typing error would give it away. Loopback needs no question. */
  async #confirmUrl(): Promise<boolean> {
    const { host, hostname } = new URL(this.#draft.values['url'] ?? '')
    if (isLoopback(hostname) || REGIONS.some(({ url }) => new URL(url).host === host)) return true
    return await confirm(
      `The key will be sent to ${host}, which is not in the list. Is that your console?`,
      this.#person,
      this.#host.interrupt,
    )
  }

  async #orgKey(): Promise<void> {
    await this.#line('org_key', 'Org key')
  }

  async #key(): Promise<void> {
    const { values } = this.#draft
    const kinds = Object.keys(CREDENTIALS) as CredentialKind[]
    const usual =
      kinds.find(kind => SECRET_OF[kind] in this.#draft.secrets) ?? REGIONS.find(({ url }) => url === values['url'])?.usual ?? 'api-key'
    const kind =
      kindOf(this.#options) ??
      (await select(
        'What kind of key is it?',
        kinds.map(value => choice(value, KINDS[value])),
        this.#person,
        this.#host.interrupt,
        usual,
      ))
    // The consoles in the list all use the usual platform.
    if (kind !== 'api-key' && !REGIONS.some(({ url }) => url === values['url'])) {
      await this.#line('csp_url_override', 'Address of the Cloud Services Platform', {
        usual: values['csp_url_override'] ?? USUAL_CSP,
        normalize: consoleOf,
      })
    }
    switch (kind) {
      case 'api-key':
        return await this.#apiKey()
      case 'csp-api-token':
        return await this.#secret(kind, 'API token')
      case 'csp-oauth-app':
        await this.#line('csp_oauth_app_id', 'App ID', { usual: this.#options.cspOauthAppId ?? values['csp_oauth_app_id'] })
        return await this.#secret(kind, 'App secret')
    }
  }

  /** Asks for the API ID, which may be seen, and then for the secret, which is also accepted as the whole key, `secret/id`. */
  async #apiKey(): Promise<void> {
    const { interrupt } = this.#host
    const id = (await promptLine('API ID', this.#person, interrupt, { validate: asValidator(async text => checkId(text)) })).trim()
    const whole = (secret: string) => (secret.includes('/') ? secret : `${secret}/${id}`)
    const check = async (text: string) => {
      if (text === id) throw usage('this is the API ID', 'the API secret key is the longer part')
      if (text.includes('/') && !text.endsWith(`/${id}`)) throw usage(`this is a whole key, but not one for the API ID ${id}`)
      await this.#draft.check('token', whole(text), 'this')
    }
    const secret = await promptSecret('API secret key', this.#person, interrupt, { validate: asValidator(check) })
    await this.#draft.set('token', whole(secret.trim()))
  }

  async #secret(kind: CredentialKind, message: string): Promise<void> {
    const key = SECRET_OF[kind]
    await this.#draft.set(
      key,
      await promptSecret(message, this.#person, this.#host.interrupt, {
        validate: asValidator(async text => await this.#draft.check(key, text, 'this')),
      }),
    )
  }

  /** Asks for a setting. @param normalize brings what was typed to the form in which it is saved */
  async #line(
    key: SettingKey,
    message: string,
    { usual = this.#draft.values[key], normalize = text => text }: { usual?: string | undefined; normalize?(text: string): string } = {},
  ): Promise<void> {
    const validate = asValidator(async text => await this.#draft.check(key, normalize(text), 'this'))
    const line = await promptLine(message, this.#person, this.#host.interrupt, { validate, ...(usual === undefined ? {} : { usual }) })
    await this.#draft.set(key, normalize(line.trim()))
  }
}

/** @throws CbcError usage: not an API ID. A secret typed here by mistake has been shown, but must not be saved among the open settings. */
function checkId(text: string): void {
  if (text.includes('/'))
    throw usage('this is a whole key', 'enter only the part after the / here; the secret is asked for next, and not shown')
  if (text.length > MAX_API_ID_LENGTH)
    throw usage(
      'this is too long for an API ID, and looks like the secret',
      'enter the shorter of the two here; the secret is asked for next, and not shown',
    )
  if (!/^[\w-]+$/.test(text))
    throw usage('this is not an API ID', 'it has about ten letters and digits: Settings > API Access in the console shows it')
}

/** Removes the page from an address that was copied from a browser. */
function consoleOf(text: string): string {
  return /^https?:/i.test(text) && URL.canParse(text) ? text.replace(/^(https?:\/\/[^/?#]*).*$/i, '$1') : text
}

/** Expands `~` in a path, as a shell would. */
function expandHome(path: string, { HOME, USERPROFILE }: Host['env']): string {
  const home = HOME ?? USERPROFILE
  return home !== undefined && /^~[\\/]/.test(path) ? join(home, path.slice(2)) : path
}

function choice<T extends string>(value: T, name: string, short = name): Choice<T> {
  return { value, name, short }
}
