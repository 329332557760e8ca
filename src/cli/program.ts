import type { Host } from '../core/host.ts'
import { VERBS } from '../verbs/index.ts'
import { posixExample } from '../engine/examples.ts'
import { FAMILIES } from '../engine/command-groups.ts'
import { GLOBAL_OPTIONS } from '../engine/globals.ts'
import { helpWidth } from '../engine/help/width.ts'
import type { Grammar } from '../engine/parse.ts'
import type { AnyProgramVerb } from '../engine/define-program-verb.ts'
import { nest, type CommandNode } from '../engine/spec.ts'
import { aliasesOf } from '../engine/words.ts'
import { ARTIFACT_VERBS } from './artifact/index.ts'
import { CASE_VERBS } from './case/index.ts'
import { CONFIG_VERBS } from './config/index.ts'
import { LAB_VERBS } from './lab/index.ts'
import { oneShot } from './one-shot.ts'
import { organizationNodes } from './organization.ts'
import { PLAYBOOK_VERBS } from './playbook/index.ts'
import { PLAYBOOK_RUN, playbookRun } from './playbook/run.ts'
import { programLeaf, programNodes } from './program-verbs.ts'
import { runVerbs } from './run/index.ts'
import { version } from './version.ts'

/**
 * Returns the program's commands. Each is loaded only when it is used.
 * @param connect loads `lr connect`, which lives in src/shell: this folder may not import it
 */
export function program(host: Host, connect: () => Promise<AnyProgramVerb>): Grammar {
  const lr: CommandNode[] = [
    ...programNodes([{ name: 'connect', load: connect }], host),
    ...verbNodes(host),
    ...programNodes([{ name: 'sftp', load: async () => (await import('./sftp/index.ts')).sftp }], host),
    { name: PLAYBOOK_RUN, load: async () => playbookRun(host) },
    { name: 'watch', load: async () => (await import('./watch/command.ts')).watchCommand(host) },
    {
      name: 'playbook',
      aliases: ['playbooks'],
      summary: 'what `lr run` can do: those that ship, and files',
      children: programNodes(PLAYBOOK_VERBS, host),
    },
    { name: 'artifact', aliases: ['artifacts'], summary: 'what `lr collect` can bring home', children: programNodes(ARTIFACT_VERBS, host) },
    ...organizationNodes(FAMILIES.lr, host),
  ]
  const grammar: Grammar = {
    root: {
      name: 'cbc',
      summary: 'Carbon Black Cloud on the command line: Live Response and USB Device Control',
      children: [
        { name: 'lr', summary: 'Live Response: a shell on an endpoint, and its verbs one at a time', children: lr },
        {
          name: 'usb',
          summary: 'USB Device Control: approvals, blocks, and the devices seen on endpoints',
          children: organizationNodes(FAMILIES.usb, host),
        },
        {
          name: 'device',
          aliases: ['devices'],
          summary: "the organization's endpoints",
          children: organizationNodes(FAMILIES.device, host),
        },
        ...organizationNodes(FAMILIES.api, host),
        {
          name: 'case',
          aliases: ['cases'],
          summary: 'evidence folders: what an investigation did, and what it brought home',
          children: programNodes(CASE_VERBS, host),
        },
        {
          name: 'run',
          aliases: ['runs'],
          summary: 'runs over several devices: how far they are, and going on with them',
          children: programNodes(
            runVerbs(() => grammar),
            host,
          ),
        },
        ...programNodes(
          [{ name: 'worker', load: async () => (await import('./worker/index.ts')).worker(() => ofRuns(grammar, host)) }],
          host,
        ),
        ...programNodes([{ name: 'mcp', load: async () => (await import('./mcp/index.ts')).mcp(runVerbs(() => grammar)) }], host),
        { name: 'config', summary: 'profiles: which organization to use, with which key', children: programNodes(CONFIG_VERBS, host) },
        ...programNodes([{ name: 'doctor', load: async () => (await import('./doctor/index.ts')).doctor }], host),
        {
          name: 'lab',
          summary: 'the embedded Carbon Black Cloud, for trying things out and for tests',
          children: programNodes(LAB_VERBS, host),
        },
        ...programNodes([{ name: 'update', load: async () => (await import('./update/index.ts')).update }], host),
        ...programNodes([{ name: 'completion', load: async () => (await import('./completion/command.ts')).completion }], host),
      ],
    },
    globals: GLOBAL_OPTIONS,
    version: programLeaf(version, host),
    example: posixExample,
    env: host.env,
    help: path => `${path} --help`,
    width: helpWidth(host.stdout),
    footer:
      'To begin: cbc config init. Without a tenant: cbc --profile lab lr connect WIN-FIN-01. More: cbc help COMMAND, or cbc help TOPIC with selectors, exit-codes, environment, syntax, keys, quoting, paths or words.',
  }
  return grammar
}

/** The verbs that run on endpoints. */
function verbNodes(host: Host): CommandNode[] {
  const verbs = VERBS.map(({ name, load }) => ({ name, load: async () => oneShot(await load(), host) }))
  return nest(verbs, { reg: 'query and change the registry' }, aliasesOf)
}

/** The part of the program's grammar that a run on a queue server may use. */
export function ofRuns(grammar: Grammar, host: Host): Grammar {
  return { ...grammar, root: { name: 'cbc', children: [{ name: 'lr', children: verbNodes(host) }] } }
}
