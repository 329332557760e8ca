import { between, duration, fields } from '../behaviour/checks.ts'
import type { LabClock } from '../behaviour/lab-clock.ts'

interface ClockChange {
  /** How far to put the clock forward, ms. */
  advance: number
  /** Speed from now on, as a multiple of real time; 0 stops the clock. */
  speed: number
}

const checkChange = fields<ClockChange>({ advance: duration, speed: between(0, 1_000_000) })

/** Returns the lab's time and its speed, as the control calls answer it. */
export function clockOf(clock: LabClock): { now: string; speed: number } {
  return { now: new Date(clock.now()).toISOString(), speed: clock.speed }
}

/** Changes the lab's clock. @throws InvalidSettings */
export async function changeClock(clock: LabClock, json: unknown): Promise<void> {
  await clock.change(checkChange(json, ''))
}
