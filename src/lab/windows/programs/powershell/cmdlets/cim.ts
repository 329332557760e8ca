import { imageName } from '../../../processes/table.ts'
import type { Run } from '../../../processes/run.ts'
import { CONSUMER } from '../../../seed/story.ts'
import { listServices } from '../../services.ts'
import type { Call, Cmdlet } from '../cmdlet.ts'
import { PsError } from '../errors.ts'
import { likePattern, operate } from '../operators.ts'
import { object, type PsObject, text } from '../values.ts'
import { pathsToRun } from './startup.ts'

/** The instances of WMI classes, by the class name in lower case. */
const CLASSES: Record<string, (run: Run) => Promise<PsObject[]> | PsObject[]> = {
  win32_process: ({ machine }) =>
    machine.look(({ processes }) =>
      processes.list().map(({ pid, ppid, path, cmdline, session, started, memory, user }) =>
        object('Win32_Process', {
          ProcessId: pid,
          Name: imageName(path),
          HandleCount: 120 + (pid % 700),
          WorkingSetSize: memory * 1024,
          VirtualSize: memory * 40_960,
          ParentProcessId: ppid,
          Caption: imageName(path),
          CommandLine: cmdline === '' ? null : cmdline,
          CreationDate: new Date(started),
          ExecutablePath: path.includes('\\') ? path : null,
          SessionId: session,
          Owner: user,
        }),
      ),
    ),
  win32_operatingsystem: ({
    machine: {
      seed: { profile },
      clock,
    },
  }) => {
    const { os, name, installed, booted, memory, user } = profile
    return [
      object('Win32_OperatingSystem', {
        SystemDirectory: 'C:\\Windows\\system32',
        Organization: '',
        BuildNumber: String(os.build),
        RegisteredUser: user.name,
        SerialNumber: '00330-80000-00000-AA000',
        Version: `10.0.${os.build}`,
        Caption: os.caption,
        CSName: name,
        OSArchitecture: '64-bit',
        InstallDate: new Date(installed),
        LastBootUpTime: new Date(booted),
        LocalDateTime: new Date(clock.now()),
        TotalVisibleMemorySize: memory / 1024,
        FreePhysicalMemory: Math.round(memory / 2048),
        ProductType: profile.role === 'server' ? 3 : 1,
      }),
    ]
  },
  win32_computersystem: ({
    machine: {
      seed: { profile },
    },
  }) => {
    const { name, model, memory, user, domain, joined, dnsSuffix, role } = profile
    return [
      object('Win32_ComputerSystem', {
        Name: name,
        PrimaryOwnerName: user.name,
        Domain: joined ? dnsSuffix : domain,
        TotalPhysicalMemory: memory,
        Model: model.name,
        Manufacturer: model.maker,
        UserName: role === 'server' ? null : `${user.authority}\\${user.name}`,
        PartOfDomain: joined,
        DomainRole: role === 'server' ? 3 : joined ? 1 : 0,
      }),
    ]
  },
  win32_bios: ({
    machine: {
      seed: {
        profile: { model },
      },
    },
  }) => [
    object('Win32_BIOS', {
      SMBIOSBIOSVersion: model.bios,
      Manufacturer: model.maker,
      Name: model.bios,
      SerialNumber: model.serial,
      Version: model.bios,
    }),
  ],
  win32_service: ({ machine }) =>
    machine.look(listServices).then(all =>
      all.map(({ name, display, pid, command, account }) =>
        object('Win32_Service', {
          ProcessId: pid ?? 0,
          Name: name,
          StartMode: 'Auto',
          State: pid === undefined ? 'Stopped' : 'Running',
          Status: 'OK',
          ExitCode: 0,
          DisplayName: display,
          PathName: command,
          StartName: account,
        }),
      ),
    ),
  win32_logicaldisk: ({ machine }) =>
    machine.look(({ files }) =>
      Object.entries(machine.seed.profile.volumes).map(([DeviceID, { label, size }]) =>
        object('Win32_LogicalDisk', {
          DeviceID,
          DriveType: 3,
          ProviderName: null,
          VolumeName: label,
          Size: size,
          FreeSpace: files.free(DeviceID),
          FileSystem: 'NTFS',
        }),
      ),
    ),
  win32_useraccount: ({
    machine: {
      seed: {
        profile: { locals, name },
      },
    },
  }) =>
    locals.map(({ user, active, comment }) =>
      object('Win32_UserAccount', {
        Name: user.name,
        Caption: `${name}\\${user.name}`,
        AccountType: 512,
        SID: user.sid,
        Domain: name,
        Disabled: !active,
        Description: comment,
        LocalAccount: true,
      }),
    ),
  win32_networkadapterconfiguration: ({
    machine: {
      seed: {
        profile: { network, dnsSuffix },
      },
    },
  }) => [
    object('Win32_NetworkAdapterConfiguration', {
      ServiceName: 'e1dexpress',
      DHCPEnabled: true,
      Index: 1,
      Description: network.adapter,
      IPEnabled: true,
      IPAddress: [network.ip],
      IPSubnet: [network.mask],
      MACAddress: network.mac.replaceAll('-', ':'),
      DefaultIPGateway: [network.gateway],
      DNSServerSearchOrder: network.dns,
      DNSDomain: dnsSuffix,
    }),
  ],
  win32_share: ({
    machine: {
      seed: {
        profile: { shares },
      },
    },
  }) => shares.map(({ name, path, remark }) => object('Win32_Share', { Name: name, Path: path, Description: remark })),
  win32_startupcommand: async run =>
    (await pathsToRun(run)).map(({ name, command, location, user }) =>
      object('Win32_StartupCommand', { Command: command, User: user, Caption: name, Name: name, Location: location }),
    ),
}

