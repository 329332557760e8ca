import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/host.ts'
import { QUEUE_SERVERS } from '../support/queue-servers.ts'
import { openSharedFleet } from '../support/shared-fleet.ts'

const GET = ['lr', 'get', 'WIN-FIN-01,WIN-FIN-02', 'C:\\Windows\\System32\\drivers\\etc\\hosts']

/** What a supervisor is told; undefined where nobody answers. */
async function health(port: number): Promise<{ code: number; status?: string } | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
  return answer && { code: answer.status, status: ((await answer.json()) as { status: string }).status }
}

interface Stored {
  device_name: string
  result: { local_path: string; sha256: string }
}

describe.each(QUEUE_SERVERS)('workers on $name', kind => {
  it.skipIf(kind.missing)(
    'put what devices send home into their store, with a list for each device, and tell a supervisor how they are; without a store they refuse',
    async () => {
      const [server, share, port] = [await kind.serve(), join(testFolder(), 'share'), await freePort()]
      mkdirSync(share)
      const fleet = await openSharedFleet(server.url, 10, 0)
      const bare = await fleet.worker()
      const refused = await fleet.cbc(GET)
      expect(refused.code).toBe(7)
      for (const line of refused.stdout.trimEnd().split('\n')) expect(line).toContain('this worker has no place for them')
      await bare.kill()

      const worker = await fleet.worker(['--store', share, '--health-port', String(port)])
      expect(await health(port)).toEqual({ code: 200, status: 'working' })
      const { stdout, stderr, code } = await fleet.cbc(GET)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      const [run = ''] = readdirSync(share)
      for (const line of stdout.trimEnd().split('\n')) {
        const { device_name, result } = JSON.parse(line) as Stored
        expect(result.local_path).toBe(join(share, run, device_name, 'hosts'))
        expect(readFileSync(join(share, run, `${device_name}.files.jsonl`), 'utf8')).toContain(result.sha256)
      }

      await server.kill()
      await until(async () => (await health(port))?.code === 503)
      await server.start()
      await until(async () => (await health(port))?.code === 200)
      expect((await worker.kill()).code).toBe(0)
      expect(await health(port)).toBeUndefined()
    },
  )
})
