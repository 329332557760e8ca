import { CbcError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { shortened } from '../core/text/shorten.ts'
import type { Progress } from '../core/ports.ts'
import { parseTime, relativeTime } from '../core/time.ts'
import type { Host } from '../core/host.ts'
import { largest } from '../core/lists.ts'
import { presenceOf } from '../api/presence.ts'
import type { Device, Devices } from '../api/devices.ts'
import { DeviceList } from '../engine/device-list.ts'
import type { Target } from '../remote/lifecycle.ts'
import { cut, widthOf } from '../ui/cut.ts'
import { escapeLine } from '../ui/escape.ts'
import { chooseFrom, type Choice, type PromptStreams } from '../ui/prompt.ts'

/** Milliseconds without a key before devices are searched for. */
const SEARCH_DELAY_MS = 120
/** Rows of the screen that the list leaves to the question and its help. */
const RESERVED_ROWS = 4
/** Characters of what was typed that are repeated. */
const MAX_REPEATED_CHARS = 40
/** As wide as each column may be, in characters; the last one is the time of contact. */
const WIDTHS = [32, 8, 24, 24, 10]

/**
 * A searchable list of the organization's devices, on the terminal.
 * @param like a name that none of them has: as long as nothing is typed, only those of names like it are there
 * @returns undefined: there is none like that
 * @throws CbcError interrupted: Esc or Ctrl-C; not_found: there are no devices; auth, network: they can't be listed
 */
export async function chooseDevice(
  devices: Devices,
  { clock, terminal, interrupt }: Host,
  person: PromptStreams,
  progress: Progress,
  like?: string,
): Promise<Target | undefined> {
  const list = new DeviceList(devices)
  // Fails here, with an exit code, rather than in the list.
  const all = await list.find('', interrupt)
  if (all.length === 0) throw new CbcError('not_found', 'there are no devices in this organization')
  const first =
    like === undefined
      ? all
      : named(
          all,
          nearest(
            like,
            all.map(({ name }) => name),
          ),
        )
  if (first.length === 0) return undefined
  const source = async (typed: string, signal: AbortSignal) => {
    if (typed !== '') await clock.sleep(SEARCH_DELAY_MS, signal)
    return choices(typed === '' ? first : await list.find(typed, signal), clock.now(), terminal.columns())
  }
  const release = progress.hold()
  const question = like === undefined ? 'Device:' : `No device is called ${escapeLine(shortened(like, MAX_REPEATED_CHARS))}. Which one?`
  return await chooseFrom(question, source, Math.max(3, terminal.rows() - RESERVED_ROWS), person, interrupt).finally(release)
}

function named(devices: readonly Device[], names: readonly string[]): Device[] {
  return devices.filter(({ name }) => names.includes(name))
}

/**
 * The lines of the list: name, system, policy, user, whether it is online, last contact; those that are online first.
 * @param now ms since 1970
 */
export function choices(devices: readonly Device[], now: number, columns: number): Choice<Target>[] {
  const shown = devices
    .map(device => ({ device, presence: presenceOf(device, now) }))
    .sort((a, b) => Number(b.presence === 'online') - Number(a.presence === 'online') || a.device.name.localeCompare(b.device.name, 'en'))
    .map(({ device, presence }) => ({
      device,
      cells: [device.name, device.os, device.policy_name, device.login_user_name, presence, contact(device, now)].map(text =>
        escapeLine(String(text ?? '')),
      ),
    }))
  const widths = WIDTHS.map((most, at) => Math.min(most, largest(shown.map(({ cells }) => widthOf(cells[at] ?? '')))))
  return shown.map(({ device, cells }) => ({
    value: { id: device.id, name: device.name },
    // The mark in front takes two cells.
    name: cut(
      cells
        .map((text, at) => padded(cut(text, widths[at] ?? Infinity), widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
      columns - 3,
    ),
    short: escapeLine(device.name),
  }))
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

function contact({ last_contact_time: time }: Device, now: number): string {
  const last = parseTime(time)
  return last === undefined ? '' : relativeTime(Math.min(last, now), now)
}
