import { describeDevice, systemOf } from '../engine/devices.ts'
import { withEffect } from '../engine/invoke.ts'
import { openSession, runVerb, type Target } from '../engine/remote-job.ts'
import { required, type AnyVerb } from '../verbs/define.ts'
import { VERBS } from '../verbs/index.ts'
import { checkChange, policyFor, runtimeFor, timely, type Setting } from './call.ts'
import { fieldsOf, notGiven, readFields, type Field } from './fields.ts'
import { SessionPool } from './session-pool.ts'
import { toolOf, type Tool } from './tool.ts'

const DEVICE: Field = {
  key: 'device',
  name: 'device',
  argument: required('device', 'the endpoint: its name or id, as device_list has them'),
}

/** Makes a pool whose sessions are opened as those of the commands are. */
export function sessionPool({ host, globals, runtime }: Pick<Setting, 'host' | 'globals' | 'runtime'>): SessionPool {
  const open = (device: Target, progress: Setting['runtime']['progress'], signal: AbortSignal) =>
    openSession(device, globals, { ...runtime, progress }, signal)
  return new SessionPool(open, host.clock, host.interrupt)
}

/** The verbs on an endpoint that an assistant may call. */
export async function endpointTools(setting: Setting): Promise<Tool[]> {
  const verbs = await Promise.all(VERBS.map(({ load }) => load()))
  return verbs.filter(verb => isOffered(verb, setting)).map(verb => toolFor(verb, setting))
}

/** What reads files of this machine is no verb for an assistant, and what brings files home only where there is a case for them. */
function isOffered({ arguments: own, brings }: AnyVerb, { runtime }: Setting): boolean {
  const paths = Object.values(own).filter(({ kind }) => kind === 'local-path')
  const bringsHome = brings === 'folder' || paths.length > 0
  return !paths.some(({ required: needed }) => needed) && (!bringsHome || runtime.case !== undefined)
}

function toolFor(verb: AnyVerb, setting: Setting): Tool {
  const { name } = verb
  const reading = setting.changes ? undefined : forReading(verb)
  const isFree = (key: string) => reading === undefined || !(key in reading)
  const fields = [DEVICE, ...fieldsOf(verb, (key, { kind }) => kind !== 'local-path' && isFree(key))]
  const effect = reading === undefined ? verb.effect : 'read'
  const runsAnything = Object.values(verb.arguments).some(({ kind }) => kind === 'command-line')
  return toolOf(name, verb, { effect, fields, source: 'endpoint', runsAnything }, async (call, use) => {
    const { device, ...typed } = readFields(name, fields, call.given)
    const input = { ...notGiven(verb, {}), ...typed, ...reading }
    const meant = withEffect(verb, input)
    meant.check?.(input)
    if (meant.effect !== 'read') checkChange(name, setting)
    return await timely(setting, name, call, async signal => {
      const { scope, sessions, globals } = setting
      const target = await scope.device(String(device), signal)
      const where = meant.effect === 'read' ? '' : await whereOf(target, setting, signal)
      const { [DEVICE.name]: _, ...given } = call.given
      const policy = policyFor(setting, { verb: name, where, given })
      const runtime = runtimeFor(setting, call, name)
      return await sessions.use(target, call.progress, signal, async session => {
        const directory = session.home
        call.recorded()
        return await use(await runVerb({ verb: meant, input, session, directory, globals, policy, runtime, signal }), meant.effect)
      })
    })
  })
}

/** The device as a person knows it: its name, id and system. */
async function whereOf(target: Target, { runtime }: Setting, signal: AbortSignal): Promise<string> {
  const device = await describeDevice(runtime.connection.devices, target, signal)
  const [{ name }, system] = [device, systemOf(device)]
  const facts = system === undefined ? `device ${target.id}` : `device ${target.id}, ${system}`
  const known = target.name ?? (typeof name === 'string' && name !== '' ? name : undefined)
  return known === undefined ? facts : `${known} (${facts})`
}

/**
 * Which switches have to be how for a verb only to read; undefined where no switch makes it so. They are set here, and not offered: `triage`
 * starts no program, `collect` copies nothing.
 */
function forReading({ effect, effectOf, options }: AnyVerb): Record<string, boolean> | undefined {
  if (effectOf === undefined) return effect === 'read' ? {} : undefined
  const switches = Object.keys(options).filter(key => options[key]?.parse === undefined)
  if (effectOf({}) === 'read')
    return Object.fromEntries(switches.filter(key => effectOf({ [key]: true }) !== 'read').map(key => [key, false]))
  const saving = switches.find(key => effectOf({ [key]: true }) === 'read')
  return saving === undefined ? undefined : { [saving]: true }
}
