import { elementText } from '../../../core/text/xml-element.ts'
import { collect, readBody } from '../../windows/fs/body.ts'
import type { Program, Run } from '../run.ts'

export const swVers: Program = run => {
  const { version, build } = run.profile
  const facts = { ProductName: 'macOS', ProductVersion: version, BuildVersion: build }
  const asked = Object.entries(facts).filter(([name]) => run.args.some(arg => arg.replaceAll('-', '').toLowerCase() === name.toLowerCase()))
  if (asked.length > 0) run.print(...asked.map(([, value]) => value))
  else run.print(...Object.entries(facts).map(([name, value]) => `${`${name}:`.padEnd(16)}${value}`))
  return 0
}

export const uname: Program = run => {
  const { name, kernel } = run.profile
  const host = `${name.toLowerCase()}.local`
  if (run.has('a')) run.print(`Darwin ${host} ${kernel} Darwin Kernel Version ${kernel}; RELEASE_ARM64_T6000 arm64`)
  else run.print(run.has('n') ? host : run.has('r') ? kernel : run.has('m') ? 'arm64' : 'Darwin')
  return 0
}

export const hostname: Program = run => {
  run.print(`${run.profile.name.toLowerCase()}${run.has('s') ? '' : '.local'}`)
  return 0
}

/** `scutil --get ComputerName` and its like. */
export const scutil: Program = run => {
  run.print(run.args[1] === 'LocalHostName' ? run.profile.name.toLowerCase() : run.profile.name)
  return 0
}

export const uptime: Program = async run => {
  const days = await run.machine.look(({ now }) => Math.floor((now - run.profile.booted) / 86_400_000))
  run.print(` up ${days} days, 1 user, load averages: 1.42 1.51 1.60`)
  return 0
}

/** Programs that say how the Mac is protected. */
export const csrutil = printing('System Integrity Protection status: enabled.')
export const spctl = printing('assessments enabled')
export const fdesetup = printing('FileVault is On.')

export const kextstat: Program = run => {
  run.print('Index Refs Address            Size       Wired      Name (Version) UUID <Linked Against>')
  run.print(
    `    1  177 0                  0          0          com.apple.kpi.bsd (${run.profile.kernel}) 8D1E6C8B-6D2E-3E4F-9B41-0C4C1E2B7A10 <>`,
  )
  return 0
}

export const hdiutil = printing('framework       : 672', 'driver          : 23.6.0')

/** The stub that is there until the developer's tools are. */
export const developerTool: Program = run => {
  run.streams.err.write('xcode-select: note: No developer tools were found, requesting install.\n')
  return 1
}

/** `ps`: all processes with `-A`, `-e`, `-x` or `aux`, otherwise those of root's terminal, which has none. */
export const ps: Program = async run => {
  const all = await run.machine.look(({ processes }) => processes.list())
  const wide = run.args.some(arg => arg.includes('u') || arg.includes('f'))
  const every = run.args.some(arg => /[aAex]/.test(arg))
  run.print(wide ? 'USER               PID  PPID STARTED           COMMAND' : '  PID TTY           TIME CMD')
  for (const { pid, ppid, user, started, cmdline } of every ? all : all.filter(process => process.pid === run.start.pid)) {
    const time = new Date(started).toISOString().slice(0, 16).replace('T', ' ')
    run.print(
      wide
        ? `${user.padEnd(14)} ${String(pid).padStart(7)} ${String(ppid).padStart(5)} ${time}  ${cmdline}`
        : `${String(pid).padStart(5)} ??         0:00.04 ${cmdline}`,
    )
  }
  return 0
}

/** `kill [-9] pid…`. */
export const kill: Program = async run => {
  let code = 0
  for (const pid of run.args.filter(arg => /^\d+$/.test(arg)))
    if ((await run.tried(pid, () => run.machine.change(({ processes }) => processes.kill(Number(pid))))) === undefined) code = 1
  return code
}

export const sleep: Program = async run => {
  await run.sleep(Number(run.args[0] ?? 0) * 1000)
  return 0
}

/** A job of launchd, from its property list. */
interface Job {
  label: string
  /** Its own process; undefined where it doesn't run. */
  pid: number | undefined
}

const JOBS = ['/System/Library/LaunchDaemons', '/Library/LaunchDaemons']

async function jobs(run: Run): Promise<Job[]> {
  const { machine } = run
  const [lists, running] = await machine.look(({ disk, processes }) => [
    JOBS.flatMap(folder => disk.children(disk.directory(folder)).flatMap(({ place: { node } }) => node.body ?? [])),
    processes.list(),
  ])
  const texts = await Promise.all(lists.map(async body => (await collect(readBody(machine.blobs, body))).toString('utf8')))
  return texts.flatMap(text => {
    const [label, program] = [text, text.slice(text.indexOf('<key>ProgramArguments'))].map(part => elementText(part, 'string'))
    return label === undefined ? [] : [{ label, pid: running.find(({ path }) => path === program)?.pid }]
  })
}

/** `launchctl list [label]`, and `bootout`, `unload` and `remove`, which end a job's process. */
export const launchctl: Program = async run => {
  const [verb = '', ...args] = run.args
  const all = await jobs(run)
  const wanted = args
    .at(-1)
    ?.replace(/^(?:system|gui\/\d+)\//, '')
    .replace(/^.*\/|\.plist$/g, '')
  const job = all.find(({ label }) => label === wanted)
  if (verb === 'list' && wanted === undefined) {
    run.print('PID\tStatus\tLabel', ...all.map(({ pid, label }) => `${pid ?? '-'}\t0\t${label}`))
    return 0
  }
  if (job === undefined) return run.fail(`Could not find service "${wanted ?? ''}" in domain for system`, 113)
  if (['bootout', 'unload', 'remove'].includes(verb)) {
    const { pid } = job
    if (pid !== undefined) await run.machine.change(({ processes }) => processes.kill(pid))
    return 0
  }
  run.print('{', `\t"Label" = "${job.label}";`, ...(job.pid === undefined ? [] : [`\t"PID" = ${job.pid};`]), '};')
  return 0
}

/** A program that always prints the same lines. */
function printing(...lines: readonly string[]): Program {
  return run => {
    run.print(...lines)
    return 0
  }
}
