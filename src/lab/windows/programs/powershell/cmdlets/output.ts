import { type Call, type Cmdlet } from '../cmdlet.ts'
import { invalid, PsError } from '../errors.ts'
import { columnOf, formatAll, FORMATTED, list, table } from '../format.ts'
import { fromCsv, fromJson, toCsv, toJson } from '../json.ts'
import { encodeLines, linesOf, readText, writeBytes } from '../text-files.ts'
import { CUSTOM, listOf, numberOf, PsObject, single, text, type Value } from '../values.ts'
import { VIEWS } from '../views.ts'
import { propertiesOf } from './pipeline.ts'

const formatted = (content: string): Value[] => [new PsObject(FORMATTED, [], content)]

/** Returns the objects to show: with the named properties, or with all. */
async function chosen(call: Call): Promise<PsObject[]> {
  const properties = propertiesOf(call)
  const items = call.input.filter(item => item instanceof PsObject)
  if (properties.length === 0) return items
  const made: PsObject[] = []
  for (const item of items) {
    const one = new PsObject(CUSTOM)
    for (const { name, of } of properties) one.set(name, await of(item))
    made.push(one)
  }
  return made
}

const formatTable: Cmdlet = {
  name: 'Format-Table',
  parameters: 'Property* AutoSize? Wrap? HideTableHeaders? GroupBy',
  async run(call) {
    const items = await chosen(call)
    const [first] = items
    if (first === undefined) return [...call.input]
    const view = call.get('Property') === undefined ? VIEWS[first.type] : undefined
    return formatted(table(items, view ?? { columns: first.names.map(columnOf) }, !call.flag('HideTableHeaders')))
  },
}

const formatList: Cmdlet = {
  name: 'Format-List',
  parameters: 'Property* GroupBy',
  async run(call) {
    const items = await chosen(call)
    return items.length === 0 ? [...call.input] : formatted(list(items, undefined))
  },
}

const outFile: Cmdlet = {
  name: 'Out-File',
  parameters: 'FilePath|LiteralPath|PSPath* Encoding* Append? Force? NoClobber? Width NoNewline? InputObject',
  async run(call) {
    const path = call.text('FilePath') ?? ''
    if (call.flag('NoClobber') && (await exists(call, path)))
      throw new PsError(`The file '${path}' already exists.`, {
        category: 'ResourceExists',
        target: `${path}:String`,
        exception: 'IOException',
        id: 'NoClobber,Microsoft.PowerShell.Commands.OutFileCommand',
      })
    await write(
      call,
      path,
      formatAll(call.get('InputObject') === undefined ? call.input : listOf(call.get('InputObject'))),
      call.text('Encoding') ?? 'unicode',
      call.flag('Append'),
    )
  },
}

/** Returns the values as lines of text; the pipeline's input takes precedence over the argument. */
function asLines(call: Call): string {
  const values = call.get('Value') === undefined ? call.input : listOf(call.get('Value'))
  return values.map(value => `${text(value)}\r\n`).join('')
}

const setContent: Cmdlet = {
  name: 'Set-Content',
  parameters: 'Path|LiteralPath* Value* Encoding Force? NoNewline?',
  run: async call =>
    write(
      call,
      call.text('Path') ?? '',
      call.flag('NoNewline') ? asLines(call).trimEnd() : asLines(call),
      call.text('Encoding') ?? 'default',
      false,
    ),
}
const addContent: Cmdlet = {
  name: 'Add-Content',
  parameters: 'Path|LiteralPath* Value* Encoding Force? NoNewline?',
  run: async call => write(call, call.text('Path') ?? '', asLines(call), call.text('Encoding') ?? 'default', true),
}

async function write(call: Call, path: string, content: string, encoding: string, append: boolean): Promise<void> {
  const { run } = call.shell
  await writeBytes(run, path, encodeLines(content, encoding, !append || !(await exists(call, path))), append)
}

function exists({ shell: { run } }: Call, path: string): Promise<boolean> {
  return run.machine.look(({ files }) => files.tryFind(path, run.directory) !== undefined)
}

const convertToJson: Cmdlet = {
  name: 'ConvertTo-Json',
  parameters: 'InputObject* Depth Compress?',
  run(call) {
    const value = call.get('InputObject') ?? single(call.input)
    return [toJson(value, call.number('Depth') ?? 2, call.flag('Compress'))]
  },
}

