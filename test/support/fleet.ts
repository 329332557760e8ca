import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { RunFolders } from '../../src/core/run-folders.ts'
import { openRunFolders } from '../../src/host/run-folders.ts'
import { random } from '../../src/host/clock.ts'
import { openLab, type Lab, type LabOptions } from '../../src/lab/lab.ts'
import { main } from '../../src/main.ts'
import { afterEachFile } from './after-file.ts'
import { HurriedClock } from './hurried-clock.ts'
import { labService, memoryOutput, testHost, type TestWorld } from './host.ts'
import { testFolder } from './folder.ts'

/** What one device came to. */
interface DeviceLine {
  device_id: number
  device_name: string | null
  ok: boolean
  result?: unknown
  error?: { code: string; message: string }
  duration_ms: number
}

interface RanRun {
  code: number
  out: string
  err: string
  /** The lines of stdout, where they are JSON. */
  lines: DeviceLine[]
  /** The last line of stderr. */
  last: string
  /** The run's name. */
  run: string
}

/** A lab with many devices, and folders of runs that last from one run of the program to the next. */
export interface Fleet {
  lab: Lab
  clock: HurriedClock
  folders: RunFolders
  home: string
  cbc(words: readonly string[], over?: Partial<TestWorld>): Promise<RanRun>
  /** What endpoints carried out: an entry for each command. */
  executions(query?: string): Promise<{ device_id: number; name: string; object: string }[]>
  /** Requests that the service received. */
  requests(query?: string): Promise<{ method: string; path: string; status: number | null }[]>
  /** Replaces the lab's faults. */
  faults(rules: unknown): Promise<void>
  /** Changes the lab's behaviour. */
  settings(patch: unknown): Promise<void>
}

const opened: Lab[] = []

afterEachFile(() => Promise.all(opened.splice(0).map(lab => lab.close())))

/** Opens a lab in this process. @param options of the lab; `rosterSize` is the number of its devices, `local` the folder of a Linux endpoint */
export function openFleet(options: Pick<LabOptions, 'rosterSize' | 'faults' | 'settings' | 'latency' | 'local'> = {}): Fleet {
  const clock = new HurriedClock()
  const lab = openLab({ clock, random, checkIn: 0, ...options })
  opened.push(lab)
  const home = testFolder()
  const folders = openRunFolders(join(home, 'runs'), random)
  const control = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const headers = { 'X-Auth-Token': lab.token, 'Content-Type': 'application/json' }
    return (await (await lab.handle(new Request(`http://lab.localhost/lab/${path}`, { headers, ...init }))).json()) as T
  }
  return {
    lab,
    clock,
    folders,
    home,
    executions: (query = '') => control(`executions?${query}`),
    requests: (query = '') => control(`log?${query}`),
    faults: async rules => void (await control('faults', { method: 'PUT', body: JSON.stringify(rules) })),
    settings: async patch => void (await control('settings', { method: 'PATCH', body: JSON.stringify(patch) })),
    async cbc(words, over = {}) {
      const host = testHost({
        clock,
        lab: async () => ({ ...labService(lab), close: async () => {} }),
        runFolders: async below => (below === undefined ? folders : openRunFolders(join(below, 'runs'), random)),
        stdout: memoryOutput(),
        ...over,
      })
      const code = await main(words, host)
      const [out, err] = [host.stdout.text(), host.stderr.text()]
      const last = err.trimEnd().split('\n').at(-1) ?? ''
      const lines = out.startsWith('{')
        ? out
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line) as DeviceLine)
        : []
      return { code, out, err, lines, last, run: /run (\S+)$/.exec(last)?.[1] ?? '' }
    },
  }
}

/** Has each test of the file run in the home of a fleet. @param open opens the fleet of one test */
export function inHomeOf(open: () => Fleet): void {
  let before: string
  beforeEach(() => {
    before = process.cwd()
    process.chdir(open().home)
  })
  afterEach(() => {
    process.chdir(before)
  })
}
