import { imageName, type Process } from '../../../processes/table.ts'
import { isWin32 } from '../../../win32.ts'
import { listServices, type Service } from '../../services.ts'
import type { Call, Cmdlet } from '../cmdlet.ts'
import { PsError } from '../errors.ts'
import { likePattern } from '../operators.ts'
import { numberOf, object, text, type PsObject } from '../values.ts'

const baseName = (path: string) => imageName(path).replace(/\.exe$/i, '')
const COMPANIES: [RegExp, string][] = [
  [/\\Windows\\|\\Microsoft/i, 'Microsoft Corporation'],
  [/\\Google\\/i, 'Google LLC'],
  [/\\Confer\\/i, 'Broadcom'],
]

function processObject(process: Process): PsObject {
  const { pid, path, memory, session, started, user } = process
  const [name, bytes] = [baseName(path), memory * 1024]
  const file = path.includes('\\') ? path : null
  return object(
    'System.Diagnostics.Process',
    {
      Name: name,
      Id: pid,
      SI: session,
      SessionId: session,
      Handles: 120 + (pid % 700),
      HandleCount: 120 + (pid % 700),
      WS: bytes,
      WorkingSet: bytes,
      WorkingSet64: bytes,
      PM: Math.round(bytes * 0.7),
      NPM: 12_288 + (pid % 40) * 1024,
      VM: bytes * 40,
      CPU: (pid % 97) / 8,
      ProcessName: name,
      Path: file,
      MainModule: file,
      Company: COMPANIES.find(([pattern]) => pattern.test(path))?.[1] ?? null,
      StartTime: new Date(started),
      Responding: true,
      HasExited: false,
      UserName: user,
    },
    `System.Diagnostics.Process (${name})`,
  )
}

const missing = (call: Call, what: string, value: string, id: string) =>
  new PsError(
    `Cannot find a process with the ${what} ${what === 'name' ? `"${value}". Verify the process name and call the cmdlet again` : `identifier ${value}`}.`,
    {
      category: 'ObjectNotFound',
      target: `${value}:${what === 'name' ? 'String' : 'Int32'}`,
      exception: 'ProcessCommandException',
      id: `${id},Microsoft.PowerShell.Commands.${call.name.replace('-', '')}Command`,
    },
  )

/** Returns the processes with these names or ids, and reports missing ones. */
async function wanted(call: Call): Promise<Process[]> {
  const all = await call.shell.run.machine.look(({ processes }) => processes.list())
  const piped = call.get('Name') === undefined && call.get('Id') === undefined ? call.input : []
  const ids = [
    ...call.texts('Id'),
    ...piped.map(one =>
      typeof one === 'object' && one !== null && 'get' in one
        ? text(one.get('Id') ?? one.get('ProcessId') ?? one.get('OwningProcess'))
        : text(one),
    ),
  ].map(numberOf)
  const names = call.texts('Name')
  if (ids.length === 0 && names.length === 0)
    return [...all].sort((a, b) => (baseName(a.path).toLowerCase() < baseName(b.path).toLowerCase() ? -1 : 1))
  const found: Process[] = []
  for (const id of ids) {
    const one = all.find(({ pid }) => pid === id)
    if (one === undefined) call.fail(missing(call, 'process', String(id), 'NoProcessFoundForGivenId'))
    else found.push(one)
  }
  for (const name of names) {
    const matching = all.filter(({ path }) => likePattern(name).test(baseName(path)))
    if (matching.length === 0 && !/[*?]/.test(name)) call.fail(missing(call, 'name', name, 'NoProcessFoundForGivenName'))
    for (const one of matching) found.push(one)
  }
  return found
}

async function stopProcess(call: Call): Promise<PsObject[]> {
  const stopped: PsObject[] = []
  for (const process of await wanted(call)) {
    try {
      await call.shell.run.machine.change(({ processes }) => processes.kill(process.pid))
      stopped.push(processObject(process))
    } catch (error) {
      if (!isWin32(error)) throw error
      const reason = isWin32(error, 'ACCESS_DENIED') ? 'Access is denied' : error.message
      call.fail(
        new PsError(`Cannot stop process "${baseName(process.path)} (${process.pid})" because of the following error: ${reason}`, {
          category: 'CloseError',
          target: 'System.Diagnosti',
          exception: 'ProcessCommandException',
          id: 'CouldNotStopProcess,Microsoft.PowerShell.Commands.StopProcessCommand',
        }),
      )
    }
  }
  return call.flag('PassThru') ? stopped : []
}

