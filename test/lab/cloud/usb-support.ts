import { expect } from 'vitest'
import type { Answer, TestLab } from './support.ts'

export const CONTROL = '/device_control/v3/orgs/ABCD1234'

export type Thing = Record<string, unknown>

export interface Found {
  num_found: number
  num_available: number
  results: Thing[]
}

/** A call that has to succeed, with its answer's JSON. */
export async function ask<T = Thing>(
  test: TestLab,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const answer = await test.send(method, `${CONTROL}${path}`, body, headers)
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(200)
  return JSON.parse(answer.text) as T
}

/** The documents' error body with this status. */
export function expectError({ status, body, text }: Answer, wanted: number, code: string): void {
  expect(status, text).toBe(wanted)
  expect(body).toEqual({ success: false, message: expect.any(String), error_code: code })
}

export async function approve(test: TestLab, ...approvals: unknown[]): Promise<Thing[]> {
  return (await ask<{ results: Thing[] }>(test, 'POST', '/approvals/_bulk', approvals)).results
}

/** The USB devices that are approved, by id. */
export async function approved(test: TestLab): Promise<string[]> {
  const { results } = await ask<Found>(test, 'POST', '/devices/_search', { criteria: { status: ['APPROVED'] }, rows: 1000 })
  return results.map(({ id }) => String(id))
}
