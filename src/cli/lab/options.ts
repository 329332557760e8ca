import { parseCount } from '../../core/quantity.ts'
import type { LabSettings } from '../../core/host.ts'
import { value, type Values } from '../../verbs/define.ts'

/** Options that choose a lab. */
export const WHICH_LAB = {
  state: value('--state <dir>', 'where its state is kept, or none; default: where the profile lab keeps it', { kind: 'local-path' }),
  devices: value('--devices <number>', 'how many devices it has: the built-in ones, then generated ones', {
    parse: text => parseCount(text, '--devices', 1),
  }),
  seed: value('--seed <number>', 'seed for the generated devices and for everything random', { parse: text => parseCount(text, '--seed') }),
}

type WhichLab = Pick<Values<typeof WHICH_LAB>, 'state'> & Partial<Values<typeof WHICH_LAB>>

/** Returns the settings of the lab that the options choose. */
export function whichLab({ state, devices, seed }: WhichLab): LabSettings {
  return {
    ...(state === undefined ? {} : { state: state === 'none' ? false : state }),
    ...(devices === undefined ? {} : { devices }),
    ...(seed === undefined ? {} : { seed }),
  }
}
