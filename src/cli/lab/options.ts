import { parseCount } from '../../core/quantity.ts'
import type { LabSettings } from '../../core/host.ts'
import { value } from '../../engine/verbs.ts'

/** Options that say which lab is meant. */
export const WHICH_LAB = {
  state: value('--state <dir>', 'where its state is kept, or none; default: where the profile lab has it', { kind: 'local-path' }),
  devices: value('--devices <number>', 'how many devices it has: beyond its own ones, made-up ones', {
    parse: text => parseCount(text, '--devices', 1),
  }),
  seed: value('--seed <number>', 'decides the made-up devices, and what happens at random', { parse: text => parseCount(text, '--seed') }),
}

interface WhichLab {
  state?: string
  devices?: number
  seed?: number
}

/** What those options say. */
export function whichLab({ state, devices, seed }: WhichLab): LabSettings {
  return {
    ...(state === undefined ? {} : { state: state === 'none' ? false : state }),
    ...(devices === undefined ? {} : { devices }),
    ...(seed === undefined ? {} : { seed }),
  }
}
