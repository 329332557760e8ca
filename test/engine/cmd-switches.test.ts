import { expect, it } from 'vitest'
import { withoutCmdSwitches } from '../../src/engine/cmd-switches.ts'
import { RemotePaths } from '../../src/remote/paths.ts'
import { ls } from '../../src/verbs/file/ls.ts'
import { rm } from '../../src/verbs/file/rm.ts'

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

it('switches alone are no path: what needs one is refused, and so is a switch that the command does not have', () => {
  const windows = new RemotePaths(true)
  expect(() => withoutCmdSwitches(rm, { path: ['/q'] }, windows)).toThrow('rm: no path was given')
  expect(withoutCmdSwitches(rm, { path: ['/q', 'C:\\x'] }, windows)).toEqual({ path: ['C:\\x'] })
  expect(() => withoutCmdSwitches(rm, { path: ['/z', 'C:\\x'] }, windows)).toThrow('rm: has no /z, which is a switch of cmd.exe')
})
