import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT } from '../support/command.ts'
import { run } from '../support/program.ts'
import { analyst } from './lab.ts'

interface Meta {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

/** The sources of the bundle's files. */
const meta = JSON.parse(readFileSync(join(dirname(BUILT), 'meta.json'), 'utf8')) as Meta

/** The bundle's files that a command loads, and the packages in them, by Node's own tracing. */
async function loaded(...args: string[]): Promise<{ files: string[]; packages: string[]; stdout: string }> {
  const hook = `
    import { writeSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    registerHooks({ load(url, context, next) { if (url.includes('/dist/')) writeSync(2, 'LOAD ' + url + '\\n'); return next(url, context) } })`
  const { home, env } = analyst()
  const { stdout, stderr } = await run(args, {
    home,
    env,
    program: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, BUILT],
  })
  const files = [...stderr.matchAll(/^LOAD .*\/(dist\/[^\s]+)$/gm)].map(match => match[1] ?? '')
  const inputs = files.flatMap(file => Object.keys(meta.outputs[file]?.inputs ?? {}))
  const packages = inputs.map(input => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]).filter(name => name !== undefined)
  return { files, packages: [...new Set(packages)].sort(), stdout }
}

it('each command loads only the modules that it needs', async () => {
  const version = await loaded('--version')
  expect(version.packages).toEqual([])
  expect(version.files.length).toBeLessThanOrEqual(4)

  // Help was laid out by the build: neither a definition nor commander is needed.
  for (const words of [['--help'], ['lr', 'ls', '--help'], ['help', 'usb', 'approval', 'list']]) {
    const help = await loaded(...words)
    expect({ words, packages: help.packages }).toEqual({ words, packages: [] })
    expect(help.files.length).toBeLessThanOrEqual(6)
    expect(help.stdout).toMatch(/^Usage: cbc /)
  }

  const json = await loaded('lr', 'ls', 'WIN-FIN-01', '--json')
  expect(json.packages).toEqual(['commander'])
  // What every command loads is in few files (tools/merge-chunks.mjs): to find and link each takes time. The embedded lab has more.
  expect(json.files.length).toBeLessThanOrEqual(40)

  // A shell waits for these.
  const tab = await loaded('__complete', 'bash', 'cbc lr ls WIN-FIN-01 --so')
  expect(tab.packages).toEqual([])
  expect(tab.files.length).toBeLessThanOrEqual(30)

  const mistake = await loaded('lr', 'ls')
  expect(mistake.packages).toEqual(['commander'])
})
