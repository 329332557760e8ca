import type { Question } from '../../core/question.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { label, type Target } from '../../remote/lifecycle.ts'
import { many } from '../define.ts'
import { defineOrganizationVerb, type AnyOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { orFoundOut } from '../shared/reconcile.ts'

const COLUMNS: Column[] = [{ key: 'action' }, { key: 'id' }, { key: 'name' }]
/** Devices whose names are looked up for a question where only ids were typed. */
const MAX_LOOKED_UP_DEVICES = 20

export const deviceQuarantine = toggle('quarantine', true, {
  summary: 'cut devices off from the network',
  details:
    'A device in quarantine talks to nothing but the Carbon Black Cloud: Live Response goes on working. Its sensor does so when it next reports. It is always asked about first.',
})

export const deviceUnquarantine = toggle('unquarantine', false, {
  summary: 'let devices in quarantine back to the network',
  details: 'Their sensors do so when they next report. It is always asked about first.',
})

function toggle(name: 'quarantine' | 'unquarantine', on: boolean, words: { summary: string; details: string }): AnyOrganizationVerb {
  return defineOrganizationVerb({
    name,
    ...words,
    examples: [
      { line: `${name} WIN-FIN-01 --yes`, does: 'without being asked' },
      { line: `${name} WIN-FIN-01 "WIN-HR-*" --dry-run`, does: 'what would be sent for several' },
    ],
    effect: 'change',
    fields: fieldsOf(COLUMNS),
    arguments: { device: many('device', 'ids, names or patterns: see `cbc device get --help`') },
    options: {},
    async plan({ device }, context) {
      const targets = await context.targets(device)
      return { targets, question: () => questionOn(name, targets, context) }
    },
    async run(_input, context, targets) {
      await context.change({ name, device_id: targets.map(({ id }) => id) }, () => send(targets, on, context))
      return list(
        targets.map((target): Row => ({ action: name, id: target.id, name: target.name ?? null })),
        COLUMNS,
      )
    },
  })
}

async function questionOn(name: string, targets: readonly Target[], context: OrganizationContext): Promise<Question> {
  const named = await Promise.all(
    targets.map(async (target, at) => inWords(target, at < MAX_LOOKED_UP_DEVICES ? await nameOf(target, context) : target.name)),
  )
  return targets.length === 1 ? { what: `${name} ${named.join('')}` } : { what: `${name} ${targets.length} devices`, to: named }
}

async function send(targets: readonly Target[], on: boolean, context: OrganizationContext): Promise<void> {
  const { devices, signal } = context
  const order = async () => {
    await devices.quarantine(
      targets.map(({ id }) => id),
      on,
      { signal },
    )
    return true
  }
  // Where the answer is lost, all of the devices say so or not.
  const look = async () => {
    for (const { id } of targets) if ((await devices.get(id, { signal })).quarantined !== on) return undefined
    return true
  }
  await orFoundOut(order, look, context)
}

/** The name of a device, also where only its id was typed; a key that may not read devices has only that. */
async function nameOf(target: Target, { describe }: OrganizationContext): Promise<unknown> {
  return target.name ?? (await describe(target))['name']
}

function inWords(target: Target, name: unknown): string {
  return typeof name === 'string' && name !== '' ? `${name} (${target.id})` : label(target)
}
