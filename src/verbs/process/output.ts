import type { Clock } from '../../core/ports.ts'
import { encodeBytes, type Result, type Row } from '../../core/result.ts'
import type { Ended } from '../../remote/exec.ts'
import { crashOf, hex } from '../../remote/result-codes.ts'

/** The fields of a program that was run, in JSON. */
export const PROGRAM_FIELDS = ['process_pid', 'pid', 'return_code', 'output', 'output_encoding', 'duration_ms'] as const

/**
 * What `exec` and `script` give back: the output as it comes, or as a field of JSON.
 * @param from when the work began, milliseconds
 */
export function programResult({ process_pid, return_code, output }: Ended, clock: Clock, from: number): Result {
  return {
    kind: 'bytes',
    bytes: output,
    object: bytes => programRow({ process_pid, return_code }, bytes, clock.monotonic() - from),
    exitCode: exitCode(return_code ?? 0),
  }
}

/** Says why a program ended that did not end by itself: Windows tells it in its exit code. */
export function tellCrash({ return_code: code }: Pick<Ended, 'return_code'>, program: string, notice: (line: string) => void): void {
  const why = code === null ? undefined : crashOf(code)
  if (why !== undefined && code !== null) notice(`${program}: ended with ${hex(code)}: ${why}`)
}

/** The documented fields of a program that was run. */
export function programRow(ended: Pick<Ended, 'process_pid' | 'return_code'>, bytes: Uint8Array, duration_ms: number): Row {
  const { text, encoding } = encodeBytes(bytes)
  return { ...ended, output: text, output_encoding: encoding, duration_ms }
}

/** Of an exit code a shell sees the lowest eight bits only: a failure must not become 0 there. */
function exitCode(code: number): number {
  return code !== 0 && (code & 0xff) === 0 ? 1 : code
}
