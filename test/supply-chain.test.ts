import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ALLOWED, bundled, licenceOf, notices, sbom, usedUnder } from '../tools/bill.mjs'
import { dependenciesPage } from '../tools/dependencies.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const json = <T>(path: string): T => JSON.parse(text(path)) as T

interface Locked {
  version: string
  license?: string
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
}
const own = json<{
  name: string
  dependencies?: unknown
  devDependencies: Record<string, string>
  optionalDependencies?: Record<string, string>
  allowScripts: Record<string, boolean>
  engines: { node: string }
}>('package.json')
const locked = json<{ packages: Record<string, Locked> }>('package-lock.json').packages
const others = Object.entries(locked).filter(([path]) => path !== '')
const packages = bundled(json('dist/meta.json'))

describe('packages', () => {
  it('are pinned exactly, and bundled if needed at run time, except those that users may omit', () => {
    const all = Object.entries({ ...own.devDependencies, ...own.optionalDependencies })
    expect(own.dependencies).toBeUndefined()
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
    expect(all.filter(([name, version]) => locked[`node_modules/${name}`]?.version !== version)).toEqual([])
  })

  it('are locked by digest, from whatever registry', () => {
    expect(others.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([])
    expect(others.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  it('run no install script that nobody decided on, and those for users run none', () => {
    const scripted = others
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace('node_modules/', ''))
    expect(scripted.sort()).toEqual(Object.keys(own.allowScripts).sort())
    const reaching = [
      ...packages.map(({ path }) => path),
      ...Object.keys(own.optionalDependencies ?? {}).map(name => `node_modules/${name}`),
    ]
    // What such a script would build is not in the bundle (tools/native-modules.mjs).
    const runs = (path: string) => locked[path]?.hasInstallScript === true && own.allowScripts[path.replace('node_modules/', '')] !== false
    expect(reaching.filter(runs)).toEqual([])
  })

  it('have acceptable licences, bundled ones and tools alike', () => {
    const tools = [...ALLOWED, 'Python-2.0', 'MPL-2.0', 'WTFPL', 'CC-BY-4.0']
    const bad = others.filter(
      ([path, { license }]) =>
        // npm's lock file leaves out what is in the older form.
        !(licenceOf(path, license) ?? '')
          .replace(/[()]/g, '')
          .split(' OR ')
          .some(one => tools.includes(one)),
    )
    expect(bad.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
    expect(packages.length).toBeGreaterThan(10)
    expect(packages.filter(({ used }) => !ALLOWED.includes(used))).toEqual([])
    expect(usedUnder('(BSD-3-Clause OR GPL-2.0)')).toBe('BSD-3-Clause')
    for (const bad of ['GPL-3.0', 'AGPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE', '(MIT AND GPL-2.0)', '', undefined])
      expect(usedUnder(bad as string)).toBeUndefined()
  })
})

describe('the build', () => {
  it('writes a bill of materials of exactly what the bundle contains, always the same', () => {
    const bill = json<ReturnType<typeof sbom>>('dist/sbom.cdx.json')
    expect(bill).toEqual(sbom(packages))
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
    })
    const required = bill.components.filter(({ scope }) => scope === 'required')
    // Determined independently of the build: by the paths in the bundle's files.
    const inputs = Object.values(json<{ outputs: Record<string, { inputs: Record<string, unknown> }> }>('dist/meta.json').outputs).flatMap(
      ({ inputs: held }) => Object.keys(held),
    )
    const folders = new Set(
      inputs
        .filter(path => path.includes('node_modules/'))
        .map(path => {
          const parts = path.slice(path.indexOf('node_modules/')).split('/')
          const at = parts.lastIndexOf('node_modules') + 1
          return parts.slice(0, at + (parts[at]?.startsWith('@') ? 2 : 1)).join('/')
        }),
    )
    expect(required.map(one => one['bom-ref']).sort()).toEqual([...folders].sort())
    expect(bill.components.find(({ name }) => name === 'commander')).toMatchObject({
      version: own.devDependencies['commander'],
      purl: `pkg:npm/commander@${own.devDependencies['commander']}`,
    })
    expect(bill.components.find(one => one.group === '@inquirer' && one.name === 'core')?.purl).toMatch(/^pkg:npm\/%40inquirer\/core@\d/)
    for (const { hashes } of bill.components)
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }])
    // Every component has a dependent, and all references exist.
    const refs = new Set([own.name, ...bill.components.map(one => one['bom-ref'])])
    const needed = new Set(bill.dependencies.flatMap(({ dependsOn }) => dependsOn))
    expect([...needed].filter(ref => !refs.has(ref))).toEqual([])
    expect([...refs].filter(ref => ref !== own.name && !needed.has(ref))).toEqual([])
  })

  it('includes the licence of each bundled package', () => {
    const written = text('dist/THIRD-PARTY-LICENSES.txt')
    expect(written).toBe(notices(packages))
    for (const { name, version, text: licence } of packages) {
      expect(written).toContain(`${name} ${version}: `)
      expect(written).toContain(licence)
      expect(licence.length).toBeGreaterThan(300)
    }
    expect(written).toContain('used under BSD-3-Clause')
  })
})

it('is described up to date in docs/dependencies.md; if not: npm run docs', () => {
  expect(text('docs/dependencies.md')).toBe(dependenciesPage())
})
