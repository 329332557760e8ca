import { usage } from '../../core/errors.ts'
import { fieldsOf, list, object, type Column } from '../../core/result.ts'
import { cancelCommand } from '../../remote/cancel-command.ts'
import { required } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { commandResult, RESULT } from './command-result.ts'
import { sessionId, SUBJECT } from './subject.ts'

const STATE: Column[] = [
  { key: 'id', align: 'right' },
  { key: 'name' },
  { key: 'status' },
  { key: 'create_time', brief: 'created', kind: 'time', priority: 1 },
  { key: 'finish_time', brief: 'finished', kind: 'time', priority: 2 },
  { key: 'result_code', brief: 'result', priority: 3 },
]
const INPUT: Column = { key: 'input', evidence: true, text: ({ input }) => (input == null ? '' : JSON.stringify(input)) }
const NUMBER = required('text', 'command number')

const WHOLE = [...STATE, INPUT, ...RESULT]
const FIELDS = fieldsOf(WHOLE)

export const commandList = defineOrganizationVerb({
  name: 'command list',
  summary: 'list the commands of a session',
  examples: [{ line: 'command list WIN-FIN-01', does: 'all commands of the open session of a device, whoever issued them' }],
  effect: 'read',
  fields: FIELDS,
  arguments: { session: SUBJECT },
  options: {},
  async run({ session }, context) {
    const commands = await context.liveResponse.listCommands(await sessionId(session, context), { signal: context.signal })
    return list(commands.map(commandResult), [...STATE, { key: 'result_text', flexible: true, priority: 4 }, INPUT], 'no commands')
  },
})

export const commandGet = defineOrganizationVerb({
  name: 'command get',
  summary: 'show a command and its result',
  examples: [{ line: 'command get WIN-FIN-01 0', does: 'the first command of the open session of a device' }],
  effect: 'read',
  details:
    'A terminal shows one fact per line: why the command failed, in words and as the result code; the process; the progress of a memory dump; the files. JSON has the fields of the API, and the explanation as result_text.',
  fields: FIELDS,
  arguments: { session: SUBJECT, command: NUMBER },
  options: {},
  check: checkNumber,
  async run({ session, command }, context) {
    const { liveResponse, signal } = context
    return object(commandResult(await liveResponse.getCommand(await sessionId(session, context), Number(command), { signal })), WHOLE)
  },
})

export const commandCancel = defineOrganizationVerb({
  name: 'command cancel',
  summary: 'cancel a command that is still PENDING',
  details: "A command that is already running on the endpoint can't be cancelled.",
  examples: [{ line: 'command cancel WIN-FIN-01 1', does: 'the second command of the open session of a device' }],
  effect: 'change',
  fields: FIELDS,
  arguments: { session: SUBJECT, command: NUMBER },
  options: {},
  check: checkNumber,
  async run({ session, command }, context) {
    const { liveResponse } = context
    const number = Number(command)
    const id = await sessionId(session, context)
    return object(
      commandResult(
        await context.change({ name: 'cancel command', session_id: id, id: number }, () =>
          cancelCommand(liveResponse, id, number, context),
        ),
      ),
      WHOLE,
    )
  },
})

function checkNumber({ command }: { command: string }): void {
  if (!/^\d{1,9}$/.test(command)) throw usage(`"${command}" is not a command number`, '`cbc lr command list` shows them')
}
