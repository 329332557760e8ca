import { usDate } from '../format.ts'
import { runBatch } from './batch.ts'
import { type Builtin, Exit, Goto } from './shell.ts'
import { versionLine } from './version.ts'
import { has, parseWords } from './words.ts'
import { splitArguments } from '../../processes/command-line.ts'
import { isWin32 } from '../../win32.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export const rem: Builtin = async () => undefined
export const cls: Builtin = async () => 0
export const color: Builtin = async () => 0
export const title: Builtin = async () => 0
export const shift: Builtin = async shell => {
  shell.args?.splice(1, 1)
  return 0
}

export const echo: Builtin = async (shell, tail, streams) => {
  const text = tail.slice(1)
  const word = tail.trim().toLowerCase()
  if (word === 'on' || word === 'off') shell.echo = word === 'on'
  else shell.writer(streams).print(tail.trim() === '' ? `ECHO is ${shell.echo ? 'on' : 'off'}.\n` : `${text}\n`)
  return undefined
}

export const ver: Builtin = async (shell, _tail, streams) => {
  shell.writer(streams).print(`\n${versionLine(shell.run.machine.seed.profile)}\n`)
  return 0
}

export const vol: Builtin = async (shell, tail, streams) => {
  const drive = (parseWords(tail).words[0] ?? shell.run.directory).slice(0, 2).toUpperCase()
  await shell.run.machine.look(({ files }) => files.find(drive))
  shell.writer(streams).print(volumeText(shell.run.machine.seed.profile.volumes[drive], drive))
  return 0
}

/** Returns the first lines of `dir` and `vol`. */
export function volumeText(volume: { label: string; serial: string } | undefined, drive: string): string {
  return ` Volume in drive ${drive.slice(0, 1)} is ${volume?.label ?? ''}\n Volume Serial Number is ${volume?.serial ?? ''}\n`
}

export const date: Builtin = async (shell, _tail, streams) => {
  const now = shell.run.pace.now()
  shell.writer(streams).print(`${DAYS[new Date(now).getUTCDay()]} ${usDate(now)}\n`)
  return 0
}

export const time: Builtin = async (shell, tail, streams) => {
  const now = new Date(shell.run.pace.now()).toISOString()
  shell.writer(streams).print(has(parseWords(tail), 't') ? `${now.slice(11, 16)}\n` : `The current time is: ${now.slice(11, 22)}\n`)
  return 0
}

export const set: Builtin = async (shell, tail, streams) => {
  const { environment } = shell.run
  const text = tail.trim()
  if (/^\/a\s/i.test(text)) return arithmetic(shell, text.slice(2), streams)
  const quoted = /^"(.*)"[^"]*$/.exec(text)?.[1]
  const assignment = quoted ?? tail.replace(/^\s+/, '')
  const at = assignment.indexOf('=')
  if (at > 0) {
    environment.set(assignment.slice(0, at), assignment.slice(at + 1))
    return 0
  }
  const listed = environment.entries().filter(([name]) => name.toUpperCase().startsWith(assignment.toUpperCase()))
  if (listed.length === 0) shell.writer(streams).complain(`Environment variable ${assignment} not defined\n`)
  else shell.writer(streams).print(listed.map(([name, value]) => `${name}=${value}\n`).join(''))
  return listed.length === 0 ? 1 : 0
}

/** `set /a NAME=1+2`: integers and names of variables, `+ - * / %` with the usual precedence from left to right, no parentheses. */
const arithmetic: Builtin = async (shell, tail, streams) => {
  const match = /^\s*"?(?:([a-z_]\w*)\s*([-+*/%]?)=)?(.*?)"?\s*$/i.exec(tail)
  const [, name, operator = '', expression = ''] = match ?? []
  const value = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : Number(shell.run.environment.get(text) ?? 0) || 0)
  const full = operator === '' ? expression : `${name}${operator}${expression}`
  const tokens = full.match(/(?<![\w)]\s*)-?\d+|\w+|[-+*/%]/g) ?? []
  const terms: number[] = []
  let sign = '+'
  for (const token of tokens) {
    if (/^[-+*/%]$/.test(token)) {
      sign = token
      continue
    }
    const last = terms.length - 1
    const before = terms[last] ?? 0
    if (sign === '+' || sign === '-') terms.push(sign === '-' ? -value(token) : value(token))
    else if (sign === '*') terms[last] = before * value(token)
    else if (value(token) === 0) {
      shell.writer(streams).complain('Divide by zero error.\n')
      return 1073750993
    } else terms[last] = sign === '/' ? Math.trunc(before / value(token)) : before % value(token)
  }
  const sum = terms.reduce((total, term) => total + term, 0) | 0
  if (name === undefined) shell.writer(streams).print(String(sum))
  else shell.run.environment.set(name, String(sum))
  return 0
}

export const exit: Builtin = async (shell, tail) => {
  const words = parseWords(tail)
  const batchOnly = has(words, 'b')
  const code = words.words[0] === undefined ? shell.errorlevel : Number.parseInt(words.words[0], 10) || 0
  throw new Exit(code, batchOnly && shell.args !== undefined)
}

export const goto: Builtin = async (_shell, tail) => {
  throw new Goto(tail.trim().replace(/^:/, '').split(/\s/)[0] ?? '')
}

export const call: Builtin = async (shell, tail, streams) => {
  const text = tail.trim()
  const [target = '', ...args] = splitArguments(text)
  if (target.startsWith(':') && shell.args !== undefined)
    return runBatch(shell, shell.args[0] ?? '', [shell.args[0] ?? '', ...args], streams, target.slice(1))
  const { machine, directory } = shell.run
  const batch = await machine.look(({ files }) =>
    [target, `${target}.bat`, `${target}.cmd`]
      .filter(name => /\.(bat|cmd)$/i.test(name))
      .map(name => files.tryFind(name, directory))
      .find(found => found !== undefined),
  )
  if (batch !== undefined) return runBatch(shell, batch.path, [target, ...args], streams)
  return shell.line(text, streams)
}

/** Starts a program without waiting for it, except with `/wait`; `/b`, the other switches and the window's title have no effect here. */
export const start: Builtin = async (shell, tail, streams) => {
  const line = tail
    .trim()
    .replace(/^"[^"]*"\s+(?=\S)/, '')
    .replace(/^(\/(?!wait)\w+\s+)+/i, '')
  const waits = /^\/wait\s+/i.exec(line)
  const command = waits === null ? line : line.slice(waits[0].length)
  try {
    if (waits !== null) return await shell.run.spawn(command, streams, true)
    await shell.run.start(command, streams, true)
    return 0
  } catch (error) {
    if (!isWin32(error)) throw error
    shell.writer(streams).complain(`The system cannot find the file ${command.split(' ')[0]}.\n`)
    return 1
  }
}

/** Continues at once, as there is nobody to press a key. */
export const pause: Builtin = async (shell, _tail, streams) => {
  shell.writer(streams).print('Press any key to continue . . . \n')
  return 0
}

export const assoc: Builtin = async (shell, tail, streams) => {
  const wanted = tail.trim().toLowerCase()
  const types = await shell.run.machine.look(({ registry }) =>
    registry
      .enumerate('HKCR')
      .subKeys.filter(key => key.startsWith('.') && (wanted === '' || key.toLowerCase() === wanted))
      .map(key => `${key}=${String(registry.value(`HKCR\\${key}`, '')?.data ?? '')}\n`),
  )
  if (types.length === 0) shell.writer(streams).complain(`File association not found for extension ${wanted}\n`)
  shell.writer(streams).print(types.join(''))
  return types.length === 0 ? 1 : 0
}
