import type { Program, Run } from '../processes/run.ts'
import { SERVICES } from '../seed/names.ts'
import { fit, lines } from './format.ts'

const RULE = '-'.repeat(79)
const DONE = 'The command completed successfully.\n\n'

/** net user|localgroup|share|session|start, read-only. */
export const net: Program = async run => {
  const [verb = '', ...rest] = run.args
  const action = ACTIONS.get(verb.toLowerCase())
  if (action === undefined) {
    run.complain(lines('The syntax of this command is:', '', 'NET', '    [ LOCALGROUP | SESSION | SHARE | START | USER ]', ''))
    return 1
  }
  const result = await action(run, rest)
  if (typeof result === 'string') {
    run.print(result)
    return 0
  }
  run.complain(result.error)
  return 2
}

type Said = string | { error: string }

async function user(run: Run, [name]: string[]): Promise<Said> {
  const { locals, name: computer, administrators } = run.machine.seed.profile
  if (name === undefined) {
    const cells = locals.map(({ user: { name: account } }) => fit(account, 25))
    const rows = Array.from(
      { length: Math.ceil(cells.length / 3) },
      (_, row) =>
        `${cells
          .slice(row * 3, row * 3 + 3)
          .join('')
          .trimEnd()}\n`,
    )
    return `\nUser accounts for \\\\${computer}\n\n${RULE}\n${rows.join('')}${DONE}`
  }
  const found = locals.find(one => one.user.name.toLowerCase() === name.toLowerCase())
  if (found === undefined) return { error: 'The user name could not be found.\n\nMore help is available by typing NET HELPMSG 2221.\n\n' }
  const groups = administrators.includes(found.user.name) ? '*Administrators' : '*Users'
  const rows: [string, string][] = [
    ['User name', found.user.name],
    ['Full Name', found.user.fullName],
    ['Comment', found.comment],
    ['Account active', found.active ? 'Yes' : 'No'],
    ['Account expires', 'Never'],
    ['Local Group Memberships', groups],
    ['Global Group memberships', '*None'],
  ]
  return lines(...rows.map(([title, value]) => title.padEnd(29) + value)) + DONE
}

async function localgroup(run: Run, [group]: string[]): Promise<Said> {
  const { administrators, name } = run.machine.seed.profile
  if (group === undefined) {
    return (
      lines('', `Aliases for \\\\${name}`, '', RULE, '*Administrators', '*Backup Operators', '*Guests', '*Remote Desktop Users', '*Users') +
      DONE
    )
  }
  if (group.toLowerCase() !== 'administrators') {
    return { error: lines('System error 1376 has occurred.', '', 'The specified local group does not exist.', '') }
  }
  const comment = 'Administrators have complete and unrestricted access to the computer/domain'
  return lines('Alias name     Administrators', `Comment        ${comment}`, '', 'Members', '', RULE, ...administrators) + DONE
}

async function share(run: Run): Promise<Said> {
  const rows = run.machine.seed.profile.shares.map(({ name, path, remark }) => `${fit(name, 12)} ${fit(path, 31)} ${remark}\n`)
  return `\n${fit('Share name', 12)} ${fit('Resource', 31)} Remark\n\n${RULE}\n${rows.join('')}${DONE}`
}

async function session(): Promise<Said> {
  return 'There are no entries in the list.\n\n'
}

async function start(run: Run): Promise<Said> {
  const running = await run.machine.look(({ processes }) => new Set(processes.list().flatMap(process => process.services ?? [])))
  const names = SERVICES.filter(([name]) => running.has(name))
    .map(([, , display]) => `   ${display}`)
    .sort()
  return lines('These Windows services are started:', '', ...names, '') + DONE
}

const ACTIONS: ReadonlyMap<string, (run: Run, words: string[]) => Promise<Said>> = new Map(
  Object.entries({
    user,
    users: user,
    localgroup,
    share,
    session,
    sessions: session,
    start,
  }),
)
