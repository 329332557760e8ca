import { expect, it } from 'vitest'
import { withoutCmdSwitches } from '../../src/engine/cmd-switches.ts'
import { RemotePaths } from '../../src/remote/paths.ts'
import { ls } from '../../src/verbs/file/ls.ts'

it('what looks like a switch of cmd.exe is a path on endpoints without cmd.exe', () => {
  const input = { path: ['/s', '/q'], recursive: false }
  expect(withoutCmdSwitches(ls, input, new RemotePaths(false))).toBe(input)
  expect(new RemotePaths(false).resolve('/', '/s')).toBe('/s')
  expect(withoutCmdSwitches(ls, { path: ['/s', 'C:\\x'], recursive: false }, new RemotePaths(true))).toEqual({
    path: ['C:\\x'],
    recursive: true,
  })
})

it('input that a switch produces is checked like typed input', () => {
  expect(() => withoutCmdSwitches(ls, { path: ['/s'], all: true }, new RemotePaths(true))).toThrow('-a and -R exclude each other')
})
