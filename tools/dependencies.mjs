// docs/dependencies.md: every package that was chosen, why, under which licence, and what of it reaches users.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALLOWED, bundled, licenceOf } from './bill.mjs'
import { root } from './install.mjs'

const read = path => JSON.parse(readFileSync(join(root, path), 'utf8'))

/** The page, of the bundle in dist/. @throws Error: nobody says why a package is there */
export function dependenciesPage() {
  const { devDependencies, optionalDependencies = {}, allowScripts } = read('package.json')
  const { packages: locked } = read('package-lock.json')
  const why = read('tools/why.json')
  const inBundle = bundled(read('dist/meta.json'))
  const chosen = Object.entries({ ...devDependencies, ...optionalDependencies }).sort(([a], [b]) => (a < b ? -1 : 1))
  const asked = new Set(chosen.map(([name]) => `node_modules/${name}`))
  const rows = chosen.map(([name, version]) => {
    if (why[name] === undefined) throw new Error(`say in tools/why.json why ${name} is there`)
    const path = `node_modules/${name}`
    const part = inBundle.find(other => other.path === path)
    const reaches = part !== undefined ? 'bundled' : name in optionalDependencies ? 'beside the bundle, where npm can install it' : 'no'
    return [`\`${name}\``, version, part?.licence ?? licenceOf(path, locked[path].license), reaches, why[name]]
  })
  const brought = inBundle
    .filter(({ path }) => !asked.has(path))
    .map(({ path, name, version, licence }) => {
      const by = inBundle.filter(({ needs }) => needs.includes(path)).map(one => `\`${one.name}\``)
      return [`\`${name}\``, version, licence, [...new Set(by)].join(', ')]
    })
  return `${[
    '# Dependencies',
    'Written by `npm run docs` from package.json, package-lock.json, `tools/why.json` and what the bundle really holds.',
    'What is published is one bundle: installing it installs no other package, but for the optional one below, and runs no install script. ' +
      'The build writes beside it `dist/sbom.cdx.json`, a bill of materials (CycloneDX 1.6), and `dist/THIRD-PARTY-LICENSES.txt`, the licences of what is bundled.',
    '## Chosen',
    table(['package', 'version', 'licence', 'reaches users', 'for'], rows),
    '## What these bring into the bundle',
    table(['package', 'version', 'licence', 'for'], brought),
    '## Rules',
    [
      '- Versions are exact, in package.json and in package-lock.json with a digest of each package; the lock file names no registry, so any mirror will do.',
      `- Bundled code is under ${ALLOWED.slice(0, -1).join(', ')} or ${ALLOWED.at(-1)}: the build fails on anything else.`,
      `- Installing cbc runs no install script. In development, ${scripted(allowScripts, true)} put their binaries in place with one; those of ${scripted(allowScripts, false)} do not run, and what they would build is not in the bundle. They are named under \`allowScripts\`.`,
      '- A new package needs a line in `tools/why.json`. What a few lines of our own do well needs no package.',
      "- Before a release: `npm audit`. What it finds and isn't mended is explained here. It takes a registry that answers audits; the mirror that this was developed behind doesn't, so no audit has been made yet.",
    ].join('\n'),
  ].join('\n\n')}\n`
}

/** The packages whose install scripts may run, or may not. */
function scripted(allowScripts, allowed) {
  return Object.keys(allowScripts)
    .filter(name => allowScripts[name] === allowed)
    .map(name => `\`${name}\``)
    .join(' and ')
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
