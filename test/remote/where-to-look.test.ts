import { expect, it } from 'vitest'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { whereToLook } from '../../src/remote/where-to-look.ts'

const REQUESTS: [CommandRequest, string][] = [
  [{ name: 'delete file', path: 'C:\\a b' }, 'cbc lr stat 7 "C:\\a b"'],
  [{ name: 'put file', path: 'C:\\x', file_id: '1' }, 'cbc lr stat 7 C:\\x'],
  [{ name: 'create process', path: 'x.exe' }, 'cbc lr ps 7'],
  [{ name: 'kill', pid: 4 }, 'cbc lr ps 7'],
  [{ name: 'reg create key', path: 'HKLM\\A' }, 'cbc lr reg query 7 HKLM\\A'],
  [{ name: 'reg delete value', path: 'HKLM\\A\\v' }, 'cbc lr reg query 7 HKLM\\A'],
]

it.each(REQUESTS)('what became of %o is shown by a command that exists', (request, line) => {
  expect(whereToLook(request, 7)).toBe(line)
})
