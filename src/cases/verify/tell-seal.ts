import type { SealCheck } from './check-seals.ts'

/** Says in one line what a seal covers, whose it is, and whether it is valid. */
export function tellSeal({ ok, key_id: key, time, who, lines, time_stamp: stamp }: SealCheck): string {
  if (lines === undefined) return 'not valid'
  const stamped = stamp === undefined ? '' : `; ${stamp.ok ? 'time stamp' : 'no valid time stamp'} ${stamp.time ?? ''}${by(stamp)}`
  return `${ok ? 'valid' : 'not valid'}: lines 1 to ${lines}, ${time} by ${who}, key ${key}${stamped}`
}

function by({ authority, unchecked }: NonNullable<SealCheck['time_stamp']>): string {
  if (authority !== undefined) return ` by ${authority}`
  return unchecked === undefined ? '' : `, its signature not checked: ${unchecked}`
}