/** Start-Process: starts a program, and waits for it only if requested. */
async function startProcess(call: Call): Promise<PsObject[]> {
  const { run } = call.shell
  const line = [`"${call.text('FilePath') ?? ''}"`, ...call.texts('ArgumentList')].join(' ')
  const { pid, done } = await run.start(line, run.streams, true)
  if (call.flag('Wait')) await Promise.race([done, run.killed])
  const started = await run.machine.look(({ processes }) => processes.find(pid))
  return call.flag('PassThru') && started !== undefined ? [processObject(started)] : []
}

function serviceObject({ name, display, pid, own }: Service): PsObject {
  return object(
    'System.ServiceProcess.ServiceController',
    {
      Status: pid === undefined ? 'Stopped' : 'Running',
      Name: name,
      DisplayName: display,
      ServiceName: name,
      ServiceType: own ? 'Win32OwnProcess' : 'Win32ShareProcess',
      StartType: 'Automatic',
      CanStop: pid !== undefined,
      MachineName: '.',
    },
    name,
  )
}

async function getService(call: Call): Promise<PsObject[]> {
  const all = (await call.shell.run.machine.look(listServices)).sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
  const named = call.get('DisplayName') === undefined ? call.named('Name', 'Name') : call.texts('DisplayName')
  if (named.length === 0) return all.map(serviceObject)
  return named.flatMap(pattern => {
    const matching = all.filter(({ name, display }) => likePattern(pattern).test(call.get('DisplayName') === undefined ? name : display))
    if (matching.length === 0 && !/[*?]/.test(pattern))
      call.fail(
        new PsError(`Cannot find any service with service name '${pattern}'.`, {
          category: 'ObjectNotFound',
          target: `${pattern}:String`,
          exception: 'ServiceCommandException',
          id: 'NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand',
        }),
      )
    return matching.map(serviceObject)
  })
}

/** Stops a service by ending its process, as `kill` does. */
async function stopService(call: Call): Promise<void> {
  const { run } = call.shell
  for (const service of await getService(call)) {
    await run.machine
      .change(view => {
        const pid = listServices(view).find(({ name }) => name === text(service.get('Name')))?.pid
        if (pid !== undefined) view.processes.kill(pid)
      })
      .catch((error: unknown) => {
        if (!isWin32(error)) throw error
        call.fail(
          new PsError(
            `Service '${text(service.get('DisplayName'))} (${text(service.get('Name'))})' cannot be stopped due to the following error: Cannot open ${text(service.get('Name'))} service on computer '.'.`,
            {
              category: 'CloseError',
              exception: 'ServiceCommandException',
              id: 'CouldNotStopService,Microsoft.PowerShell.Commands.StopServiceCommand',
            },
          ),
        )
      })
  }
}

export const PROCESSES: readonly Cmdlet[] = [
  {
    name: 'Get-Process',
    parameters: 'Name|ProcessName* Id|PID IncludeUserName? Module? FileVersionInfo? ComputerName',
    run: async call => (await wanted(call)).map(processObject),
  },
  { name: 'Stop-Process', parameters: 'Id* Name|ProcessName Force? PassThru? InputObject', run: stopProcess },
  {
    name: 'Start-Process',
    parameters: 'FilePath* ArgumentList|Args* WorkingDirectory Wait? NoNewWindow? PassThru? WindowStyle Verb',
    run: startProcess,
  },
  { name: 'Get-Service', parameters: 'Name|ServiceName* DisplayName ComputerName Include Exclude', run: getService },
  { name: 'Stop-Service', parameters: 'Name|ServiceName* DisplayName Force? NoWait? PassThru?', run: stopService },
]
