import { usage } from '../core/errors.ts'
import { parseCount } from '../core/quantity.ts'
import { fieldsOf, list, type Column } from '../core/result.ts'
import { any, flag, many, optional, required, type Kind } from '../verbs/define.ts'
import type { CommandNode } from '../engine/spec.ts'
import { withVariables } from '../remote/environment.ts'
import { aliasesOf } from '../engine/words.ts'
import { escapeLine } from '../ui/escape.ts'
import {
  changeDirectory,
  changeLocalDirectory,
  listLocal,
  LOCAL,
  localDirectory,
  popDirectory,
  pushDirectory,
  remoteDirectory,
} from './directories.ts'
import { bringBack, cancelJob, JOBS, listJobs, waitForJobs } from './job-control.ts'
import type { Builtin, Call, ShellControl } from './builtin.ts'
import type { Streams } from './streams.ts'

/** A command of the shell with at most one argument, without options, and with nothing to show. */
function builtin(
  name: string,
  summary: string,
  run: Builtin['run'],
  argument?: { name: string; kind: Kind; summary: string },
  more: Partial<Builtin> = {},
): Builtin {
  return {
    name,
    summary,
    run,
    examples: [],
    fields: [],
    options: {},
    arguments: argument === undefined ? {} : { [argument.name]: optional(argument.kind, argument.summary) },
    ...more,
  }
}

const example = (line: string, does: string) => ({ line, does })

const HISTORY: Column[] = [
  { key: 'number', align: 'right' },
  { key: 'line', evidence: true },
]

const BUILTINS: readonly Builtin[] = [
  builtin('cd', 'change the remote directory', changeDirectory, undefined, {
    arguments: { path: any('remote-path', 'directory; - is the one before; none: where the session began') },
    examples: [example('cd "C:\\Program Files"', 'a path with a blank in it'), example('cd -', 'back to the one before')],
  }),
  builtin('pushd', 'change the remote directory; popd comes back', pushDirectory, undefined, {
    arguments: { path: many('remote-path', 'directory') },
  }),
  builtin('popd', 'go back to where the last pushd was typed', popDirectory),
  builtin('pwd', 'print the remote directory', remoteDirectory, undefined, { fields: ['path'] }),
  builtin('lcd', 'change the local directory, which local paths start from', changeLocalDirectory, {
    name: 'path',
    kind: 'local-path',
    summary: 'directory; - is the one before; none: your home',
  }),
  builtin('lpwd', 'print the local directory', localDirectory, undefined, { fields: ['path'] }),
  builtin(
    'lls',
    'list a local directory',
    listLocal,
    { name: 'path', kind: 'local-path', summary: 'directory or file; none: the local directory' },
    { fields: fieldsOf(LOCAL, 'directory') },
  ),
  builtin('jobs', 'list what runs in the background', listJobs, undefined, {
    fields: fieldsOf(JOBS),
    details:
      'A line that ends in & runs beside the prompt. What it writes is kept and shown when it has ended, at wait, or once fg brings it back.',
  }),
  builtin(
    'wait',
    'wait for a job, or for all, and show what it wrote',
    waitForJobs,
    { name: 'job', kind: 'text', summary: 'its number' },
    { details: 'The exit code is that of the job; of all of them the last that failed. Ctrl-C ends the waiting, not the jobs.' },
  ),
  builtin('fg', 'bring a job back: show what it writes, and let Ctrl-C end it', bringBack, {
    name: 'job',
    kind: 'text',
    summary: 'its number; none: the last one',
  }),
  builtin('cancel', 'cancel a job, on the endpoint too', cancelJob, undefined, { arguments: { job: required('text', 'its number') } }),
  builtin('connect', 'leave this endpoint and go to another', connect, undefined, {
    details: 'The session is closed as exit would, once the other one is open.',
    arguments: { device: optional('device', 'device id or name; none: choose from a list, on a terminal') },
  }),
  builtin(
    'help',
    'list the commands, or explain one of them, or a topic',
    ({ shell, input: { command }, streams }) => shell.help(command as string[], streams),
    undefined,
    { arguments: { command: any('text', 'a command or a topic') } },
  ),
  builtin(
    'history',
    'print the lines of before',
    history,
    { name: 'count', kind: 'text', summary: 'only the last so many' },
    { fields: fieldsOf(HISTORY), examples: [example('history 20', 'the last 20 lines')] },
  ),
  builtin('clear', 'clear the screen', async ({ streams }) => {
    if (streams.stdout.isTerminal) await streams.stdout.write('\u001b[H\u001b[2J\u001b[3J')
  }),
  builtin('echo', "print its words, with the endpoint's variables in their place", echo, undefined, {
    arguments: { words: any('command-line', 'what is printed') },
    examples: [example('echo %TEMP%', 'a variable of the endpoint')],
  }),
  builtin('set', 'set -e: a script ends at the first error; set +o history: lines are not remembered', setOption, undefined, {
    arguments: { words: any('command-line', '-e, +e, +o history or -o history') },
    details:
      'set -e ends a script at its first error, set +e goes on. After set +o history (or set +history) no line is kept in the history, until set -o history; the prompt says so.',
    examples: [example('set +o history', 'the lines that follow are not remembered')],
  }),
  builtin(
    'detach',
    'leave, and leave the session open',
    ({ shell, input: { quit } }) => {
      shell.leave()
      if (quit !== true) shell.session.detach()
    },
    undefined,
    { options: { quit: flag('-q, --quit', 'close the session too, as exit does') } },
  ),
  builtin(
    'exit',
    'close the session and leave (also Ctrl-D)',
    ({ shell, input: { code } }) => {
      if (code !== undefined && !(/^\d{1,3}$/.test(String(code)) && Number(code) < 256))
        throw usage(`exit: "${String(code)}" is not an exit code`, 'write 0 to 255')
      shell.leave(code === undefined ? undefined : Number(code))
    },
    { name: 'code', kind: 'text', summary: 'exit code of cbc' },
  ),
]

