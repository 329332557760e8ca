import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TARGETS } from '../../tools/package/targets.mjs'
import { documentText, root } from '../support/document.ts'

it('README.md: the files to download are those that npm run package and npm pack make of this version, and no system is forgotten', () => {
  const { name: npm, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string }
  const made = Object.entries(TARGETS).map(([name, { ending }]) => ({ name, file: `cbc-${version}-${name}${ending}` }))
  const others = [
    `${npm}-${version}.tgz`,
    `cbc-cli_${version}_amd64.deb`,
    ...readdirSync(join(root, 'packaging', 'homebrew')),
    ...readdirSync(join(root, 'packaging', 'scoop')),
  ]
  const install =
    documentText('README.md')
      .split('\n## ')
      .find(part => part.startsWith('Install')) ?? ''
  for (const [, file] of install.matchAll(/(?:RELEASE|release|\.)\/(cbc[\w.-]+)(?![\w.*-])/g))
    expect([...made.map(one => one.file), ...others]).toContain(file)
  for (const { name, file } of made) expect(install.includes(file) || install.includes(`\`${name}\``), name).toBe(true)
})
