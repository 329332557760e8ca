import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startDeadlyLab, type DeadlyLab, type Point } from '../support/deadly-lab.ts'
import { start, type RunResult } from '../support/program.ts'
import { runHere } from '../support/run-here.ts'
import { until } from '../support/host.ts'
import { analyst } from './lab.ts'

/**
 * The service kills the program itself (kill -9) in the middle of a request; its ledger is the real one.
 * test/faults/kill-anywhere.test.ts does so at every point, in this process.
 */

const W = 'WIN-FIN-01'
const TEMP = 'C:\\Windows\\Temp'
const BIG = 'C:\\Users\\Public\\big.bin'
const SIZE = 8_000_000

const COMMANDS = { method: 'POST', path: /\/commands$/ }
const CONTENT = { method: 'GET', path: /\/content$/ }
const at = (when: Point['when'], what: Omit<Point, 'when'>): Point => ({ when, ...what })
const SESSION = at('after', { method: 'POST', path: /\/sessions$/ })
const STAGED_GONE = { method: 'DELETE', path: /\/files\/[^/]+$/ }
const CLOSED = { method: 'DELETE', path: /\/sessions\/[^/]+$/ }

interface Case {
  words: string[]
  /** The second run; default: the same. */
  again?: string[]
  points: Record<string, Point>
  check(user: User, second: RunResult): Promise<void>
}

interface User {
  home: string
  lab: DeadlyLab
  sha256: string
  cbc(...words: string[]): Promise<RunResult>
}

const CASES: Record<string, Case> = {
  get: {
    words: ['get', W, BIG, 'big.bin'],
    again: ['get', W, BIG, 'big.bin', '--resume'],
    points: {
      'the session was started': SESSION,
      'the command was accepted': at('after', { ...COMMANDS, nth: 2 }),
      'half of the content has arrived': at('half', CONTENT),
      'the copy in the cloud is about to be deleted': at('before', STAGED_GONE),
    },
    async check({ home, sha256 }) {
      expect(sha256Of(join(home, 'big.bin'))).toBe(sha256)
      expect(readdirSync(home).filter(name => name.endsWith('.part'))).toEqual([])
    },
  },
  put: {
    words: ['put', W, 'note.txt', 'C:\\note.txt'],
    again: ['put', W, 'note.txt', 'C:\\note.txt', '--force'],
    points: {
      'the file was uploaded': at('after', { method: 'POST', path: /\/files$/ }),
      'the command is about to be issued': at('before', { ...COMMANDS, nth: 2 }),
      'the session is about to be closed': at('before', CLOSED),
    },
    async check({ cbc }) {
      expect((await cbc('cat', W, 'C:\\note.txt')).stdout).toBe('a note')
    },
  },
  exec: {
    words: ['exec', W, 'whoami.exe'],
    points: {
      'the command was accepted': at('after', COMMANDS),
      'half of the output has arrived': at('half', CONTENT),
      'the session was closed': at('after', CLOSED),
    },
    async check({ lab }, second) {
      expect(second.json()).toMatchObject({ return_code: 0 })
      // Once for each run that reached the request.
      expect((await lab.ask<unknown[]>('GET', '/lab/executions?name=create%20process')).length).toBeLessThanOrEqual(2)
    },
  },
  'memdump --get': {
    // The first file content is the output of a program that prints a hash.
    words: ['memdump', W, '--compress', '--get', 'memory.zip', '--no-space-check'],
    again: ['memdump', W, '--compress', '--get', 'second.zip', '--no-space-check'],
    points: { 'half of the dump has arrived': at('half', { ...CONTENT, nth: 2 }) },
    async check({ home }, second) {
      expect(second.json()).toMatchObject({ sha256: sha256Of(join(home, 'second.zip')) })
      expect(existsSync(join(home, 'memory.zip'))).toBe(false)
    },
  },
}

const sha256Of = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

async function newUser(): Promise<User> {
  const { home } = analyst()
  const lab = await startDeadlyLab()
  writeFileSync(join(home, 'note.txt'), 'a note')
  const { sha256 } = await lab.ask<{ sha256: string }>('POST', '/lab/files', { device: W, path: BIG, size: SIZE })
  return { home, lab, sha256, cbc: (...words) => runHere(['lr', ...words], place(home, lab)) }
}

const place = (home: string, { url, org, token }: DeadlyLab) => ({
  env: { CBC_URL: url, CBC_ORG_KEY: org, CBC_TOKEN: token },
  home,
  cwd: home,
})

/** What the runs left behind: sessions, files on the endpoint, entries in the ledger. */
async function left({ home, lab }: User): Promise<unknown[]> {
  const base = `/appservices/v6/orgs/${lab.org}/liveresponse/sessions`
  const open = (await lab.ask<unknown[] | undefined>('GET', base)) ?? []
  return [...open.map(() => 'session'), ...readdirSync(join(home, '.local', 'state', 'cbc', 'ledger')).map(() => 'note')]
}

async function temporaries({ cbc }: User): Promise<string[]> {
  const { stdout } = await cbc('ls', W, TEMP, '--json')
  return (JSON.parse(stdout) as { filename: string }[]).map(({ filename }) => filename).filter(name => /^(cbc-|memory-)/.test(name))
}

const ALL = Object.entries(CASES).flatMap(([verb, one]) =>
  Object.entries(one.points).map(([moment, point]) => ({ verb, moment, point, one })),
)

describe.concurrent('a client that is killed when', () => {
  it.each(ALL)(
    '$moment, in $verb: gc and a second run complete correctly',
    async ({ verb, point, one: { words, again = words, check } }) => {
      const user = await newUser()
      const { home, lab, cbc } = user
      const victim = start(['--json', 'lr', ...words], place(home, lab))
      // A part can be resumed as soon as it has its note.
      const part = () => readdirSync(home).some(name => name.endsWith('.part.json'))
      lab.arm(
        point,
        () => process.kill(victim.pid, 'SIGKILL'),
        async () => {
          if (verb !== 'exec') await until(part)
        },
      )
      expect(await victim.exit).toEqual({ code: null, signal: 'SIGKILL' })
      expect(readdirSync(home).filter(name => name === 'big.bin')).toEqual([])
      // gc reports what the endpoint is still working on, and must then be run again.
      await until(async () => (await cbc('gc', '--json')).code === 0)
      expect(await left(user)).toEqual([])
      lab.issued.length = 0
      const second = await runHere(['--json', 'lr', ...again], place(home, lab))
      expect(second, second.stderr).toMatchObject({ code: 0 })
      if (point.when === 'half' && verb === 'get')
        expect(lab.issued).toContainEqual(expect.objectContaining({ name: 'get file', offset: expect.any(Number) as number }))
      await check(user, second)
      expect(await temporaries(user)).toEqual([])
      expect(await left(user)).toEqual([])
    },
  )
})
