import { ALIASES } from '../words.ts'
import type { Topic } from './topic.ts'

/** The shell's language; docs/shell.md explains it at more length. */
export const SHELL_TOPICS: Readonly<Record<string, Topic>> = {
  syntax: {
    summary: 'how a line of the shell is read: several commands, pipes, files, jobs',
    parts: [
      'A line is a command and its words, split at blanks. A line with an error is not run at all.',
      [
        ['a; b', 'one after the other'],
        ['a && b', 'b only if a succeeded'],
        ['a | grep x | sort', "a's output to a local command, in the local shell's own syntax, up to ; && or &"],
        ['a > file', "a's output to a local file, which appears when it is complete"],
        ['a >> file', 'the same, appended to the file'],
        ['a &', 'in the background: see `help jobs`, `help wait`, `help cancel`'],
        ['!make -n; date', 'the rest of the line is run by the local shell'],
        ['!', 'a local shell; its exit returns here'],
        ['!!', 'the previous line; !$ is its last word'],
        ['# ...', 'a comment'],
      ],
      'Output to a pipe or a file is tab-separated, or in the format of -o json, ndjson or csv. --pager shows a result in $PAGER, else less.',
      'The exit code of a script (-c, --script, stdin) is that of the last failure; set -e stops it at the first one.',
    ],
  },
  keys: {
    summary: "the keys of the shell's line editor",
    parts: [
      [
        [
          'Tab',
          'completes commands, options and their values, remote and local paths, registry keys and values, pids, users, columns, devices, and local programs after ! and |',
        ],
        ['Ctrl-C', 'cancels the running command, on the endpoint too; discards the line being typed'],
        ['Ctrl-D', 'exits, on an empty line'],
        ['Ctrl-Z', 'suspends the program; fg brings it back'],
        ['Ctrl-R, Ctrl-S', 'search the history, back and forward'],
        ['Up, Down', 'the previous and the next line'],
        ['PageUp, PageDown', 'the same among lines that begin like this one'],
        ['Alt-.', 'the last word of the previous line; again: of the line before that'],
        ['Ctrl-A, Ctrl-E', 'start and end of the line'],
        ['Alt-B, Alt-F', 'a word back, a word forward'],
        ['Ctrl-W, Alt-D', 'delete the word before, the word after'],
        ['Ctrl-U, Ctrl-K', 'delete to the start, to the end'],
        ['Ctrl-Y, Alt-Y', 'insert what was deleted last; replace it with what was deleted before that'],
        ['Ctrl-_', 'undo'],
        ['Ctrl-T, Ctrl-L', 'swap two characters; clear the screen'],
      ],
      'The history keeps every line, except those that begin with a blank or look as if they held a secret; after set +o history it keeps none.',
      'Keys typed while a command runs go to the next line. A paste of several lines is shown first; Enter runs them one by one.',
    ],
  },
  quoting: {
    summary: 'blanks, quotes and backslashes, here and in your own shell',
    parts: [
      'In the shell on an endpoint a backslash is an ordinary character: paths need no escaping.',
      [
        ['ls C:\\Users', 'as it is'],
        ['cd "C:\\Program Files"', "a path with a blank in it; '...' works too"],
        ["find 'it\"s'", 'one kind of quote can contain the other; "" inside "..." is a quote too'],
        ['exec --shell "dir | more"', 'quotes pass | & ; > and # on to the endpoint'],
      ],
      'But bash, zsh and similar shells, in which you type cbc, remove an unquoted backslash: put paths, registry keys and names with a domain in single quotes.',
      [
        ["cbc lr ls WIN-FIN-01 'C:\\Users'", 'not C:\\Users, which arrives as C:Users'],
        ["cbc lr reg query WIN-FIN-01 'HKLM\\SOFTWARE'", 'a registry key'],
        ["cbc lr info 'CORP\\WIN-FIN-01'", 'a device with its domain'],
        ["cbc lr info 'WIN-*'", 'a pattern, which your own shell would expand'],
      ],
      "What follows the program's name in exec belongs to that program: options of cbc come before it, as in exec --cwd C:\\ whoami /all.",
    ],
  },
  paths: {
    summary: 'what a path on the endpoint can be',
    parts: [
      [
        ['C:\\Windows, /etc', 'absolute; / is accepted on Windows'],
        ['Downloads, ..\\x', 'relative to the remote directory, which cd changes and the prompt shows'],
        ['\\Temp, D:', 'relative to the drive; the root of a drive'],
        ['*.exe, C:\\Users\\*\\Desktop', 'a pattern: * and ? match characters of one name, in any part of a path'],
        ['C:\\Users\\**\\*.ps1', '** matches any number of directories'],
        ['%TEMP%, $env:TEMP', 'an environment variable of the account that the sensor runs as; an unknown one is an error'],
        ['~', '%USERPROFILE%, or the home of root'],
        ['evil.exe:Zone.Identifier', 'a stream of a file; \\\\.\\PhysicalDrive0 is a device'],
      ],
      'On Windows a switch of cmd.exe (/s, /a:h, /s/q) is never read as a path: dir /s works as it does there, and a switch without an equivalent is refused with a hint.',
      'Local paths, as in get, put, > and local commands, are relative to the local directory, which lcd changes.',
    ],
  },
  words: {
    summary: 'words of cmd.exe, other shells and the console, and their equivalents here',
    parts: [
      Object.entries(ALIASES).map(
        ([command, words]) =>
          [words.map(word => [...command.split(' ').slice(0, -1), word].join(' ')).join(', '), `the same as ${command}`] as const,
      ),
      'cd.. and D: work as in cmd.exe. A program of the endpoint is run with exec: exec netstat -ano; a command of cmd.exe itself with --shell: exec --shell copy a b. Typing such a word alone prints a hint.',
    ],
  },
}
