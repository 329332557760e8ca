import { between, duration, fields } from '../behaviour/checks.ts'
import type { LabClock } from '../behaviour/lab-clock.ts'

interface ClockChange {
  /** Milliseconds to put the time forward by. */
  advance: number
  /** How many times as fast as real time it goes from now on; 0: it stands. */
  speed: number
}

const checked = fields<ClockChange>({ advance: duration, speed: between(0, 1_000_000) })

/** The lab's time for whoever asks. */
export function clockOf(clock: LabClock): { now: string; speed: number } {
  return { now: new Date(clock.now()).toISOString(), speed: clock.speed }
}

/** @throws InvalidSettings */
export async function change(clock: LabClock, json: unknown): Promise<void> {
  await clock.change(checked(json, ''))
}
