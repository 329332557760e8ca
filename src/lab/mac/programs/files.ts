import { createHash } from 'node:crypto'
import { readBody } from '../../windows/fs/body.ts'
import { type Found, nameOf } from '../disk.ts'
import type { Program, Run } from '../run.ts'

export const ls: Program = async run => {
  let code = 0
  const paths = run.operands.length > 0 ? run.operands : ['.']
  for (const path of paths) {
    const listed = await run.tried(path, () =>
      run.machine.look(({ disk }) => {
        const found = disk.find(path, run.start.directory, !run.has('l') || path.endsWith('/'))
        return found.place.node.kind === 'directory' && !run.has('d') ? disk.children(found) : [found]
      }),
    )
    if (listed === undefined) code = 1
    if (paths.length > 1) run.print(`${path}:`)
    const shown = (listed ?? []).filter(({ place: { node } }) => run.has('a') || listed?.length === 1 || !node.name.startsWith('.'))
    run.print(...shown.map(found => (run.has('l') ? longLine(found) : nameOf(found.place.node) || '/')))
  }
  return code
}

function longLine({ place: { node } }: Found): string {
  const bits = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 4, 2, 1].map((bit, at) => (node.mode & bit ? 'rwx'.charAt(at % 3) : '-')).join('')
  const kind = { file: '-', directory: 'd', link: 'l' }[node.kind]
  const time = new Date(node.written).toISOString().slice(0, 16).replace('T', ' ')
  const target = node.target === undefined ? '' : ` -> ${node.target}`
  return `${kind}${bits}  1 ${node.owner.padEnd(8)} ${(node.owner === 'root' ? 'wheel' : 'staff').padEnd(6)} ${String(node.body?.size ?? 0).padStart(10)} ${time} ${nameOf(node)}${target}`
}

export const cat: Program = async run => {
  const { machine, streams, start } = run
  if (run.operands.length === 0) await streams.out.copy(readBody(machine.blobs, streams.stdin))
  let code = 0
  for (const path of run.operands) {
    const body = await run.tried(path, () => machine.look(({ disk }) => disk.read(path, start.directory)))
    if (body === undefined) code = 1
    else await streams.out.copy(readBody(machine.blobs, body))
  }
  return code
}

/** Changes each file that was named. */
function changing(change: (run: Run, path: string) => Promise<unknown>, operands = (run: Run): readonly string[] => run.operands): Program {
  return async run => {
    let code = 0
    for (const path of operands(run)) if ((await run.tried(path, async () => ({ done: await change(run, path) }))) === undefined) code = 1
    return code
  }
}

export const mkdir = changing((run, path) =>
  run.machine.change(({ disk }) => {
    const parts = path.split('/')
    for (let at = run.has('p') ? 1 : parts.length; at <= parts.length; at++) {
      const part = parts.slice(0, at).join('/')
      if (part !== '' && !(run.has('p') && disk.findIfThere(part, run.start.directory) !== undefined))
        disk.createDirectory(part, run.start.directory)
    }
  }),
)

export const rm = changing((run, path) =>
  run.machine.change(({ disk }) => {
    const found = disk.findIfThere(path, run.start.directory, false)
    if (found === undefined && run.has('f')) return
    const remove = (one: string): void => {
      const here = disk.find(one, run.start.directory, false)
      if (run.has('r') || run.has('R')) for (const child of disk.children(here)) remove(child.path)
      disk.delete(one, run.start.directory)
    }
    remove(path)
  }),
)

export const touch = changing((run, path) =>
  run.machine.change(({ disk }) => {
    const found = disk.findIfThere(path, run.start.directory)
    disk.write(path, found?.place.node.body ?? { kind: 'text', base64: '', size: 0 }, run.start.directory)
  }),
)

/** `chmod 755 file…` and `chmod +x file…`. */
export const chmod = changing(
  (run, path) =>
    run.machine.change(({ disk }) => {
      const [mode = ''] = run.operands
      const { node } = disk.find(path, run.start.directory).place
      disk.setMode(path, /^[0-7]+$/.test(mode) ? parseInt(mode, 8) : node.mode | 0o111, run.start.directory)
    }),
  run => run.operands.slice(1),
)

/** `cp file to` and, without the first one staying, `mv`. */
export const cp: Program = run => copy(run, false)
export const mv: Program = run => copy(run, true)

async function copy(run: Run, move: boolean): Promise<number> {
  const [from, to] = run.operands
  if (from === undefined || to === undefined) return run.fail('usage: source target', 64)
  const { directory } = run.start
  const done = await run.tried(from, () =>
    run.machine.change(({ disk }) => {
      const { node } = disk.find(from, directory).place
      const place = disk.findIfThere(to, directory)
      const target = place?.place.node.kind === 'directory' ? `${to.replace(/\/$/, '')}/${nameOf(node)}` : to
      disk.write(target, disk.read(from, directory), directory)
      disk.setMode(target, node.mode, directory)
      if (move) disk.delete(from, directory)
      return true
    }),
  )
  return done ? 0 : 1
}

/** `shasum -a N file…` and `md5 file…`. */
export const shasum: Program = run => hashes(run, `sha${run.args[run.args.indexOf('-a') + 1] === '256' ? '256' : '1'}`)
export const md5: Program = run => hashes(run, 'md5')

async function hashes(run: Run, algorithm: string): Promise<number> {
  let code = 0
  for (const path of run.operands.filter(arg => !/^\d+$/.test(arg))) {
    const body = await run.tried(path, () => run.machine.look(({ disk }) => disk.read(path, run.start.directory)))
    if (body === undefined) {
      code = 1
      continue
    }
    const hash = createHash(algorithm)
    for await (const chunk of readBody(run.machine.blobs, body)) hash.update(chunk)
    const digest = hash.digest('hex')
    run.print(algorithm === 'md5' ? `MD5 (${path}) = ${digest}` : `${digest}  ${path}`)
  }
  return code
}
