import { expect, it } from 'vitest'
import type { Gathered } from '../../../src/verbs/triage/item.ts'
import { wmiItems } from '../../../src/verbs/triage/wmi.ts'

it('an error of PowerShell in place of its result is said, and is no finding', () => {
  for (const text of ["'powershell.exe' is not recognized as a command\r\n", '', '[]', 'null', '{"consumers":1}']) {
    const missed: Gathered['missed'] = []
    expect(wmiItems(text, missed)).toEqual([])
    expect(missed).toHaveLength(1)
  }
})

it('consumers that run nothing are left out, and one that is not in a list is taken', () => {
  const items = wmiItems(
    JSON.stringify({
      consumers: { Name: 'One', ScriptText: 'x' },
      accounts: [null, { Name: 'a', SID: 'S-1-5-21-1-2-3-500', Disabled: false }, 7],
    }),
    [],
  )
  expect(items.map(({ kind, facts }) => [kind, facts['command'] ?? facts['made']])).toEqual([
    ['subscription', 'x'],
    ['account', 'no'],
  ])
  expect(wmiItems(JSON.stringify({ consumers: [{ Name: 'Log', SourceName: 'SCM' }], accounts: [] }), [])).toEqual([])
})
