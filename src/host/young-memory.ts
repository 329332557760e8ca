import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** How large V8's space for new objects may become, bytes. By itself it grows to 64 MiB on Node 24, twice of that while it moves. */
const MAX_NEW_SPACE_BYTES = 16 * 1024 * 1024

let isBound = false

/**
 * Ends the growth of the space for new objects once it is large enough. What goes through a run over thousands of devices is garbage soon:
 * a larger space only takes memory. To be called again and again, since the space can't be made smaller.
 */
export function boundYoungMemory(): void {
  if (isBound) return
  const size = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0
  if (size < MAX_NEW_SPACE_BYTES) return
  isBound = true
  setFlagsFromString('--semi-space-growth-factor=1')
}
