import { collect, readBody } from '../fs/body.ts'
import { splitArguments } from '../processes/command-line.ts'
import type { Program, Run } from '../processes/run.ts'
import { imageName } from '../processes/table.ts'
import { isWin32 } from '../win32.ts'
import { digest } from './files.ts'
import { lines } from './format.ts'

/** What a cmdlet got: its words, and its parameters by name in lower case. */
interface Call {
  words: string[]
  parameters: Map<string, string>
}
type Cmdlet = (run: Run, call: Call) => Promise<void>

class PowerShellError extends Error {
  override name = 'PowerShellError'
}

/**
 * powershell.exe: some cmdlets, one after the other (`;`), from `-Command`, `-EncodedCommand` or a script (`-File`). No variables, pipelines
 * or expressions: what isn't known is PowerShell's own error, and exit code 1.
 */
export const powershell: Program = async run => {
  const at = run.args.findIndex(
    arg => /^[-/](c|command|e|ec|enc|encodedcommand|f|file)$/i.test(arg) || !/^[-/]/.test(arg) && !isValue(run.args, arg)
  )
  if (at < 0) {
    run.print('Windows PowerShell\nCopyright (C) Microsoft Corporation. All rights reserved.\n\n')
    return 0
  }
  let failed = false
  for (const statement of statements(await script(run, at))) {
    try {
      await carryOut(run, statement)
    } catch (error) {
      if (!(error instanceof PowerShellError) && !isWin32(error)) throw error
      run.complain(`${error.message}\n`)
      failed = true
    }
  }
  return failed ? 1 : 0
}

/** Parameters of powershell.exe that take a value: that value is no command. */
function isValue(args: string[], arg: string): boolean {
  return /^[-/](ex|exec|ep|executionpolicy|w|windowstyle|version|inputformat|outputformat)$/i.test(args[args.indexOf(arg) - 1] ?? '')
}

/** A file without a byte order mark is in the ANSI code page to Windows PowerShell. */
function asPowerShellReads(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3)
  return new TextDecoder('windows-1252').decode(bytes)
}

async function script(run: Run, at: number): Promise<string> {
  const option = run.args[at]?.toLowerCase() ?? ''
  if (/^[-/]e/.test(option)) return Buffer.from(run.args[at + 1] ?? '', 'base64').toString('utf16le')
  if (/^[-/]f/.test(option)) {
    const body = await run.machine.look(({ files }) => files.read(run.args[at + 1] ?? '', run.directory))
    return asPowerShellReads(await collect(readBody(run.machine.blobs, body, 0, 1024 * 1024)))
  }
  return run.args.slice(/^[-/]c/.test(option) ? at + 1 : at).map(
    arg => /\s/.test(arg) && run.args.length - at > 2 ? `"${arg}"` : arg
  ).join(' ')
}

function statements(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^;\r\n"'])+/g)].map(
    ([statement]) => statement.replace(/#.*$/, '').trim()
  ).filter(statement => statement !== '')
}

