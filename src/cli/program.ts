import type { World } from '../core/world.ts'
import { VERBS } from '../engine/catalog.ts'
import { posixExample } from '../engine/examples.ts'
import { FAMILIES } from '../engine/families.ts'
import { GLOBAL_OPTIONS } from '../engine/globals.ts'
import type { Grammar } from '../engine/parse.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'
import { configNodes } from './config.ts'
import { labNodes } from './lab.ts'
import { oneShot } from './one-shot.ts'
import { organizationNodes } from './organization.ts'

/** The program's commands, each loaded when it is typed. @param connect the shell, which is a room of its own */
export function program(world: World, connect: () => Promise<Leaf>): Grammar {
  const verbs = VERBS.map(({ name, aliases, load }) => ({ name, aliases, load: async () => oneShot(await load(), world) }))
  const lr: CommandNode[] = [{ name: 'connect', load: connect }, ...nest(verbs, { reg: 'query and change the registry' }), ...organizationNodes(FAMILIES.lr, world)]
  return {
    root: {
      name: 'cbc',
      summary: 'Carbon Black Cloud on the command line: Live Response and USB Device Control',
      children: [
        { name: 'lr', summary: 'Live Response: a shell on an endpoint, and its verbs one at a time', children: lr },
        { name: 'usb', summary: 'USB Device Control: approvals, blocks, and the devices that were seen', children: organizationNodes(FAMILIES.usb, world) },
        { name: 'device', aliases: ['devices'], summary: 'the organization\'s endpoints', children: organizationNodes(FAMILIES.device, world) },
        { name: 'config', summary: 'profiles: which organization, and whose key', children: configNodes(world) },
        { name: 'doctor', load: async () => (await import('./doctor.ts')).doctorCommand(world) },
        { name: 'lab', summary: 'the embedded Carbon Black Cloud, to try and to test with', children: labNodes(world) },
        { name: 'completion', load: async () => (await import('./completion/command.ts')).completion(world) },
      ],
    },
    globals: GLOBAL_OPTIONS,
    version: world.version,
    example: posixExample,
    help: path => `${path} --help`,
    footer: 'To begin: cbc config init. Without a tenant: cbc --profile lab lr connect WIN-FIN-01',
  }
}
