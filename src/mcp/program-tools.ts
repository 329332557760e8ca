import type { AnyProgramVerb, ProgramContext } from '../engine/define-program-verb.ts'
import { timely, type Setting } from './call.ts'
import { fieldsOf, notGiven, readFields } from './fields.ts'
import { toolOf, type Tool } from './tool.ts'

/** A verb of the program that an assistant may call. */
export interface OfferedVerb {
  /** As it is typed: `run list`. */
  readonly name: string
  /** What an assistant may give of what it takes. */
  readonly takes: readonly string[]
  /** It tells of devices that were not named at the start. */
  readonly ofAllDevices: boolean
  /** Its argument `case` is the case of this server; without one it is not offered. */
  readonly ofCase?: true
  load(): Promise<AnyProgramVerb>
}

/** Verbs of the program itself: they read what is on this machine, of runs and definitions. */
export async function programTools(offered: readonly OfferedVerb[], setting: Setting, context: ProgramContext): Promise<Tool[]> {
  const { scope, runtime } = setting
  const home = runtime.case?.path
  const fitting = offered.filter(
    ({ ofAllDevices, ofCase }) => (scope.only === undefined || !ofAllDevices) && (!ofCase || home !== undefined),
  )
  return await Promise.all(
    fitting.map(async ({ name, takes, ofCase, load }) => {
      const verb = await load()
      const fields = fieldsOf(verb, key => takes.includes(key))
      return toolOf(name, verb, { effect: 'read', fields, source: 'this program' }, async (call, use) => {
        const input = { ...notGiven(verb, context.host.env), ...readFields(name, fields, call.given), ...(ofCase ? { case: home } : {}) }
        return await timely(setting, name, call, async signal => {
          if ('interactive' in verb) throw new Error(`${name} has no result`)
          const result = await verb.run(input, {
            ...context,
            host: { ...context.host, interrupt: signal },
            progress: call.progress,
            notice: async line => call.notice(line),
          })
          return await use(result, 'read')
        })
      })
    }),
  )
}
