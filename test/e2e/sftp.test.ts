import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_IN_SH } from '../support/command.ts'
import { has, runOther } from '../support/other-programs.ts'
import { start } from '../support/program.ts'
import { analyst, type Analyst } from './lab.ts'

const W = 'WIN-FIN-01'
const FOLDER = 'C:\\Users\\j.moreau\\Documents'
const SHOWN = '/C/Users/j.moreau/Documents'
const SERVER = `${COMMAND_IN_SH} lr sftp ${W}`

let user: Analyst
/** The SHA-256 of each file of a folder as `get -r` brings it home. */
let expected: Record<string, string>

beforeAll(async () => {
  user = analyst()
  await user.cbc('lr', 'get', '-r', W, FOLDER, 'got')
  expected = hashesIn(join(user.home, 'got'))
  expect(Object.keys(expected).length).toBeGreaterThan(3)
})

function hashesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .map(path => [path.slice(folder.length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

const other = (command: readonly string[], more: { cwd?: string; stdin?: string } = {}) => runOther(command, { ...user, ...more })

/** A server that a client left without waiting for it still has to close its session, and to note that it did. */
async function expectNothingLeft(): Promise<void> {
  const ledger = join(user.home, '.local', 'state', 'cbc', 'ledger')
  const left = async () => ({
    sessions: (await user.cbc('lr', 'session', 'list', '--json')).json(),
    noted: existsSync(ledger) ? readdirSync(ledger) : [],
  })
  await expect.poll(left).toEqual({ sessions: [], noted: [] })
}

describe.skipIf(!has('sftp'))("OpenSSH's sftp", () => {
  const sftp = (lines: string[], options = '') =>
    other(['sftp', '-D', `${SERVER}${options}`, '-b', '-'], { cwd: user.home, stdin: lines.map(line => `${line}\n`).join('') })

  it('lists, and fetches a folder with the hashes of get -r', async () => {
    const { code, stdout, stderr } = await sftp(['ls -la /', 'ls -la /C/Users', `get -r ${SHOWN} sftp`])
    // Links are not followed, as by get -r.
    expect({ code, stderr: stderr.trim() }).toEqual({ code: 0, stderr: `download "${SHOWN}/My Music": not a regular file` })
    expect(stdout).toMatch(/^dr-xr-xr-x .* C$/m)
    expect(stdout).toMatch(/^lrwxrwxrwx .* All Users$/m)
    expect(hashesIn(join(user.home, 'sftp'))).toEqual(expected)
    await expectNothingLeft()
  })

  it('is refused all changes without --write', async () => {
    writeFileSync(join(user.home, 'note.txt'), 'a note')
    const lines = [
      'put note.txt /C/Users/Public/refused.txt',
      'mkdir /C/refused',
      `rm ${SHOWN}/*`,
      `rename ${SHOWN} /C/x`,
      `chmod 600 ${SHOWN}`,
    ]
    const { code, stderr } = await sftp(lines.map(line => `-${line}`))
    expect(code).toBe(0)
    expect(stderr.match(/Permission denied/g)?.length).toBeGreaterThanOrEqual(4)
    expect(stderr).toContain('this server only reads: it was started without --write')
    expect((await user.cbc('lr', 'stat', W, 'C:\\Users\\Public\\refused.txt')).code).toBe(4)
  })
})

describe.skipIf(!has('sftp'))("OpenSSH's sftp, with --write", () => {
  it('puts, makes and removes folders, and deletes; what it put is what arrives', async () => {
    writeFileSync(join(user.home, 'note.txt'), 'a note\n'.repeat(20_000))
    const lines = [
      'mkdir /C/sftp-test',
      'put -p note.txt /C/sftp-test/note.txt',
      'get /C/sftp-test/note.txt back.txt',
      'rm /C/sftp-test/note.txt',
      'rmdir /C/sftp-test',
    ]
    const { code, stderr } = await other(['sftp', '-D', `${SERVER} --write`, '-b', '-'], { cwd: user.home, stdin: lines.join('\n') })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(join(user.home, 'back.txt')).equals(readFileSync(join(user.home, 'note.txt')))).toBe(true)
    expect((await user.cbc('lr', 'stat', W, 'C:\\sftp-test')).code).toBe(4)
    await expectNothingLeft()
  })
})

describe.skipIf(!has('sftp'))('a case', () => {
  it('records each file that was read, with its bytes, and each change, and holds together', async () => {
    writeFileSync(join(user.home, 'tool.txt'), 'a tool')
    const lines = [`get "${SHOWN}/Travel policy 2025.pdf" policy.pdf`, 'put tool.txt /C/tool.txt', 'rm /C/tool.txt']
    const { code } = await other(['sftp', '-D', `${SERVER} --write --case evidence`, '-b', '-'], {
      cwd: user.home,
      stdin: lines.join('\n'),
    })
    expect(code).toBe(0)
    const folder = join(user.home, 'evidence')
    const kept = join(folder, 'files', W, 'C', 'Users', 'j.moreau', 'Documents', 'Travel policy 2025.pdf')
    expect(createHash('sha256').update(readFileSync(kept)).digest('hex')).toBe(expected['/Travel policy 2025.pdf'])
    const journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8').trim().split('\n')
    const told = journal.map(line => JSON.parse(line) as { event: string; verb?: string; change?: string; outcome?: string })
    expect(told.flatMap(({ event, verb, change, outcome }) => (verb === undefined ? [] : [[verb, event, change ?? outcome]]))).toEqual([
      ['get', 'kept', undefined],
      ['get', 'finished', 'done'],
      ['put', 'started', 'put file'],
      ['put', 'kept', undefined],
      ['put', 'finished', 'done'],
      ['rm', 'started', 'delete file'],
      ['rm', 'finished', 'done'],
    ])
    expect((await user.cbc('case', 'verify', 'evidence')).stdout).not.toMatch(/(files|results|undo)\//)
  })
})

describe.skipIf(!has('rclone') || !has('ssh-keygen'))('rclone over --listen', () => {
  it('copies a folder with the hashes of get -r; SIGTERM ends the server, which closes its session', async () => {
    await other(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', 'key'], { cwd: user.home })
    const server = start(['lr', 'sftp', W, '--listen', '127.0.0.1:0', '--authorized-key', 'key.pub'], { ...user, cwd: user.home })
    const line = await server.line('is served at', { from: 'stderr' })
    const port = /:(\d+) until/.exec(line)?.[1] ?? ''
    const remote = `:sftp,host=127.0.0.1,port=${port},user=cbc,key_file=${join(user.home, 'key')},skip_links=true:${SHOWN}`
    const { code, stderr } = await other(['rclone', '--config', '/dev/null', 'copy', remote, 'rclone'], { cwd: user.home })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(hashesIn(join(user.home, 'rclone'))).toEqual(expected)
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await expectNothingLeft()
  })
})

describe.skipIf(!has('lftp'))('lftp', () => {
  const lftp = (commands: string) =>
    other(['lftp', '-c', `set sftp:connect-program "${SERVER}"; set net:max-retries 1; open sftp://${W}; ${commands}`], { cwd: user.home })

  it('mirrors a folder with the hashes of get -r, and the server that it ends by SIGHUP closes its session', async () => {
    const { code, stderr } = await lftp(`mirror ${SHOWN} lftp`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(hashesIn(join(user.home, 'lftp'))).toEqual(expected)
    await expectNothingLeft()
  })
})

describe.skipIf(!has('sshfs') || !has('fusermount3') || !existsSync('/dev/fuse'))('sshfs', () => {
  it('mounts the endpoint, which find, sha256sum and grep -r search; unmounted, nothing is left', async () => {
    const mount = join(user.home, 'mount')
    mkdirSync(mount)
    const mounted = other(['sh', '-c', `mkfifo pipe && ${SERVER} < pipe | sshfs -f -o passive : mount > pipe`], { cwd: user.home })
    const sh = (line: string) => other(['sh', '-c', line], { cwd: join(mount, 'C', 'Users', 'j.moreau', 'Documents') })
    try {
      await expect.poll(() => readdirSync(mount)).toEqual(expect.arrayContaining(['C', 'D']))
      const { stdout } = await sh('find . -type f -exec sha256sum {} +')
      const hashes = stdout
        .trim()
        .split('\n')
        .map(line => /^(\S+) {2}\.(.*)$/.exec(line) ?? [])
      expect(Object.fromEntries(hashes.map(([, hash, path]) => [path, hash]))).toEqual(expected)
      const file = Object.keys(expected)[0] ?? ''
      expect((await sh('grep -rc . .')).stdout.split('\n').some(line => line.startsWith(`.${file}:`))).toBe(true)
    } finally {
      await other(['fusermount3', '-u', mount])
      await mounted
    }
    await expectNothingLeft()
  })
})