/** Of root\\subscription: what WMI does when something happens. Windows has one of its own. */
const SUBSCRIPTIONS: typeof CLASSES = {
  __eventconsumer: consumers,
  commandlineeventconsumer: run => consumers(run).filter(one => one.get('CommandLineTemplate') !== undefined),
  nteventlogeventconsumer: run => consumers(run).filter(one => one.get('SourceName') !== undefined),
  activescripteventconsumer: () => [],
}

function consumers({ machine: { seed } }: Run): PsObject[] {
  return [
    object('NTEventLogEventConsumer', { Name: 'SCM Event Log Consumer', SourceName: 'Service Control Manager', EventType: 1 }),
    ...(seed.profile.role === 'finance-compromised'
      ? [object('CommandLineEventConsumer', { Name: CONSUMER.name, CommandLineTemplate: CONSUMER.command, ExecutablePath: null })]
      : []),
  ]
}

async function instances(call: Call): Promise<PsObject[]> {
  const query = /^\s*select\s+.+?\s+from\s+(\w+)(?:\s+where\s+([^]+))?$/i.exec(call.text('Query') ?? '')
  const name = query?.[1] ?? call.text('ClassName') ?? ''
  const classes = /^root[\\/]subscription$/i.test(call.text('Namespace') ?? '') ? SUBSCRIPTIONS : CLASSES
  const list = Object.hasOwn(classes, name.toLowerCase()) ? classes[name.toLowerCase()] : undefined
  if (list === undefined) {
    call.fail(
      new PsError(call.name === 'Get-WmiObject' ? `Invalid class "${name}"` : 'Invalid class ', {
        category: call.name === 'Get-WmiObject' ? 'InvalidType' : 'MetadataError',
        target: `root\\cimv2:${name}:String`,
        exception: call.name === 'Get-WmiObject' ? 'ManagementException' : 'CimException',
        id:
          call.name === 'Get-WmiObject'
            ? 'GetWMIManagementException,Microsoft.PowerShell.Commands.GetWmiObjectCommand'
            : 'HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
      }),
    )
    return []
  }
  const test = wql(query?.[2] ?? call.text('Filter') ?? '')
  return (await list(call.shell.run)).filter(test)
}

/** Parses a WQL condition: comparisons joined by AND and OR. @throws PsError */
function wql(condition: string): (item: PsObject) => boolean {
  if (condition.trim() === '') return () => true
  const tests = condition.split(/\s+or\s+/i).map(part => part.split(/\s+and\s+/i).map(comparison))
  return item => tests.some(all => all.every(test => test(item)))
}

const OPERATORS: Record<string, string> = { '=': 'eq', '!=': 'ne', '<>': 'ne', '<': 'lt', '>': 'gt', '<=': 'le', '>=': 'ge' }

function comparison(part: string): (item: PsObject) => boolean {
  const [, name = '', operator = '', single, double, plain] =
    /^[\s(]*(\w+)\s*(<=|>=|<>|!=|=|<|>|like)\s*(?:'([^']*)'|"([^"]*)"|(\S+?))[\s)]*$/i.exec(part) ?? []
  const wanted = single ?? double ?? plain
  if (wanted === undefined)
    throw new PsError('Invalid query ', {
      category: 'InvalidArgument',
      exception: 'CimException',
      id: 'HRESULT 0x80041017,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
    })
  const value = wanted.replaceAll('\\\\', '\\')
  if (/^like$/i.test(operator)) return item => likePattern(value.replaceAll('%', '*').replaceAll('_', '?')).test(text(item.get(name)))
  return item =>
    operate(OPERATORS[operator] ?? 'eq', item.get(name) ?? null, /^(true|false)$/i.test(value) ? /^true$/i.test(value) : value) === true
}

const PARAMETERS = 'Filter Query Property Namespace ComputerName'

export const CIM: readonly Cmdlet[] = [
  { name: 'Get-CimInstance', parameters: `ClassName|Class* ${PARAMETERS}`, run: instances },
  { name: 'Get-WmiObject', parameters: `ClassName|Class* ${PARAMETERS}`, run: instances },
]
