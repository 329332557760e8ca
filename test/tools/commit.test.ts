import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commitOf } from '../../tools/commit.mjs'
import { testFolder } from '../support/folder.ts'

const SOURCES = ['src', 'package.json']

/** A repository with one commit. */
function repository() {
  const folder = testFolder()
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Jane', '-c', 'user.email=jane@example.com', ...args], { cwd: folder, encoding: 'utf8' })
  mkdirSync(join(folder, 'src'))
  for (const name of ['src/main.ts', 'package.json', 'README.md']) write(name, 'first\n')
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'first')
  return { folder, write, head: git('rev-parse', 'HEAD').slice(0, 12) }
}

it('a build tells its commit, and that a source was not as it was committed', () => {
  const { folder, write, head } = repository()
  expect(commitOf(folder, SOURCES)).toBe(head)
  write('README.md', 'nothing that is built\n')
  expect(commitOf(folder, SOURCES)).toBe(head)
  write('src/new.ts', 'not committed yet\n')
  expect(commitOf(folder, SOURCES)).toBe(`${head}-modified`)
})

it('a build from an archive has no commit, also where it was unpacked within the repository of something else', () => {
  expect(commitOf(testFolder(), SOURCES)).toBe('unknown')
  const { folder } = repository()
  expect(commitOf(join(folder, 'src'), SOURCES)).toBe('unknown')
})
