import { definitions, wrapped } from '../core/text/wrap.ts'
import { topicList } from '../engine/help/topics.ts'
import type { CommandNode } from '../engine/spec.ts'
import { escapeLine } from '../ui/escape.ts'
import type { RemoteSession } from '../remote/session.ts'

/** The commands in the order in which they are needed; those that are not here come last. */
const GROUPS: readonly [title: string, names: string][] = [
  ['Files', 'ls stat find tree cat hexdump hash get put rm mkdir'],
  ['Programs and processes', 'exec script ps kill'],
  ['Registry, memory, device', 'reg memdump drives info'],
  ['Where you are', 'cd pwd pushd popd lcd lpwd lls'],
  ['Jobs', 'jobs fg wait cancel'],
  ['This shell', 'help history echo clear set connect detach exit'],
]

/** `help`: what one types here, all commands, and what else is explained. @param width characters of a line */
export async function overview(
  { paths, label }: Pick<RemoteSession, 'paths' | 'label'>,
  { children = [] }: CommandNode,
  width: number,
): Promise<string> {
  const { windows } = paths
  const typed = [
    [windows ? 'ls C:\\Users' : 'ls /home', 'what is in a directory of the endpoint'],
    [windows ? 'get C:\\Windows\\win.ini' : 'get /etc/passwd', 'a file of the endpoint, to this machine'],
    [windows ? 'exec ipconfig /all' : 'exec uname -a', 'a program of the endpoint, with its output'],
    ['ls | sort, ls > list.txt', 'the output to a command or a file of this machine; !date runs one'],
  ] as const
  const listed = new Set(GROUPS.flatMap(([, names]) => names.split(' ')))
  const others = children.map(({ name }) => name).filter(name => !listed.has(name))
  const groups = others.length === 0 ? GROUPS : [...GROUPS, ['More', others.join(' ')] as const]
  const lists = await Promise.all(
    groups.map(async ([title, names]) => {
      const rows = await Promise.all(
        names
          .split(' ')
          .flatMap(name => children.find(child => child.name === name) ?? [])
          .map(rowOf),
      )
      return [`${title}:`, ...definitions(rows, width)]
    }),
  )
  return [
    [
      ...wrapped(`What is typed here is done on ${escapeLine(label)}. Tab completes, Ctrl-C cancels, exit leaves.`, width),
      '',
      ...definitions(typed, width),
    ],
    ...lists,
    ['`help COMMAND` explains a command, `help TOPIC` one of these:', ...topicList(width)],
  ]
    .map(lines => `${lines.join('\n')}\n`)
    .join('\n')
}

async function rowOf({ name, aliases = [], summary, children, load }: CommandNode): Promise<readonly [string, string]> {
  const term = children === undefined ? [name, ...aliases.slice(0, 1)].join(', ') : `${name} ${children.map(child => child.name).join('|')}`
  return [term, summary ?? (await load?.())?.spec.summary ?? '']
}
