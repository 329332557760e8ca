import type { Program, Run } from '../../processes/run.ts'
import { isWin32 } from '../../win32.ts'
import type { Given } from './cmdlet.ts'
import { CMDLETS } from './cmdlets/index.ts'
import { parseScript } from './parser.ts'
import { ParseError } from './scanner.ts'
import { bindVariables, Shell } from './shell.ts'
import { readText } from './text-files.ts'

/** Parameters of powershell.exe that take a value. */
const VALUED = /^(ex|exec|ep|executionpolicy|w|windowstyle|version|inputformat|if|outputformat|of|psconsolefile|configurationname)$/

/**
 * powershell.exe, Windows PowerShell 5.1: runs a script from `-Command`, `-EncodedCommand` or `-File`. Cmdlets pass objects to each other.
 * The cmdlets that incident scripts use are implemented; unknown ones give PowerShell's own error. The exit code is 1 when the last
 * statement failed, or the one given to `exit`.
 */
export const powershell: Program = async run => {
  const source = await scriptOf(run)
  if (source === undefined) {
    run.print('Windows PowerShell\nCopyright (C) Microsoft Corporation. All rights reserved.\n\n')
    return 0
  }
  const shell = new Shell(run, CMDLETS)
  try {
    const { body, parameters } = parseScript(source.text)
    for (const [name, value] of Object.entries(bindVariables(parameters, source.args.map(given)))) shell.set(name, value)
    const code = await shell.script(body)
    return code ?? (shell.ok || source.file ? 0 : 1)
  } catch (error) {
    // Very deeply nested brackets overflow the parser's stack.
    if (!(error instanceof ParseError || error instanceof RangeError)) throw error
    run.complain(
      `At line:1 char:1\n${error.message}\n    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException\n    + FullyQualifiedErrorId : UnexpectedToken\n \n`,
    )
    return 1
  }
}

function given(arg: string): Given {
  const [, parameter] = /^-([a-z]\w*)$/i.exec(arg) ?? []
  return parameter === undefined ? { value: arg } : { parameter, value: undefined }
}

interface Source {
  text: string
  args: string[]
  /** Whether it comes from a file. */
  file: boolean
}

/** Returns the script that the command line names. The first word that isn't a parameter begins a command. */
async function scriptOf(run: Run): Promise<Source | undefined> {
  const { args } = run
  for (let at = 0; at < args.length; at++) {
    const [, dash, name = ''] = /^([-/])(.*)$/.exec(args[at] ?? '') ?? []
    const option = name.toLowerCase()
    if (dash === undefined) return { text: args.slice(at).join(' '), args: [], file: false }
    if (/^c(o|om|omm|omma|omman|ommand)?$/.test(option)) return { text: args.slice(at + 1).join(' '), args: [], file: false }
    if (/^(e|ec|en|enc|enco|encod|encode|encoded|encodedc.*)$/.test(option))
      return { text: Buffer.from(args[at + 1] ?? '', 'base64').toString('utf16le'), args: [], file: false }
    if (/^f(i|il|ile)?$/.test(option)) return fileSource(run, args.slice(at + 1))
    if (VALUED.test(option)) at += 1
  }
  return undefined
}

async function fileSource(run: Run, [path = '', ...args]: string[]): Promise<Source> {
  try {
    return { text: await readText(run, path), args, file: true }
  } catch (error) {
    if (!isWin32(error)) throw error
    run.complain(
      `The argument '${path}' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.\n`,
    )
    return { text: 'exit -196608', args: [], file: true }
  }
}
