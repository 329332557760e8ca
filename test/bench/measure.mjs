// How a figure is measured: runs in turn, medians, ratios; memory as the process itself reports it.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Runs two things in turn, so that what else the machine does meets both, after one run of each that is not counted.
 * @param {() => Promise<number>} ours returns milliseconds
 * @param {() => Promise<number>} baseline returns milliseconds
 * @returns medians in milliseconds, and the median of the ratios of neighbouring runs
 */
export async function inTurn(ours, baseline, runs) {
  await ours()
  await baseline()
  const pairs = []
  for (let run = 0; run < runs; run++) pairs.push([await ours(), await baseline()])
  return {
    ours: median(pairs.map(([own]) => own)),
    baseline: median(pairs.map(([, other]) => other)),
    ratio: median(pairs.map(([own, other]) => own / other)),
  }
}

/** Writes the most memory that the process has had, in KiB, as the last line of stderr. */
const REPORT_MEMORY = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nMAXRSS '+process.resourceUsage().maxRSS+'\\n'))`

/**
 * Runs a program to its end.
 * @param {object} options `stdout`: a function that gets each chunk; a file's descriptor; else stdout is dropped. `memory`: measures a Node program
 * @returns milliseconds from start to end, and `memory` in MiB
 */
export async function run(command, args, { env, cwd, stdout = 'ignore', memory = false, allow = [0] } = {}) {
  const from = performance.now()
  const child = spawn(command, memory ? ['--import', REPORT_MEMORY, ...args] : args, {
    env,
    cwd,
    stdio: ['ignore', typeof stdout === 'function' ? 'pipe' : stdout, 'pipe'],
  })
  if (typeof stdout === 'function') child.stdout.on('data', stdout)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => (stderr = (stderr + text).slice(-4000)))
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const ms = performance.now() - from
  if (!allow.includes(status)) throw new Error(`${command} ${args.join(' ')}: exit code ${status}\n${stderr}`)
  const [, kib] = /MAXRSS (\d+)\n$/.exec(stderr) ?? []
  return { ms, ...(kib === undefined ? {} : { memory: Number(kib) / 1024 }) }
}

/** Removes a file or a folder that a run made, so that the next one starts as it did. */
export function remove(path) {
  rmSync(path, { recursive: true, force: true })
}
