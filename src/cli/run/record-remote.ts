import { CbcError } from '../../core/errors.ts'
import type { Settled } from '../../runs/engine.ts'
import type { Several } from './work.ts'

/** Notes in the case, before the workers can have them, which devices a change is handed to them for. @throws CbcError io: it must not be */
export async function recordHandedOver({ verb, runtime }: Several, run: string, devices: number): Promise<void> {
  if (verb.effect === 'read') return
  await runtime.case?.note({
    event: 'started',
    run,
    verb: verb.name,
    line: runtime.typed ?? verb.name,
    effect: verb.effect,
    change: `${verb.name}, by the workers of a queue`,
    devices,
  })
}

/** Records in the case what a worker says that came of a device. @throws CbcError io */
export async function recordRemote(
  { verb, input, runtime }: Several,
  run: string,
  settled: Settled,
  worker: string | undefined,
): Promise<void> {
  const { device, state, error, result, duration_ms } = settled
  const { name, effect } = verb
  const line = runtime.typed ?? name
  const operation = runtime.case?.begin({ verb: name, line, arguments: input, effect, device, run, worker, duration_ms })
  if (operation === undefined) return
  if (state === 'done' && result !== undefined) await operation.result(result)
  else await operation.failed(error ?? new CbcError('internal', `${name}: ended as ${state}`), state === 'unknown' ? 'unknown' : 'failed')
}
