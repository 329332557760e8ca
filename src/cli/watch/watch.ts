import { differenceColumns, differences, updated, type Snapshot } from '../../core/difference.ts'
import { usage } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { formatDuration } from '../../core/quantity.ts'
import { list, type Column, type Row } from '../../core/result.ts'
import { resolveDevice } from '../../engine/devices.ts'
import { readGlobals, renderingOf } from '../../engine/globals.ts'
import { preflight, withEffect } from '../../engine/invoke.ts'
import type { Parsed } from '../../engine/spec.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import { Notices } from '../../ui/notices.ts'
import { clearing } from '../../ui/progress.ts'
import { render } from '../../ui/render.ts'
import { openRuntimeContext, typedLine } from '../runtime-context.ts'
import { runHook } from './hook.ts'
import { looks, type Watched } from './looks.ts'
import { splitWatch } from './options.ts'

const TIME: Column = { key: 'time', kind: 'time' }

/** The changes that one look found. */
interface Found {
  rows: Row[]
  columns: Column[]
}

/**
 * Runs a verb again and again on one device, and writes what is new, gone or changed.
 * @param words what was typed after `cbc`
 * @returns exit code: 0, also where Ctrl-C ended it, which is how a watch ends
 * @throws CbcError where no look succeeded, or looking further is no use
 */
export async function watch(
  defined: AnyVerb,
  host: Host,
  { input: typed, globals: given }: Parsed,
  words: readonly string[],
): Promise<number> {
  const globals = readGlobals(given)
  const {
    input: { device: name, ...input },
    options,
  } = splitWatch(typed)
  const verb = withEffect(defined, input)
  const { identity } = verb
  if (identity === undefined || verb.effect !== 'read') throw usage(`watch: ${verb.name} can't be watched`)
  if (globals.dryRun) throw usage('watch: there is no dry run of a watch, which changes nothing')
  preflight(verb, input, { readOnly: true, yes: false })
  if (options.until !== undefined && 'at' in options.until && options.until.at <= host.clock.now())
    throw usage('--until: that time is over', 'write a time that is still to come, in UTC, or a duration: 8h')
  const notices = new Notices(host.stderr, globals, 'goes on')
  const runtime = { ...(await openRuntimeContext(host, globals, notices)), typed: typedLine(words, host) }
  const { progress, notice } = runtime
  try {
    const device = await resolveDevice(runtime.connection.devices, String(name), runtime.sources, host.interrupt)
    const found = changes({ verb, identity, input, device, globals, runtime, options, interrupt: host.interrupt }, async row => {
      if (options.exec !== undefined && !host.interrupt.aborted) await runHook(options.exec, row, host, notice)
    })
    const rendering = {
      ...renderingOf(globals, host.clock),
      stdout: clearing(host.stdout, progress),
      stderr: clearing(host.stderr, progress),
    }
    if (globals.output === 'table' || (globals.output === undefined && host.stdout.isTerminal)) {
      // A table is laid out as a whole, so each look has its own. They stay on the screen for hours, in which an age would become wrong.
      const lasting = { times: 'utc' as const, ...rendering }
      for await (const { rows, columns } of found) await render(list(rows, columns), { ...lasting, now: host.clock.now() })
      return 0
    }
    const first = await found.next()
    const columns = first.done ? [] : first.value.columns
    return await render(list(rowsOf(found), columns), { ...rendering, streamed: true })
  } finally {
    await runtime.close()
  }
}

async function* rowsOf(found: AsyncIterable<Found>): AsyncGenerator<Row> {
  for await (const { rows } of found) yield* rows
}

/**
 * Yields what each look found, with the first one, which finds nothing new.
 * @param after called for each change, once it is written
 */
async function* changes(watched: Watched, after: (change: Row) => Promise<void>): AsyncGenerator<Found> {
  const { identity, device, runtime, options, verb } = watched
  let known: Snapshot | undefined
  let columns: readonly Column[] = identity.key.map(key => ({ key }))
  for await (const { time, snapshot, missing, ...look } of looks(watched)) {
    columns = look.columns ?? columns
    const about = { time: new Date(time).toISOString(), device_id: device.id, device_name: device.name ?? null }
    const rows = [...(known === undefined ? [] : differences(known, snapshot, identity))].map(row => ({ ...about, ...row, ...about }))
    if (known === undefined) {
      const now = missing === undefined ? `${snapshot.things.size} now` : `nothing there yet (${missing})`
      runtime.notice(`${verb.name} on ${device.name ?? device.id}: ${now}; looking again every ${formatDuration(options.every)}`)
    }
    known = known === undefined ? snapshot : updated(known, snapshot)
    yield { rows, columns: [TIME, ...differenceColumns(columns)] }
    for (const row of rows) await after(row)
  }
}
