import { levelName, eventXml, type LogEvent } from '../../../events/event.ts'
import { InvalidQuery, parseEventQuery } from '../../../events/query.ts'
import type { Connection } from '../../../seed/profile.ts'
import { element, readTasks, type Task } from '../../services.ts'
import type { Call, Cmdlet } from '../cmdlet.ts'
import { Flow } from '../context.ts'
import { PsError } from '../errors.ts'
import { formatNumber } from '../members.ts'
import { castTo, likePattern, span } from '../operators.ts'
import { HASHTABLE, listOf, numberOf, object, PsObject, text, type Value } from '../values.ts'

function endpoint(address: string): { Address: string; Port: number } {
  const at = address.lastIndexOf(':')
  return { Address: address.slice(0, at), Port: Number(address.slice(at + 1)) || 0 }
}

const STATES: Record<string, string> = {
  LISTENING: 'Listen',
  ESTABLISHED: 'Established',
  CLOSE_WAIT: 'CloseWait',
  TIME_WAIT: 'TimeWait',
  '': 'Bound',
}

function connectionObject({ local, remote, state, pid }: Connection): PsObject {
  const [here, there] = [endpoint(local), endpoint(remote)]
  return object('MSFT_NetTCPConnection', {
    LocalAddress: here.Address,
    LocalPort: here.Port,
    RemoteAddress: there.Address,
    RemotePort: there.Port,
    State: STATES[state] ?? state,
    OwningProcess: pid,
  })
}

async function connections(call: Call): Promise<PsObject[]> {
  const { machine } = call.shell.run
  const alive = await machine.look(({ processes }) => new Set(processes.list().map(({ pid }) => pid)))
  const all = machine.seed.profile.connections.filter(({ protocol, pid }) => protocol === 'TCP' && alive.has(pid)).map(connectionObject)
  const filters = ['LocalAddress', 'LocalPort', 'RemoteAddress', 'RemotePort', 'State', 'OwningProcess'].filter(
    name => call.get(name) !== undefined,
  )
  const found = all.filter(one => filters.every(name => call.texts(name).some(wanted => likePattern(wanted).test(text(one.get(name))))))
  if (found.length === 0 && filters.length > 0)
    call.fail(
      new PsError(
        `No MSFT_NetTCPConnection objects found with property '${filters[0]}' equal to '${call.text(filters[0] ?? '')}'.  Verify the value of the property and retry.`,
        {
          category: 'ObjectNotFound',
          exception: 'CimJobException',
          id: `CmdletizationQuery_NotFound_${filters[0]},Get-NetTCPConnection`,
        },
      ),
    )
  return found
}

function taskObject({ folder, name, xml }: Task): PsObject {
  const elementText = (tag: string) => {
    const value = element(xml, tag)
    return value === 'N/A' ? null : value
  }
  return object('MSFT_ScheduledTask', {
    TaskPath: folder,
    TaskName: name,
    State: elementText('Enabled') === 'false' ? 'Disabled' : 'Ready',
    Author: elementText('Author'),
    URI: `${folder}${name}`,
    Description: null,
    Actions: object('MSFT_TaskExecAction', { Execute: elementText('Command'), Arguments: elementText('Arguments') }),
    Principal: object('MSFT_TaskPrincipal2', {
      UserId: elementText('UserId') === 'S-1-5-18' ? 'SYSTEM' : elementText('UserId'),
      RunLevel: elementText('RunLevel'),
    }),
    Settings: object('MSFT_TaskSettings3', { Hidden: elementText('Hidden') === 'true', Enabled: elementText('Enabled') !== 'false' }),
    Date: elementText('Date'),
  })
}

async function scheduledTasks(call: Call): Promise<PsObject[]> {
  const matches = (parameter: string, value: string) =>
    call.get(parameter) === undefined || call.texts(parameter).some(pattern => likePattern(pattern).test(value))
  const found = (await readTasks(call.shell.run)).filter(({ folder, name }) => matches('TaskName', name) && matches('TaskPath', folder))
  const name = call.text('TaskName')
  if (found.length === 0 && name !== undefined && !/[*?]/.test(name))
    call.fail(
      new PsError(
        `No MSFT_ScheduledTask objects found with property 'TaskName' equal to '${name}'.  Verify the value of the property and retry.`,
        {
          category: 'ObjectNotFound',
          target: `${name}:String`,
          exception: 'CimJobException',
          id: 'CmdletizationQuery_NotFound_TaskName,Get-ScheduledTask',
        },
      ),
    )
  return found.map(taskObject)
}

