import { untilAborted } from '../../core/abort.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { usage } from '../../core/errors.ts'
import { parseCount } from '../../core/quantity.ts'
import { posixWord } from '../../core/quote.ts'
import type { LabService, LabSettings, ServedAt, Host } from '../../core/host.ts'
import { flag, value, type Values } from '../../verbs/define.ts'
import { WHICH_LAB, whichLab } from './options.ts'

const OPTIONS = {
  port: value('--port <number>', 'where to listen; default: any free port', { parse: parsePort }),
  tls: flag('--tls', 'serve https, with a new certificate; prints what clients have to trust'),
  listen: value('--listen <host>', 'listen at this name or address; default: this machine only'),
  control: flag('--control', 'also answer calls below /lab/ from other machines'),
  org: value('--org <key>', "the organization's key"),
  token: value(
    '--token <secret/id>',
    'the API key; default: the one in the documents, or a random one with --this-machine, --directory or --listen',
  ),
  ...WHICH_LAB,
  latency: value('--latency <ms>', 'round trip of a command to an endpoint, milliseconds', {
    parse: text => parseCount(text, '--latency'),
  }),
  jitter: value('--jitter <ms>', 'a random addition to the latency, up to this many milliseconds', {
    parse: text => parseCount(text, '--jitter'),
  }),
  shares: value(
    '--shares <list>',
    'what is wrong with which part of the devices, percent: offline=5,leaving=1; also failing, dropping, garbage',
    {
      parse: parseShares,
    },
  ),
  settings: value('--settings <file>', 'JSON: how the lab behaves (docs/lab.md)', { kind: 'local-path' }),
  fault: value('--fault <file>', 'JSON: the faults to inject (docs/lab.md)', { kind: 'local-path' }),
  keys: value('--keys <file>', 'JSON: more API keys, each with some of the permissions (docs/lab.md)', { kind: 'local-path' }),
  thisMachine: flag('--this-machine', 'also serve this machine as an endpoint (LNX-LAB-01): programs really run here'),
  directory: value('--directory <dir>', 'the files of that endpoint; default: a folder filled with samples', { kind: 'local-path' }),
}

type Input = Values<typeof OPTIONS>

/** `cbc lab serve`. */
export const serve = defineProgramVerb({
  summary: 'serve the lab over HTTP or HTTPS, on this machine only unless --listen says otherwise',
  details:
    'It prints the variables to set for using it, and runs until Ctrl-C or SIGTERM. With --json it prints one line when it is ready.',
  examples: [],
  fields: [],
  arguments: {},
  options: OPTIONS,
  interactive: 'serves until Ctrl-C, after it has said where',
  async run(input, { host, globals }) {
    const { port = 0, listen, tls = false, control } = input
    const lab = await host.lab(await settingsOf(input, host))
    try {
      const served = await lab.serve({
        port,
        tls,
        ...(listen === undefined ? {} : { host: listen }),
        ...(control === true ? { control } : {}),
      })
      const json = globals.output === 'json' || globals.output === 'ndjson'
      await host.stdout.write(json ? `${JSON.stringify(facts(lab, served))}\n` : instructions(lab, served))
      await untilAborted(host.interrupt)
      await served.close()
      return 0
    } finally {
      await lab.close()
    }
  },
})

async function settingsOf(input: Input, host: Host): Promise<LabSettings> {
  const { org, token, latency, jitter, shares, settings, fault, keys, thisMachine = false, directory, listen } = input
  return {
    ...whichLab(input),
    guarded: thisMachine || directory !== undefined || listen !== undefined,
    ...(org === undefined ? {} : { org }),
    ...(token === undefined ? {} : { token }),
    ...(latency === undefined ? {} : { latency }),
    ...(jitter === undefined ? {} : { jitter }),
    ...(shares === undefined ? {} : { shares }),
    ...(settings === undefined ? {} : { settings: await readJson(host, settings) }),
    ...(fault === undefined ? {} : { faults: await readJson(host, fault) }),
    ...(keys === undefined ? {} : { keys: await readJson(host, keys) }),
    local: directory ?? thisMachine,
  }
}

/** Reads a local JSON file. @throws CbcError usage: it isn't JSON; io */
async function readJson(host: Host, path: string): Promise<unknown> {
  const text = await host.local.text(path)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usage(`${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function facts(lab: LabService, { url, ca }: ServedAt): Record<string, unknown> {
  return { url, org_key: lab.org, token: lab.token, ca: ca ?? null, state: lab.directory ?? null }
}

function instructions(lab: LabService, { url, ca }: ServedAt): string {
  const settings = {
    CBC_URL: url,
    CBC_ORG_KEY: lab.org,
    CBC_TOKEN: lab.token,
    ...(ca === undefined ? {} : { SSL_CERT_FILE: ca, REQUESTS_CA_BUNDLE: ca, NODE_EXTRA_CA_CERTS: ca }),
  }
  const lines = Object.entries(settings)
    .map(([name, text]) => `export ${name}=${posixWord(text)}\n`)
    .join('')
  const trust = ca === undefined ? '' : `Its certificate is signed by the authority in ${ca} (curl --cacert).\n`
  return `The lab is served at ${url}. To use it:\n\n${lines}\n${trust}Ctrl-C ends it.\n`
}

/** Which they are, and whether they fit together, is for the lab to say. @throws CbcError usage */
function parseShares(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map(part => {
      const [, name, percent] = /^([a-z]+)=(\d{1,3}(?:\.\d+)?)%?$/.exec(part) ?? []
      if (name === undefined) throw usage(`--shares: "${part}" is not a share`, 'write offline=5,failing=5,dropping=2,garbage=1,leaving=1')
      return [name, Number(percent)]
    }),
  )
}

function parsePort(text: string): number {
  const port = parseCount(text, '--port')
  if (port > 65_535) throw usage(`--port: "${text}" is not a port`, 'use 1 to 65535, or 0 for any free port')
  return port
}
