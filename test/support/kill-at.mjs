// Preloaded into a spawned program (`node --import`): kills it (SIGKILL) just before, or just after, the nth call that changes something
// below a folder. KILL_BELOW is the folder, KILL_AT the number of the call, counted from 1, KILL_WHEN `before` or `after`; with `full`, the
// program lives, but from that call on the disk has no room. A program that comes to its end writes its calls to the file KILL_LOG, a line
// each.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'

const { KILL_BELOW: below = '', KILL_AT: at = '', KILL_WHEN: when, KILL_LOG: log = '' } = process.env
const { writeFileSync } = fs
const calls = []
/** Files below the folder that were opened by openSync, by their numbers. */
const opened = new Map()

/** Calls that change what is at a path, and how many paths they take. */
const BY_PATH = { mkdir: 1, rename: 2, link: 2, symlink: 2, copyFile: 2, unlink: 1, rm: 1, rmdir: 1, chmod: 1, truncate: 1, utimes: 1 }
const WHOLE = { writeFile: 1, appendFile: 1, cp: 2, mkdtemp: 1 }
/** Calls that change an open file, or bring it to the disk. */
const BY_HANDLE = ['write', 'writev', 'writeFile', 'appendFile', 'truncate', 'sync', 'datasync', 'chmod', 'utimes']

/** Calls that take room on the disk. */
const TAKES_ROOM = ['mkdir', 'link', 'symlink', 'copyFile', 'open', 'write', 'writev', 'writeFile', 'appendFile', 'writeSync', 'writevSync']

const creates = flags => (typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /[aw]/.test(flags))

const isBelow = path => typeof path === 'string' && `${resolve(path)}/`.startsWith(`${below}/`)

/** What comes before a call, and what after it. */
function count(name) {
  calls.push(name)
  const isLast = calls.length === Number(at)
  if (when === 'full' && calls.length >= Number(at) && TAKES_ROOM.includes(name.split(' ')[0]))
    throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' })
  if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
  return made => {
    if (isLast && when === 'after') process.kill(process.pid, 'SIGKILL')
    return made
  }
}

async function counted(name, call) {
  const after = count(name)
  return after(await call())
}

for (const [name, paths] of Object.entries({ ...BY_PATH, ...WHOLE })) {
  const nameOf = given => `${name} ${given.slice(0, paths).join(' ')}`
  const { [name]: call } = fs.promises
  fs.promises[name] = (...given) => (given.slice(0, paths).some(isBelow) ? counted(nameOf(given), () => call(...given)) : call(...given))
  const { [`${name}Sync`]: callSync } = fs
  fs[`${name}Sync`] = (...given) =>
    given.slice(0, paths).some(isBelow) || opened.has(given[0]) ? count(nameOf(given))(callSync(...given)) : callSync(...given)
}

const { openSync, closeSync } = fs
fs.openSync = (path, flags = 'r', ...rest) => {
  if (!isBelow(path)) return openSync(path, flags, ...rest)
  const number = creates(flags) ? count(`open ${path}`)(openSync(path, flags, ...rest)) : openSync(path, flags, ...rest)
  opened.set(number, path)
  return number
}
fs.closeSync = number => {
  opened.delete(number)
  closeSync(number)
}
for (const name of ['writeSync', 'writevSync', 'ftruncateSync', 'fsyncSync', 'fdatasyncSync', 'fchmodSync', 'futimesSync']) {
  const { [name]: call } = fs
  fs[name] = (number, ...given) =>
    opened.has(number) ? count(`${name} ${opened.get(number)}`)(call(number, ...given)) : call(number, ...given)
}

const { open } = fs.promises
fs.promises.open = async (path, flags = 'r', ...rest) => {
  const call = () => open(path, flags, ...rest)
  const handle = creates(flags) && isBelow(path) ? await counted(`open ${path}`, call) : await call()
  // How often a lock is renewed depends on how long the program takes.
  const isRenewal = flags === 'r+' && path.endsWith('.lock')
  for (const name of isBelow(path) && !isRenewal ? BY_HANDLE : []) {
    const original = handle[name].bind(handle)
    handle[name] = (...given) => counted(`${name} ${path}`, () => original(...given))
  }
  return handle
}

syncBuiltinESMExports()
if (log !== '') process.on('exit', () => writeFileSync(log, calls.map(call => `${call}\n`).join('')))