async function carryOut(run: Run, statement: string): Promise<void> {
  const literal = /^(['"])(.*)\1$/.exec(statement)
  if (literal !== null) return run.print(`${literal[2] ?? ''}\n`)
  const [name = '', ...rest] = splitArguments(statement.replace(/'([^']*)'/g, '"$1"'))
  const cmdlet = CMDLETS.get(name.toLowerCase())
  if (cmdlet === undefined) {
    throw new PowerShellError(
      [
        `${name} : The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program.`, 'At line:1 char:1',
        `    + CategoryInfo          : ObjectNotFound: (${name}:String) [], CommandNotFoundException`,
        '    + FullyQualifiedErrorId : CommandNotFoundException',
      ].join('\n'),
    )
  }
  const call: Call = { words: [], parameters: new Map() }
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    if (/^-[a-z]/i.test(word)) call.parameters.set(word.slice(1).toLowerCase(), rest[++at] ?? '')
    else call.words.push(word)
  }
  await cmdlet(run, call)
}

const path = ({ words, parameters }: Call) => parameters.get('path') ?? parameters.get('literalpath') ?? words[0] ?? ''

const writeOutput: Cmdlet = async (run, { words, parameters }) => run.print(lines(...words, ...parameters.values()))

const startSleep: Cmdlet = async (run, { words, parameters }) => {
  const milliseconds = parameters.get('milliseconds') ?? parameters.get('m')
  const seconds = Number(parameters.get('seconds') ?? parameters.get('s') ?? words[0])
  const ms = milliseconds === undefined ? seconds * 1000 : Number(milliseconds)
  if (!(ms >= 0)) throw new PowerShellError('Start-Sleep : Cannot validate argument on parameter \'Seconds\'.')
  await run.sleep(ms)
}

const getFileHash: Cmdlet = async (run, call) => {
  const algorithm = (call.parameters.get('algorithm') ?? 'SHA256').toUpperCase()
  if (!['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'].includes(algorithm)) throw new PowerShellError(
    `Get-FileHash : Cannot validate argument on parameter 'Algorithm': "${algorithm}".`
  )
  const file = await run.machine.look(({ files }) => files.find(path(call), run.directory).path)
  run.print(`\n${'Algorithm'.padEnd(15)} ${'Hash'.padEnd(72)} Path\n${'---------'.padEnd(15)} ${'----'.padEnd(72)} ----\n`)
  run.print(`${algorithm.padEnd(15)} ${(await digest(run, file, algorithm.toLowerCase())).toUpperCase().padEnd(72)} ${file}\n\n`)
}

const getProcess: Cmdlet = async (run, { words, parameters }) => {
  const wanted = (parameters.get('name') ?? words[0])?.toLowerCase()
  const base = (image: string) => imageName(image).replace(/\.exe$/i, '')
  const id = parameters.get('id')
  const shown = (await run.machine.look(({ processes }) => processes.list()))
    .filter(
      process => (wanted === undefined || base(process.path).toLowerCase() === wanted) && (id === undefined || process.pid === Number(id))
    )
  if (shown.length === 0) throw new PowerShellError(
    `Get-Process : Cannot find a process with the name "${wanted ?? id ?? ''}". Verify the process name and call the cmdlet again.`
  )
  const number = (value: number, width: number) => String(value).padStart(width)
  const rows = shown.map(({ memory, pid, session, path: image }) => `${number(memory, 7)} ${number(pid, 6)} ${number(session, 3)} ${base(image)}`)
  run.print(lines('', '  WS(K)     Id  SI ProcessName', '  -----     --  -- -----------', ...rows, ''))
}

const stopProcess: Cmdlet = async (run, { words, parameters }) => {
  const pid = Number(parameters.get('id') ?? words[0])
  await run.machine.change(({ processes }) => processes.kill(pid))
}

const getContent: Cmdlet = async (run, call) => {
  const stream = call.parameters.get('stream')
  const name = stream === undefined ? path(call) : `${path(call)}:${stream}`
  await run.streams.out.copy(readBody(run.machine.blobs, await run.machine.look(({ files }) => files.read(name, run.directory))))
}

const removeItem: Cmdlet = async (run, call) => run.machine.change(({ files }) => files.delete(path(call), run.directory))
const testPath: Cmdlet = async (run, call) => run.print(
  `${await run.machine.look(({ files }) => files.lookFor(path(call), run.directory) !== undefined) ? 'True' : 'False'}\n`
)
const getLocation: Cmdlet = async run => run.print(`\nPath\n----\n${run.directory}\n\n`)

const CMDLETS: ReadonlyMap<string, Cmdlet> = new Map(Object.entries({
  'write-output': writeOutput, 'write-host': writeOutput, echo: writeOutput, write: writeOutput,
  'start-sleep': startSleep, sleep: startSleep, 'get-filehash': getFileHash, 'get-process': getProcess, ps: getProcess, gps: getProcess,
  'stop-process': stopProcess, kill: stopProcess, 'get-content': getContent, cat: getContent, gc: getContent, type: getContent,
  'remove-item': removeItem, rm: removeItem, del: removeItem, 'test-path': testPath, 'get-location': getLocation, pwd: getLocation,
  whoami: async run => run.print('nt authority\\system\n'), hostname: async run => run.print(`${run.machine.seed.profile.name}\n`),
  exit: async () => {},
}))
