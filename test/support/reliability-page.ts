import { CASES, FAULTS, type Outcome } from './fault-matrix.ts'

const HEAD = `# What happens when something goes wrong

This page is made by \`test/faults/matrix.test.ts\`, which fails when the program does something else: \`UPDATE_DOCS=1 npx vitest run test/faults\` writes it anew, \`FAULT_ROUNDS=20\` runs
all of it twenty times. Every call is met by every fault of the lab (docs/lab.md), once and then always, in the lab's own time.

## The rules

- **Reads** go again: at most five times within two minutes, after rests that double and differ by chance, or as long as \`Retry-After\` says, a minute at most. With \`--timeout\` not longer than that.
- **Changes** go again only when they are proved not to have been made. Refused (429) or never sent: at once. Answer lost: the session's list of commands is asked; a command that is there is waited for as if it had been answered.
  That it isn't there proves nothing, for lists may lag: a harmless command is issued after it, and the list is believed once it shows that one and not the lost one. Where the service itself answered that it failed, that is enough.
  Else the request may still be on its way, for which it is given two seconds: then the session is closed, if it is ours alone, so that what comes late finds it closed, and once it is seen to be closed the command is
  issued in a new one. Where others work in it, where the list lags for more than ten seconds, or where nothing can be issued any more: \`unknown_outcome\`.
- **Commands are told apart** by what they say of themselves and by what was there before. In a session that others work in, only what bears an id that exists once is taken for ours: another analyst's equal command, upload or copy
  in the cloud never is. An answer with a number that was answered before is none, unless the session has begun anew under its id. Programs whose output is waited for write to a file whose name exists once, and so is what is put named in the cloud.
- **Starting a session** goes again: a device has one. **Removing** goes again: what is gone by then was removed. **A file that is uploaded** is looked for in the session, by its name, its size and its content, among those that were not there before, until it goes again.
  **Cancelling** and **disabling** ask the command and the device.
- **Approvals and blocks** are there once: an approval of its devices, a block of its policy. A lost create or update is looked for after a second, and goes once more where it isn't there: should the
  first one be late, it finds what it would make. In the end: \`network\` where the service itself said that it failed and nothing can be seen of it, else \`unknown_outcome\`. A lost deletion is asked for by id.
- **What was begun is never called undone.** Where a command was taken and its state can't be asked for any more it is \`unknown_outcome\`, with the command's number, and its session stays open so that one can look; so is a
  program that ran and whose output could not be fetched, with its pid and code. Given up by Ctrl-C or \`--timeout\`, a command is cancelled, a program ended: where the service carries out a session's commands strictly
  in order, through a new session. What can't be ended or removed is named, one line each, and stays in the ledger for \`lr gc\`.
- **A change of several steps** that fails in a later one says in one line what the earlier ones did: the key that \`reg add\` created for a value, directories of \`mkdir -p\` and \`put -r\`, keys and values that \`reg delete\` deleted before.
- **Nothing waits for ever**: an answer has a minute from the end of its request on (a held one two), a body may not pause for a minute nor drip below a hundred bytes a second on and on, a JSON answer is at most 64 MiB.

What is left to chance: between the last look at the list and the end of the session lie some milliseconds, in which a request that was two seconds late would have to arrive; and content that is cut
in half and announced as whole is noticed where the size is known (get, cat) or its end says so (an export job's JSON), not for a program's output or an export job's CSV.

## The table

Each cell is what came of it when the fault was met once, and, after the slash where that differs, when it was met always. \`ok\`: done as if nothing had been, once. \`network\`: failed, and a change was not made. \`unknown_outcome\`: nobody
can know, and the message says how to look. \`timeout\`: the time was over. \`partial\`: some of several things failed. In no cell was a change made twice, was anything left behind that \`lr gc\` does not remove, or was anything shown that was not so.

`

/** Returns the text of docs/reliability.md. @param cells by `call/fault` */
export function page(cells: ReadonlyMap<string, readonly [once: Outcome, always: Outcome]>): string {
  const names = Object.keys(FAULTS)
  const cell = (call: string, name: string) => {
    const [once, always] = (cells.get(`${call}/${name}`) ?? []).map(({ code }) => code)
    return once === always ? once : `${once} / ${always}`
  }
  const rows = CASES.map(({ call, made }) => [call, made === undefined ? 'read' : 'change', ...names.map(name => cell(call, name))])
  const table = [['call', '', ...names], ['---', '---', ...names.map(() => '---')], ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
  const all = [...cells.values()].flat()
  const codes = [...new Set(all.map(({ code }) => code))].sort()
  const counts = codes.map(code => `${code}: ${all.filter(outcome => outcome.code === code).length}`).join(', ')
  const most = Math.max(...all.map(({ made }) => made ?? 0))
  return `${HEAD}${table}\n\n${all.length} runs: ${counts}. Most often that a change was carried out: ${most}.\n`
}
