import { ALIASES } from '../words.ts'
import type { Topic } from './topic.ts'

/** The shell's language: docs/shell.md says the same at more length. */
export const SHELL_TOPICS: Readonly<Record<string, Topic>> = {
  syntax: {
    summary: 'how a line of the shell is read: several commands, pipes, files, jobs',
    parts: [
      'A line is a command and its words, split at blanks. A line that is wrong somewhere is not run at all.',
      [
        ['a; b', 'one after the other'],
        ['a && b', 'b only if a worked'],
        ['a | grep x | sort', "a's output to a command of this machine, in its own language, up to ; && or &"],
        ['a > file', "a's output into a file of this machine, which appears when it is whole"],
        ['a >> file', 'the same, to the end of the file'],
        ['a &', 'in the background: see `help jobs`, `help wait`, `help cancel`'],
        ['!make -n; date', 'the rest of the line is for the shell of this machine'],
        ['!', 'a shell on this machine; its exit comes back'],
        ['!!', 'the line before this one; !$ is its last word'],
        ['# ...', 'a comment'],
      ],
      'Output in a pipe or a file is tab-separated, or what -o json, ndjson or csv says. --pager shows a result in $PAGER, else less.',
      'The exit code of lines that are run (-c, --script, stdin) is that of the last failure; set -e ends them at the first one.',
    ],
  },
  keys: {
    summary: "the keys of the shell's line editor",
    parts: [
      [
        [
          'Tab',
          'completes commands, options and what they can be, remote and local paths, registry keys and values, pids, users, columns, devices, and programs of this machine after ! and |',
        ],
        ['Ctrl-C', 'cancels the command that runs, on the endpoint too; throws away the line that is typed'],
        ['Ctrl-D', 'leaves, on an empty line'],
        ['Ctrl-Z', 'suspends the program; fg brings it back'],
        ['Ctrl-R, Ctrl-S', 'search the history, back and forward'],
        ['Up, Down', 'the lines of before'],
        ['PageUp, PageDown', 'those that begin as this one does'],
        ['Alt-.', 'the last word of the line before; again: of the one before that'],
        ['Ctrl-A, Ctrl-E', 'start and end of the line'],
        ['Alt-B, Alt-F', 'a word back, a word forward'],
        ['Ctrl-W, Alt-D', 'remove the word before, the word after'],
        ['Ctrl-U, Ctrl-K', 'remove to the start, to the end'],
        ['Ctrl-Y, Alt-Y', 'bring back what was removed; the one before that'],
        ['Ctrl-_', 'undo'],
        ['Ctrl-T, Ctrl-L', 'swap two characters; clear the screen'],
      ],
      'Lines are kept in the history but for those that begin with a blank or look as if they held a secret; after set +o history none is.',
      'Keys that are typed while a command runs are kept for the next line. A paste of several lines is shown first; Enter runs them one by one.',
    ],
  },
  quoting: {
    summary: 'blanks, quotes and backslashes, here and in your own shell',
    parts: [
      'In the shell on an endpoint a backslash is an ordinary character: paths need no escaping.',
      [
        ['ls C:\\Users', 'as it is'],
        ['cd "C:\\Program Files"', "a path with a blank in it; '...' does the same"],
        ["find 'it\"s'", 'one kind of quote holds the other; "" inside "..." is a quote too'],
        ['exec --shell "dir | more"', 'quotes keep | & ; > and # for the endpoint'],
      ],
      'Before that, in bash, zsh and their kin, an unquoted backslash vanishes: put paths, registry keys and names with a domain in single quotes.',
      [
        ["cbc lr ls WIN-FIN-01 'C:\\Users'", 'and not C:\\Users, which arrives as C:Users'],
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
        ['\\Temp, D:', 'relative to the drive; the top of a drive'],
        ['*.exe, C:\\Users\\*\\Desktop', 'a pattern: * and ? stand for characters of one name, in any part of a path'],
        ['C:\\Users\\**\\*.ps1', '** stands for any directories'],
        ['%TEMP%, $env:TEMP', "a variable of the endpoint, of the account that the sensor runs as; one that isn't known is an error"],
        ['~', '%USERPROFILE%, or the home of root'],
        ['evil.exe:Zone.Identifier', 'a stream of a file; \\\\.\\PhysicalDrive0 is a device'],
      ],
      'On Windows what cmd.exe takes for a switch (/s, /a:h, /s/q) is never a path: dir /s does what it does there, and what there is nothing for is refused with a hint.',
      'Local paths, those of get, put, > and of local commands, start from the local directory, which lcd changes.',
    ],
  },
  words: {
    summary: 'words of cmd.exe, of other shells and of the console, and what they are here',
    parts: [
      Object.entries(ALIASES).map(
        ([command, words]) =>
          [words.map(word => [...command.split(' ').slice(0, -1), word].join(' ')).join(', '), `the same as ${command}`] as const,
      ),
      'cd.. and D: work as in cmd.exe. A program of the endpoint is run with exec: exec netstat -ano; a command of cmd.exe itself with --shell: exec --shell copy a b. Whoever types such a word alone is told so.',
    ],
  },
}
