// `npm run release -- VERSION`: gives package.json, its lock file, the names of files in the README and the changelog's section "Unreleased" the version, commits them, and tags the commit. Nothing is pushed or published.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const UNRELEASED = '## Unreleased\n'
const FILES = ['package.json', 'package-lock.json', 'CHANGELOG.md', 'README.md']

function fail(message) {
  process.stderr.write(`release: ${message}\n`)
  process.exit(1)
}

/** Runs git in the working directory. @returns what it printed */
function git(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' })
  if (status !== 0) fail(`git ${args[0]}: ${stderr.trim()}`)
  return stdout.trim()
}

/** Whether version `a` comes after `b`: both are three numbers. */
function isLater(a, b) {
  const [left, right] = [a, b].map(version => version.split('.').map(Number))
  const at = left.findIndex((part, index) => part !== right[index])
  return at >= 0 && left[at] > right[at]
}

/** Sets the version of a manifest or lock file, and leaves everything else as it is written. */
function setVersion(path, version) {
  const json = JSON.parse(readFileSync(path, 'utf8'))
  json.version = version
  if (json.packages !== undefined) json.packages[''].version = version
  writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`)
}

const [version, ...more] = process.argv.slice(2)
if (version === undefined || more.length > 0 || !/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version))
  fail('say one version of three numbers: npm run release -- 1.2.3')
const { version: current } = JSON.parse(readFileSync('package.json', 'utf8'))
const tags = git('tag', '--list', 'v*')
if (!isLater(version, current) && !(version === current && tags === '')) fail(`${version} does not come after ${current}`)
if (git('status', '--porcelain') !== '') fail('the working tree has changes that are not committed')
if (git('branch', '--show-current') !== 'main') fail('releases are made on the branch main')
const changelog = readFileSync('CHANGELOG.md', 'utf8')
const [before, after] = changelog.split(UNRELEASED)
const changes = after?.split('\n## ')[0].trim()
if (changes === undefined || changes === '') fail('CHANGELOG.md has nothing under "## Unreleased"')

for (const path of ['package.json', 'package-lock.json']) setVersion(path, version)
// The names of files to download.
const readme = readFileSync('README.md', 'utf8')
writeFileSync('README.md', readme.replace(/(?<=\/cbc[a-z_-]*)\d+\.\d+\.\d+/g, version))
writeFileSync('CHANGELOG.md', `${before}${UNRELEASED}\n## ${version} (${new Date().toISOString().slice(0, 10)})\n${after}`)
git('commit', '--quiet', '--message', `Release ${version}`, '--', ...FILES)
git('tag', '--annotate', `v${version}`, '--message', `Release ${version}\n\n${changes}`)
process.stdout.write(`Committed and tagged v${version}. To publish it: git push --follow-tags\n`)