async function unregister(call: Call): Promise<void> {
  const { machine } = call.shell.run
  for (const task of await scheduledTasks(call))
    await machine.change(({ files }) => files.delete(`C:\\Windows\\System32\\Tasks${text(task.get('URI'))}`))
}

function eventObject(event: LogEvent): PsObject {
  const { time, id, provider, log, record, computer, message, level, data } = event
  return object('System.Diagnostics.Eventing.Reader.EventLogRecord', {
    Message: [message, ...data.filter(([name]) => name !== '').map(([name, value]) => `\t${name}:\t${value}`)].join('\n'),
    Id: id,
    Level: level,
    ProviderName: provider,
    LogName: log,
    RecordId: record,
    MachineName: computer,
    TimeCreated: new Date(time),
    LevelDisplayName: levelName(event),
    Properties: data.map(([, value]) => object('System.Diagnostics.Eventing.Reader.EventProperty', { Value: value })),
    ToXml: eventXml(event),
  })
}

/** Get-WinEvent: returns the newest events first. */
async function winEvents(call: Call): Promise<PsObject[]> {
  const { machine } = call.shell.run
  const table = call.get('FilterHashtable')
  const filter = table instanceof PsObject ? table : new PsObject(HASHTABLE)
  const patterns = call.get('LogName') === undefined ? listOf(filter.get('LogName')).map(text) : call.texts('LogName')
  const logs = await machine.look(({ events }) => events.names())
  const named = patterns.flatMap(pattern => {
    const matches = logs.filter(log => likePattern(pattern).test(log))
    if (matches.length === 0)
      call.fail(
        new PsError(`There is not an event log on the ${machine.seed.profile.name} computer that matches "${pattern}".`, {
          category: 'ObjectNotFound',
          target: `${pattern}:String`,
          exception: 'Exception',
          id: 'NoMatchingLogsFound,Microsoft.PowerShell.Commands.GetWinEventCommand',
        }),
      )
    return matches
  })
  if (call.get('ListLog') !== undefined)
    return logs
      .filter(log => call.texts('ListLog').some(pattern => likePattern(pattern).test(log)))
      .map(LogName =>
        object('System.Diagnostics.Eventing.Reader.EventLogConfiguration', {
          LogMode: 'Circular',
          MaximumSizeInBytes: 20_971_520,
          RecordCount: 0,
          LogName,
        }),
      )
  const test = eventTest(call, filter)
  const all = await machine.look(({ events }) => named.flatMap(log => events.list(log)))
  const found = all.filter(test).sort((a, b) => b.time - a.time || b.record - a.record)
  if (found.length === 0 && named.length > 0)
    call.fail(
      new PsError('No events were found that match the specified selection criteria.', {
        category: 'ObjectNotFound',
        exception: 'Exception',
        id: 'NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand',
      }),
    )
  const shown = found.slice(0, call.number('MaxEvents'))
  return (call.flag('Oldest') ? shown.reverse() : shown).map(eventObject)
}

function eventTest(call: Call, filter: PsObject): (event: LogEvent) => boolean {
  const xpath = call.text('FilterXPath')
  const ids = listOf(filter.get('ID')).map(numberOf)
  const levels = listOf(filter.get('Level')).map(numberOf)
  const time = (name: string, otherwise: number) =>
    filter.get(name) === undefined ? otherwise : numberOf(castTo('datetime', filter.get(name) ?? null))
  const providers = listOf(filter.get('ProviderName')).map(one => likePattern(text(one)))
  try {
    const query = parseEventQuery(xpath ?? '*', call.shell.run.machine.clock.now())
    const [from, to] = [time('StartTime', -Infinity), time('EndTime', Infinity)]
    return event =>
      query(event) &&
      (ids.length === 0 || ids.includes(event.id)) &&
      (levels.length === 0 || levels.includes(event.level)) &&
      (providers.length === 0 || providers.some(pattern => pattern.test(event.provider))) &&
      event.time >= from &&
      event.time <= to
  } catch (error) {
    if (error instanceof InvalidQuery)
      throw new PsError('The specified query is invalid', {
        category: 'InvalidArgument',
        exception: 'EventLogException',
        id: 'System.Diagnostics.Eventing.Reader.EventLogException,Microsoft.PowerShell.Commands.GetWinEventCommand',
      })
    throw error
  }
}

