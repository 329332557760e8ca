import type { Question } from '../../core/question.ts'
import { fieldsOf, list, type Column, type Row } from '../../core/result.ts'
import { label, type Target } from '../../remote/lifecycle.ts'
import { many } from '../define.ts'
import { defineOrganizationVerb, type AnyOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { changeOrVerify } from '../shared/reconcile.ts'

const COLUMNS: Column[] = [{ key: 'action' }, { key: 'id' }, { key: 'name' }]
/** For how many devices a question looks up the names, where only ids were typed. */
const MAX_LOOKED_UP_DEVICES = 20

export const deviceQuarantine = toggle('quarantine', true, {
  summary: 'isolate devices from the network',
  details:
    'A device in quarantine can reach nothing but the Carbon Black Cloud, so Live Response still works. The sensor applies it when it next reports. The command always asks for confirmation first.',
})

export const deviceUnquarantine = toggle('unquarantine', false, {
  summary: 'reconnect devices in quarantine to the network',
  details: 'The sensors apply it when they next report. The command always asks for confirmation first.',
})

function toggle(name: 'quarantine' | 'unquarantine', on: boolean, words: { summary: string; details: string }): AnyOrganizationVerb {
  return defineOrganizationVerb({
    name,
    ...words,
    examples: [
      { line: `${name} WIN-FIN-01 --yes`, does: 'without confirmation' },
      { line: `${name} WIN-FIN-01 "WIN-HR-*" --dry-run`, does: 'show what would be sent for several devices' },
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
  // If the answer is lost, the change was made only if every device reports it.
  const look = async () => {
    for (const { id } of targets) if ((await devices.get(id, { signal })).quarantined !== on) return undefined
    return true
  }
  await changeOrVerify(order, look, context)
}

/** Returns the name of a device, looked up if only its id was typed; undefined if the key may not read devices. */
async function nameOf(target: Target, { describe }: OrganizationContext): Promise<unknown> {
  return target.name ?? (await describe(target))['name']
}

function inWords(target: Target, name: unknown): string {
  return typeof name === 'string' && name !== '' ? `${name} (${target.id})` : label(target)
}
