// What of others' packages is in the bundle: a software bill of materials (CycloneDX) and the licences' texts, which those ask to be handed on.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

/** Licences whose code may be bundled; in this order where a package leaves the choice. */
export const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense']

/** The licence that a package is used under, of an SPDX expression without AND. @returns undefined: none that is allowed */
export function usedUnder(licence) {
  const offered = String(licence)
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
  return ALLOWED.find(allowed => offered.includes(allowed))
}

const read = path => JSON.parse(readFileSync(join(root, path), 'utf8'))

/** Licences that package.json doesn't name, as somebody read them in the package's LICENSE. */
const LICENCES_READ = {
  // Apache-2.0, with an older part under MIT.
  'node_modules/@modelcontextprotocol/inspector-cli': 'Apache-2.0',
}

/**
 * The licence of a package, an SPDX expression.
 * @param path as in the lock file
 * @param locked what the lock file says; without it, the installed package is asked. npm's older form has a list.
 */
export function licenceOf(path, locked) {
  if (LICENCES_READ[path] !== undefined) return LICENCES_READ[path]
  if (locked !== undefined) return locked
  const { licenses, license = licenses?.[0]?.type } = read(join(path, 'package.json'))
  return license
}

/** The package that a file belongs to, as the lock file names it: `node_modules/ora/node_modules/chalk`. */
function packageOf(file) {
  return /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]
}

/**
 * The packages of which something is in the bundle, and which of them each needs.
 * @param meta esbuild's metafile
 * @throws Error: one isn't what package-lock.json says, has a licence that isn't allowed, or no text of it
 */
export function bundled(meta) {
  const { packages: locked } = read('package-lock.json')
  const inBundle = new Set(
    Object.values(meta.outputs)
      .flatMap(({ inputs }) => Object.keys(inputs))
      .map(packageOf)
      .filter(path => path !== undefined),
  )
  return [...inBundle].sort().map(path => {
    const { name, version } = read(join(path, 'package.json'))
    const licence = licenceOf(path)
    if (locked[path]?.version !== version)
      throw new Error(`${path} is ${version}, and ${locked[path]?.version} in package-lock.json: run npm ci`)
    const used = usedUnder(licence)
    if (used === undefined)
      throw new Error(`${name} ${version} is under ${licence}, which is not among the licences that may be bundled (tools/bill.mjs)`)
    const needs = new Set(
      Object.entries(meta.inputs)
        .filter(([file]) => packageOf(file) === path)
        .flatMap(([, { imports }]) => imports.map(({ path: file }) => packageOf(file))),
    )
    return {
      path,
      name,
      version,
      licence,
      used,
      integrity: locked[path].integrity,
      text: licenceText(path),
      needs: [...needs].filter(other => other !== path && inBundle.has(other)).sort(),
    }
  })
}

/** Licence and notice as the package carries them. */
function licenceText(path) {
  const files = readdirSync(join(root, path))
    .filter(file => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(file))
    .sort()
  if (files.length === 0) return licenceInReadme(path)
  return files
    .map(file =>
      readFileSync(join(root, path, file), 'utf8')
        .replace(/\r\n?/g, '\n')
        .trim(),
    )
    .join('\n\n')
}

/** The section on the licence of a package's README, where the package has no file for it. */
function licenceInReadme(path) {
  const readme = readdirSync(join(root, path)).find(file => /^readme(\.md)?$/i.test(file))
  const text = readme === undefined ? '' : readFileSync(join(root, path, readme), 'utf8').replace(/\r\n?/g, '\n')
  const section = /^#+ *licen[cs]e *\n([^]*?)(?=^#|(?![^]))/im.exec(text)?.[1]?.trim() ?? ''
  if (!/permission is hereby granted/i.test(section)) throw new Error(`${path} has no text of its licence`)
  return section
}

const purl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** A component of CycloneDX. */
function component({ path, name, version, licence, integrity }, scope) {
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name]
  return {
    type: 'library',
    'bom-ref': path,
    ...(group === undefined ? {} : { group }),
    name: own,
    version,
    scope,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') }],
    licenses: [/ OR /.test(licence) ? { expression: licence } : { license: { id: licence } }],
    purl: purl({ name, version }),
  }
}

/** Node, where it is a part of what is handed on. */
function nodeComponent({ package: name, node: version, integrity }) {
  return {
    ...component({ path: 'node', name, version, licence: 'MIT', integrity }, 'required'),
    type: 'platform',
    name: 'node',
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
  }
}

/**
 * The bill of materials: CycloneDX 1.6, the same for the same bundle.
 * @param packages of `bundled`
 * @param runtime for an executable: the package and version of the Node in it, and its integrity
 */
export function sbom(packages, runtime) {
  const own = read('package.json')
  const { packages: locked } = read('package-lock.json')
  // An executable can't load native modules, and has its own Node.
  const optional = Object.keys(runtime === undefined ? (own.optionalDependencies ?? {}) : {}).map(name => {
    const path = `node_modules/${name}`
    return component(
      { path, name, version: locked[path].version, licence: locked[path].license, integrity: locked[path].integrity },
      'optional',
    )
  })
  const platform = runtime === undefined ? [] : [nodeComponent(runtime)]
  const asked = new Set(Object.keys({ ...own.devDependencies, ...own.optionalDependencies }).map(name => `node_modules/${name}`))
  const parts = {
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own.name,
        name: own.name,
        version: own.version,
        licenses: [{ license: { id: own.license } }],
        purl: purl(own),
      },
    },
    components: [...packages.map(one => component(one, 'required')), ...optional, ...platform],
    dependencies: [
      {
        ref: own.name,
        dependsOn: [
          ...[...packages.map(({ path }) => path), ...optional.map(one => one['bom-ref'])].filter(path => asked.has(path)),
          ...platform.map(one => one['bom-ref']),
        ],
      },
      ...packages.map(({ path, needs }) => ({ ref: path, dependsOn: needs })),
    ],
  }
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)].join(
    '-',
  )
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1, ...parts }
}

/** The licences of what is bundled, a text once for all packages that share it. @param packages of `bundled` */
export function notices(packages) {
  const byText = new Map()
  for (const one of packages) byText.set(one.text, [...(byText.get(one.text) ?? []), one])
  const line = '-'.repeat(78)
  const parts = [...byText].map(([text, several]) => {
    const names = several.map(
      ({ name, version, licence, used }) => `${name} ${version}: ${used === licence ? licence : `${licence}, used under ${used}`}`,
    )
    return [line, ...new Set(names), '', text, ''].join('\n')
  })
  return ['cbc holds parts of these packages, under these licences:', '', ...parts].join('\n')
}
