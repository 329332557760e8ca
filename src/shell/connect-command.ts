import { flag, optional, value } from '../verbs/define.ts'
import { defineProgramVerb } from '../engine/define-program-verb.ts'

/** `cbc lr connect [device]`. The shell itself is loaded when it is run. */
export const connectCommand = defineProgramVerb({
  summary: 'open a shell on an endpoint',
  details:
    'On a terminal it prompts for lines, and without a device it lists those that there are; otherwise it runs the lines on stdin. ' +
    'The exit code of lines that are run is that of the last failure. ' +
    'In the shell `help` lists its commands, and `help syntax`, `help keys`, `help quoting`, `help paths` and `help words` explain its language; `cbc help syntax` and so on say the same.',
  examples: [
    { line: 'connect', does: 'a shell; help lists its commands, exit or Ctrl-D leaves' },
    { line: 'connect --record session.cast', does: 'a shell that is recorded, for `asciinema play session.cast`' },
    { line: 'connect -c "cd C:\\Users; ls; ps"', does: 'run and leave' },
  ],
  arguments: { device: optional('device', 'device id or name; none: choose from a list, on a terminal') },
  options: {
    command: value('-c, --command <line>', 'run this line and leave'),
    script: value('--script <file>', 'run the lines of a file and leave; - is standard input', { kind: 'local-path' }),
    failFast: flag('-e, --fail-fast', 'stop at the first error'),
    keepSession: flag('--keep-session', 'leave the session open'),
    record: value('--record <file>', 'record the terminal in a new file, as asciicast v2: asciinema plays it', { kind: 'local-path' }),
  },
  interactive: 'reads lines until exit, and shows what each one does as it happens',
  run: async (input, context) => (await import('./connect.ts')).connect(input, context),
})
