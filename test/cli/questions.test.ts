import { expect, it } from 'vitest'
import { SILENT } from '../../src/core/ports.ts'
import { policyOf } from '../../src/cli/runtime-context.ts'
import { memoryOutput, testHost } from '../support/host.ts'

const runtime = { connection: { name: 'lab', readOnly: false } as never, progress: SILENT }

it.each([
  [true, true, {}, true],
  [false, true, {}, false],
  [true, false, {}, false],
  [true, true, { noInput: true }, false],
])('questions are asked only if both input and questions are on a terminal: stdin %s, stderr %s, %j', (stdin, stderr, globals, asks) => {
  const host = testHost({ stderr: memoryOutput({ isTerminal: stderr }) })
  host.stdin.isTerminal = stdin
  const { confirm, askForName } = policyOf(host, globals, runtime)
  expect([confirm !== undefined, askForName !== undefined]).toEqual([asks, asks])
})