/** The error of all web requests: nothing can be reached from the endpoint. */
function noNetwork(call: Call): PsError {
  return new PsError('Unable to connect to the remote server', {
    category: 'InvalidOperation',
    target: `${call.text('Uri') ?? ''}:HttpWebRequest`,
    exception: 'WebException',
    id: 'WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeWebRequestCommand',
  })
}

function localUsers(call: Call): PsObject[] {
  const { locals } = call.shell.run.machine.seed.profile
  return locals
    .filter(({ user }) => call.get('Name') === undefined || call.texts('Name').some(pattern => likePattern(pattern).test(user.name)))
    .map(({ user, active, comment }) =>
      object(
        'Microsoft.PowerShell.Commands.LocalUser',
        { Name: user.name, Enabled: active, Description: comment, SID: user.sid, FullName: user.fullName },
        user.name,
      ),
    )
}

function groupMembers(call: Call): PsObject[] {
  const { administrators, name } = call.shell.run.machine.seed.profile
  if (!/^administrators$/i.test(call.text('Group') ?? '')) return []
  return administrators.map(one =>
    object('Microsoft.PowerShell.Commands.LocalPrincipal', {
      ObjectClass: /Domain Admins$/.test(one) ? 'Group' : 'User',
      Name: one.includes('\\') ? one : `${name}\\${one}`,
      PrincipalSource: one.includes('\\') ? 'ActiveDirectory' : 'Local',
    }),
  )
}

function date(call: Call): Value[] {
  const given = call.get('Date') ?? call.input[0]
  const when = given === undefined ? new Date(call.shell.run.machine.clock.now()) : castTo('datetime', given)
  const format = call.text('Format')
  return [format === undefined ? when : formatNumber(when, format)]
}

function exit(call: Call): never {
  throw new Flow('exit', [numberOf(call.get('Code'))])
}

export const SYSTEM: readonly Cmdlet[] = [
  { name: 'Get-NetTCPConnection', parameters: 'LocalAddress* LocalPort* RemoteAddress RemotePort State OwningProcess', run: connections },
  {
    name: 'Get-NetIPAddress',
    parameters: 'IPAddress* InterfaceAlias AddressFamily',
    run: ({ shell: { run } }) => [
      object('MSFT_NetIPAddress', {
        IPAddress: run.machine.seed.profile.network.ip,
        InterfaceIndex: 11,
        InterfaceAlias: 'Ethernet',
        AddressFamily: 'IPv4',
        PrefixLength: 24,
        PrefixOrigin: 'Dhcp',
      }),
    ],
  },
  { name: 'Get-ScheduledTask', parameters: 'TaskName* TaskPath*', run: scheduledTasks },
  { name: 'Unregister-ScheduledTask', parameters: 'TaskName* TaskPath*', run: unregister },
  { name: 'Get-WinEvent', parameters: 'LogName* MaxEvents FilterHashtable FilterXPath ListLog Oldest? ComputerName Path', run: winEvents },
  { name: 'Get-EventLog', parameters: 'LogName* MaxEvents|Newest InstanceId EntryType After Before ComputerName List?', run: winEvents },
  {
    name: 'Invoke-WebRequest',
    parameters: 'Uri* OutFile Method Headers UseBasicParsing? Body',
    run: call => (call.fail(noNetwork(call)), []),
  },
  { name: 'Get-LocalUser', parameters: 'Name*', run: localUsers },
  { name: 'Get-LocalGroupMember', parameters: 'Group|Name* Member*', run: groupMembers },
  { name: 'Get-Date', parameters: 'Date* Format UFormat', run: date },
  {
    name: 'New-TimeSpan',
    parameters: 'Start* End* Days Hours Minutes Seconds',
    run: call => [
      span(
        ((call.number('Days') ?? 0) * 24 + (call.number('Hours') ?? 0)) * 3_600_000 +
          (call.number('Minutes') ?? 0) * 60_000 +
          (call.number('Seconds') ?? 0) * 1000 +
          (numberOf(call.get('End')) - numberOf(call.get('Start'))),
      ),
    ],
  },
  { name: 'Exit', parameters: 'Code*', run: exit },
  { name: 'Set-ExecutionPolicy', parameters: 'ExecutionPolicy* Scope* Force?', run: () => [] },
  { name: 'Get-ExecutionPolicy', parameters: 'Scope* List?', run: () => ['Bypass'] },
  { name: 'Set-StrictMode', parameters: 'Version* Off?', run: () => [] },
  {
    name: 'Set-Variable',
    parameters: 'Name* Value* Scope Force?',
    run: call => (call.shell.set((call.text('Name') ?? '').toLowerCase(), call.get('Value') ?? null), []),
  },
]
