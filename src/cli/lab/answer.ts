import { CbcError } from '../../core/errors.ts'
import type { LabService } from '../../core/host.ts'

/** The lab has no address: requests to it never leave the process. */
const LAB_URL = 'http://lab.localhost'

/** Sends a request to a lab with its own API key and returns the JSON answer. @throws CbcError internal: the lab refuses */
export async function ask<T>(lab: LabService, method: string, path: string, body?: unknown): Promise<T> {
  const response = await lab.send({
    method,
    url: new URL(path, LAB_URL),
    headers: { 'x-auth-token': lab.token, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
  })
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  if (response.status >= 300) throw new CbcError('internal', `the lab answers ${method} ${path} with ${response.status}: ${text}`)
  return JSON.parse(text) as T
}