const convertFromJson: Cmdlet = {
  name: 'ConvertFrom-Json',
  parameters: 'InputObject*',
  run(call) {
    try {
      return listOf(fromJson((call.get('InputObject') === undefined ? call.input : [call.get('InputObject') ?? null]).map(text).join('\n')))
    } catch {
      throw invalid('Invalid JSON primitive.')
    }
  },
}

const CSV = 'Delimiter NoTypeInformation|NTI? UseCulture?'
const csvLines = (call: Call) =>
  toCsv(
    call.get('InputObject') === undefined ? call.input : listOf(call.get('InputObject')),
    call.text('Delimiter') ?? ',',
    !call.flag('NoTypeInformation'),
  )

const exportCsv: Cmdlet = {
  name: 'Export-Csv',
  parameters: `Path|LiteralPath* Delimiter* ${CSV.replace('Delimiter ', '')} Encoding Append? Force? NoClobber? InputObject`,
  run: async call =>
    write(
      call,
      call.text('Path') ?? '',
      csvLines(call)
        .slice(call.flag('Append') && (await exists(call, call.text('Path') ?? '')) ? -call.input.length : 0)
        .map(line => `${line}\r\n`)
        .join(''),
      call.text('Encoding') ?? 'ascii',
      call.flag('Append'),
    ),
}

export const OUTPUT: readonly Cmdlet[] = [
  formatTable,
  formatList,
  outFile,
  setContent,
  addContent,
  convertToJson,
  convertFromJson,
  exportCsv,
  { name: 'ConvertTo-Csv', parameters: `InputObject* ${CSV}`, run: csvLines },
  {
    name: 'ConvertFrom-Csv',
    parameters: 'InputObject* Delimiter',
    run: call =>
      fromCsv(
        (call.get('InputObject') === undefined ? call.input : listOf(call.get('InputObject'))).map(text).join('\n'),
        call.text('Delimiter') ?? ',',
      ),
  },
  {
    name: 'Import-Csv',
    parameters: 'Path|LiteralPath* Delimiter* Encoding',
    run: async call => fromCsv(await readText(call.shell.run, call.text('Path') ?? ''), call.text('Delimiter') ?? ','),
  },
  { name: 'Out-Null', parameters: 'InputObject*', run: () => [] },
  { name: 'Out-Default', parameters: 'InputObject*', run: call => [...call.input] },
  { name: 'Out-Host', parameters: 'InputObject* Paging?', run: call => [...call.input] },
  {
    name: 'Out-String',
    parameters: 'InputObject* Width Stream?',
    run: call => (call.flag('Stream') ? linesOf(formatAll(call.input)) : [formatAll(call.input).replaceAll('\n', '\r\n')]),
  },
  {
    name: 'Write-Output',
    parameters: 'InputObject* NoEnumerate?',
    run: call => (call.get('InputObject') === undefined ? [...call.input] : listOf(call.get('InputObject'))),
  },
  {
    name: 'Write-Host',
    parameters: 'Object* ForegroundColor BackgroundColor NoNewline? Separator',
    run(call) {
      const content = [...call.input, ...listOf(call.get('Object'))].map(text).join(call.text('Separator') ?? ' ')
      call.shell.run.print(call.flag('NoNewline') ? content : `${content}\n`)
      return []
    },
  },
  {
    name: 'Write-Error',
    parameters: 'Message|Exception* Category ErrorId',
    run: call => (
      call.fail(
        new PsError(call.text('Message') ?? '', {
          category: 'NotSpecified',
          exception: 'WriteErrorException',
          id: 'Microsoft.PowerShell.Commands.WriteErrorException',
        }),
      ),
      []
    ),
  },
  { name: 'Write-Warning', parameters: 'Message*', run: call => (call.shell.run.print(`WARNING: ${call.text('Message') ?? ''}\n`), []) },
  { name: 'Write-Verbose', parameters: 'Message*', run: () => [] },
  { name: 'Write-Progress', parameters: 'Activity* Status* Id* PercentComplete CurrentOperation Completed?', run: () => [] },
  { name: 'Start-Sleep', parameters: 'Seconds* Milliseconds', run: sleep },
]

async function sleep(call: Call): Promise<void> {
  const ms = call.number('Milliseconds') ?? numberOf(call.get('Seconds')) * 1000
  if (!(ms >= 0))
    throw new PsError("Cannot validate argument on parameter 'Seconds'.", {
      category: 'InvalidData',
      exception: 'ParameterBindingValidationException',
      id: 'ParameterArgumentValidationError,Microsoft.PowerShell.Commands.StartSleepCommand',
    })
  await call.shell.run.sleep(ms)
}
