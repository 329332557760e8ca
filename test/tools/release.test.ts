import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { testFolder } from '../support/folder.ts'

const RELEASE = fileURLToPath(new URL('../../tools/release.mjs', import.meta.url))
const CHANGELOG = '# Changes\n\n## Unreleased\n\n- `cbc lr fly`\n\n## 0.1.0 (2026-01-01)\n\n- the first one\n'

/** A repository with the files that a release touches. */
function repository(changelog = CHANGELOG) {
  const cwd = testFolder()
  const file = (name: string) => join(cwd, name)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Jane', '-c', 'user.email=jane@example.com', ...args], { cwd, encoding: 'utf8' })
  writeFileSync(file('package.json'), '{"name": "cbc", "version": "0.1.0"}\n')
  writeFileSync(file('package-lock.json'), '{"version": "0.1.0", "packages": {"": {"version": "0.1.0"}}}\n')
  writeFileSync(file('CHANGELOG.md'), changelog)
  writeFileSync(file('README.md'), '"$RELEASE/cbc-0.1.0-linux-x64" "$RELEASE/cbc-cli_0.1.0_amd64.deb" 0.1.0\n')
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.name', 'Jane')
  git('config', 'user.email', 'jane@example.com')
  git('add', '.')
  git('commit', '--quiet', '--message', 'first')
  const release = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [RELEASE, ...args], { cwd, encoding: 'utf8' })
    return { code: status, out: stdout, err: stderr }
  }
  return { git, file, release, text: (name: string) => readFileSync(file(name), 'utf8') }
}

it('a release commits the version and the section of the changelog, and tags the commit with it', () => {
  const { git, release, text } = repository()
  expect(release('0.2.0')).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(text('package.json'))).toEqual({ name: 'cbc', version: '0.2.0' })
  expect(JSON.parse(text('package-lock.json'))).toEqual({ version: '0.2.0', packages: { '': { version: '0.2.0' } } })
  expect(text('CHANGELOG.md')).toMatch(/^# Changes\n\n## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- `cbc lr fly`\n\n## 0\.1\.0/)
  expect(text('README.md')).toBe('"$RELEASE/cbc-0.2.0-linux-x64" "$RELEASE/cbc-cli_0.2.0_amd64.deb" 0.1.0\n')
  expect(git('status', '--porcelain')).toBe('')
  expect(git('tag', '--list', '--format=%(objecttype) %(contents)', 'v0.2.0')).toMatch(/^tag Release 0\.2\.0\n\n- `cbc lr fly`\n/)
  expect(git('rev-parse', 'v0.2.0^{}')).toBe(git('rev-parse', 'HEAD'))
})

it.each([
  ['no version', [], 'say one version'],
  ['something that is not a version', ['1.2'], 'say one version'],
  ['a version that exists already', ['0.0.9'], 'does not come after 0.1.0'],
])('a release of %s changes nothing', (_, args, why) => {
  const { git, release } = repository()
  const { code, err } = release(...args)
  expect(code).toBe(1)
  expect(err).toContain(why)
  expect(git('status', '--porcelain')).toBe('')
  expect(git('tag', '--list')).toBe('')
})

it('a release with an empty changelog, with uncommitted changes, or on another branch is refused', () => {
  const empty = repository('# Changes\n\n## Unreleased\n\n## 0.1.0\n\n- first\n')
  expect(empty.release('0.2.0').err).toContain('nothing under "## Unreleased"')
  const dirty = repository()
  writeFileSync(dirty.file('CHANGELOG.md'), `${CHANGELOG}\nmore\n`)
  expect(dirty.release('0.2.0').err).toContain('not committed')
  const elsewhere = repository()
  elsewhere.git('switch', '--quiet', '--create', 'work')
  expect(elsewhere.release('0.2.0').err).toContain('on the branch main')
})
