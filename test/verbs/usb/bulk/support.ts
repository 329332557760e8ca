import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Approval } from '../../../../src/api/device-control.ts'
import type { Clock, Transport } from '../../../../src/core/ports.ts'
import type { Row } from '../../../../src/core/result.ts'
import { main } from '../../../../src/main.ts'
import { clock as real } from '../../../../src/host/clock.ts'
import { openLabService } from '../../../../src/host/lab.ts'
import { HurriedClock } from '../../../support/hurried-clock.ts'
import { testHost, type TestWorld } from '../../../support/host.ts'
import { testFolder } from '../../../support/folder.ts'

export const HEADER = 'vendor_id,product_id,serial_number,approval_name,notes'

/** An organization without approvals, and a working folder. */
export interface Organization {
  home: string
  /** Writes a file. @returns its path */
  file(name: string, content: string | Uint8Array): string
  read(path: string): string
  /** Runs `cbc usb approval …` in this process. */
  cbc(words: readonly string[], over?: Partial<TestWorld>): Promise<{ code: number; out: string; err: string }>
  /** Returns the rows of the command with --json. */
  rows(words: readonly string[]): Promise<{ code: number; rows: Row[] }>
  approvals(): Promise<Approval[]>
  /** Sets the faults of the lab (docs/lab.md). */
  faults(...rules: unknown[]): Promise<void>
  /** Wraps the transport between the program and the service from now on. */
  between(transport: (service: Transport) => Transport): void
  /** Requests that changed something, as `METHOD path status`; the status is null without an answer. */
  changes(): Promise<string[]>
  close(): Promise<void>
}

export function openOrganization(): Organization {
  const home = testFolder()
  const lab = openLabService(home, { state: false, local: false })
  let send = lab.send
  const hurried = new HurriedClock()
  const clock: Clock = { ...real, sleep: (ms, signal) => hurried.sleep(ms, signal) }
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const headers = { 'x-auth-token': lab.token, 'content-type': 'application/json' }
    const answer = await lab.send({
      method,
      url: new URL(`http://lab.localhost${path}`),
      headers,
      ...(bytes === undefined ? {} : { body: bytes }),
    })
    const parts: Uint8Array[] = []
    for await (const part of answer.body) parts.push(part)
    return parts.length === 0 ? undefined : (JSON.parse(Buffer.concat(parts).toString()) as unknown)
  }
  const cbc: Organization['cbc'] = async (words, over = {}) => {
    const host = testHost({ clock, lab: async () => ({ ...lab, send: wire => send(wire), close: async () => {} }), ...over })
    const code = await main(['usb', 'approval', ...words], host)
    return { code, out: host.stdout.text(), err: host.stderr.text() }
  }
  return {
    home,
    cbc,
    file(name, content) {
      writeFileSync(join(home, name), content)
      return join(home, name)
    },
    read: path => readFileSync(path, 'utf8'),
    async rows(words) {
      const { code, out, err } = await cbc([...words, '--json'])
      if (out === '') throw new Error(err)
      return { code, rows: JSON.parse(out) as Row[] }
    },
    async approvals() {
      const found = await request('POST', `/device_control/v3/orgs/${lab.org}/approvals/_search`, { rows: 10_000 })
      return (found as { results: Approval[] }).results
    },
    async faults(...rules) {
      await request('PUT', '/lab/faults', rules)
    },
    async changes() {
      const log = (await request('GET', '/lab/log')) as { method: string; path: string; status: number | null }[]
      return log
        .filter(({ method, path }) => method !== 'GET' && !path.endsWith('_search'))
        .map(({ method, path, status }) => `${method} ${path.replace(/.*\/approvals/, '')} ${status}`)
    },
    between(transport) {
      send = transport(lab.send)
    },
    close: () => lab.close(),
  }
}

/** Joins rows to a CSV file. */
export function csv(...rows: string[]): string {
  return [HEADER, ...rows].map(row => `${row}\r\n`).join('')
}

/** Returns the fields of an approval that can be set. */
export function settable({ vendor_id, product_id, serial_number, approval_name, notes }: Partial<Approval> | Row): Row {
  return { vendor_id, product_id, serial_number, approval_name, notes }
}

/** Returns the body of a request as JSON; undefined without one. */
export function bodyOf({ body }: { body?: unknown }): unknown {
  return body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : undefined
}

/** Returns a response with a JSON body. */
export function answer(status: number, body: unknown): Awaited<ReturnType<Transport>> {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: (async function* () {
      yield Buffer.from(JSON.stringify(body))
    })(),
  }
}
