import { expect, it } from 'vitest'
import { aboutLine } from '../../src/core/about.ts'

it('the version is the first word of its line, and a single executable says that Node is in it', () => {
  const about = { version: '1.2.3', commit: 'abc1234', node: '24.0.0', platform: 'win32', arch: 'arm64' }
  expect(aboutLine(about)).toBe('1.2.3 (commit abc1234, Node 24.0.0, win32-arm64)')
  expect(aboutLine({ ...about, executable: true })).toBe('1.2.3 (commit abc1234, Node 24.0.0 built in, win32-arm64)')
})