/** The shell's own commands as nodes of its command tree. */
export function builtinNodes(shell: ShellControl, streams: Streams): CommandNode[] {
  return BUILTINS.map(spec => ({
    name: spec.name,
    aliases: aliasesOf(spec.name),
    load: async () => ({
      spec,
      async run({ input, globals }) {
        if (streams.background) throw usage(`${spec.name}: can't run in the background`, 'only what runs on the endpoint can')
        return (await spec.run({ shell, input, globals, streams })) ?? 0
      },
    }),
  }))
}

async function history({ shell, input: { count }, globals, streams }: Call): Promise<number> {
  const all = shell.history().map((line, at) => ({ number: at + 1, line }))
  const rows = count === undefined ? all : all.slice(Math.max(0, all.length - parseCount(String(count), 'history')))
  const plain = rows.map(({ number, line }) => `${String(number).padStart(5)}  ${escapeLine(line)}\n`).join('')
  return await shell.show(list(rows, HISTORY), globals, streams, plain)
}

async function echo({ shell: { session, notice }, input: { words }, streams: { stdout, signal } }: Call): Promise<void> {
  const said: string[] = []
  for (const word of words as string[]) said.push(await withVariables(session, word, { signal, notice }))
  await stdout.write(`${stdout.isTerminal ? escapeLine(said.join(' ')) : said.join(' ')}\n`)
}

/** As in other shells - turns on and + turns off. */
async function setOption({ shell: { settings }, input: { words }, streams: { stderr } }: Call): Promise<void> {
  const [, sign, option] = /^([-+])(e|(?:o )?(?:errexit|history))$/.exec((words as string[]).join(' ')) ?? []
  if (option === undefined) throw usage('set: say -e, +e, -o history or +o history')
  if (!option.endsWith('history')) settings.failFast = sign === '-'
  else {
    settings.remembers = sign === '-'
    if (!settings.remembers && stderr.isTerminal) await stderr.write('the lines that follow are not remembered, until `set -o history`\n')
  }
}

async function connect({ shell, input: { device }, streams: { signal } }: Call): Promise<void> {
  await shell.connect(device as string | undefined, signal)
}
