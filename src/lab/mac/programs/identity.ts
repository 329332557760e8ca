import type { Program, Run } from '../run.ts'

/** `whoami`: Live Response is root. */
export const whoami: Program = run => {
  run.print('root')
  return 0
}

/** `id`, of root or of an account. */
export const id: Program = run => {
  const [name = 'root'] = run.operands
  const account = run.profile.accounts.find(one => one.name === name)
  if (name !== 'root' && account === undefined) return run.fail(`${name}: no such user`)
  const uid = account?.uid ?? 0
  const groups = account === undefined ? '0(wheel),1(daemon),80(admin)' : `20(staff)${account.admin ? ',80(admin)' : ''}`
  const first = account === undefined ? '0(wheel)' : '20(staff)'
  if (run.has('u')) run.print(run.has('n') ? name : String(uid))
  else run.print(`uid=${uid}(${name}) gid=${first} groups=${groups}`)
  return 0
}

/** `who` and `w`: those who are logged on. */
export const who: Program = run => {
  const { user, booted } = run.profile
  const since = new Date(booted + 60_000).toUTCString()
  const [, day = '', month = '', hour = ''] = /^\w+, (\d+) (\w+) \d+ (\d\d:\d\d)/.exec(since) ?? []
  const time = `${month} ${String(Number(day)).padStart(2)} ${hour}`
  run.print(`${user.name.padEnd(16)} console      ${time} `, `${user.name.padEnd(16)} ttys000      ${time} `)
  return 0
}

/** `last`: when somebody logged on. */
export const last: Program = run => {
  const { user, booted } = run.profile
  run.print(`${user.name.padEnd(10)} console                  ${new Date(booted + 60_000).toUTCString().slice(0, 22)}   still logged in`)
  run.print(`reboot time                                ${new Date(booted).toUTCString().slice(0, 22)}`)
  return 0
}

/** `dscl . -list /Users [key]` and `-read /Users/name`. */
export const dscl: Program = run => {
  const [, verb = '', path = '', key = ''] = run.args
  if (/^-?(?:list|ls)$/i.test(verb) && path === '/Users') return list(run, key)
  const [, name] = /^\/Users\/([^/]+)$/.exec(path) ?? []
  const account = run.profile.accounts.find(one => one.name === name)
  if (!/^-?(?:read|cat)$/i.test(verb)) return run.fail('the lab has dscl . -list /Users and dscl . -read /Users/name', 64)
  if (account === undefined) {
    run.streams.err.write('<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n')
    return 56
  }
  const facts: Record<string, string> = {
    NFSHomeDirectory: `/Users/${account.name}`,
    PrimaryGroupID: '20',
    RealName: account.full,
    RecordName: account.name,
    UniqueID: String(account.uid),
    UserShell: '/bin/zsh',
  }
  for (const [fact, value] of Object.entries(facts)) if (key === '' || key === fact) run.print(`${fact}: ${value}`)
  return 0
}

function list(run: Run, key: string): number {
  const all = [
    ['_www', 70],
    ['daemon', 1],
    ['nobody', -2],
    ['root', 0],
    ...run.profile.accounts.map(({ name, uid }) => [name, uid] as const),
  ] as const
  for (const [name, uid] of [...all].sort(([a], [b]) => (a < b ? -1 : 1)))
    run.print(key === 'UniqueID' ? `${name.padEnd(24)} ${uid}` : name)
  return 0
}
