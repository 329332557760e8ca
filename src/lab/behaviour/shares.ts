import type { RosterDevice } from '../cloud/roster.ts'
import { between, fields, InvalidSettings, type Check } from './checks.ts'
import { seeded } from './seeded.ts'

/** What can be wrong with a part of the devices; each is a condition of a device. */
const TROUBLES = ['offline', 'failing', 'dropping', 'garbage', 'leaving'] as const
export type Trouble = (typeof TROUBLES)[number]

/** Which part of the devices with Live Response has which trouble, percent. */
export type Shares = Partial<Record<Trouble, number>>

const percent = between(0, 100)
const troubles = fields<Shares>({ offline: percent, failing: percent, dropping: percent, garbage: percent, leaving: percent })

export const shares: Check<Shares> = (value, name) => {
  const given = troubles(value, name)
  const sum = Object.values(given).reduce((all, one) => all + one, 0)
  if (sum > 100) throw new InvalidSettings(`${name} are ${sum} percent together`)
  return given
}

/**
 * Chooses the devices that have a trouble, each of them one. Shares are exact, and depend on nothing but the devices, the shares and the seed.
 */
export function chooseTroubled(devices: Iterable<RosterDevice>, wanted: Shares, seed: number): Map<number, Trouble> {
  const usable = [...devices].filter(({ disabled, endpoint }) => disabled !== true && endpoint.kind !== 'none')
  const drawn = usable.map(({ id }) => ({ id, place: seeded(seed ^ id)() })).sort((a, b) => a.place - b.place || a.id - b.id)
  const chosen = new Map<number, Trouble>()
  let from = 0
  for (const trouble of TROUBLES) {
    const end = from + (usable.length * (wanted[trouble] ?? 0)) / 100
    for (const { id } of drawn.slice(Math.round(from), Math.round(end))) chosen.set(id, trouble)
    from = end
  }
  return chosen
}
