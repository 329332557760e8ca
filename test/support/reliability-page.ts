import { CASES, FAULTS, type Outcome } from './fault-matrix.ts'

const HEAD = `# What happens when something goes wrong

This page is made by \`test/faults/matrix.test.ts\`, which fails if the program behaves differently: \`UPDATE_DOCS=1 npx vitest run test/faults\` regenerates it, \`FAULT_ROUNDS=20\` runs
everything twenty times. Every call is combined with every fault of the lab (docs/lab.md), once and then always, on the lab's own clock.

## The rules

- **Reads** are retried at most five times within two minutes, after pauses that double, with jitter, or as long as \`Retry-After\` says, at most a minute. \`--timeout\` limits the total.
- **Changes** are retried only if they provably were not made. If a change was refused (429) or never sent, it is retried at once. If the answer was lost, the session's list of commands is read; a command that is in the list is awaited as if it had been answered.
  A command that is missing from the list proves nothing, since lists may lag: a harmless command is issued after it, and the list is trusted once it shows that one and not the lost one. If the service itself answered that it failed, that is enough.
  Otherwise the request may still be on its way, and gets two seconds to arrive. Then the session is closed, if only we use it, so that a late request finds it closed; once the session is seen to be closed, the command is
  issued in a new one. If others use the session, if the list lags for more than ten seconds, or if nothing can be issued any more, the error is \`unknown_outcome\`.
- **Commands are identified** by their content and by comparison with what was there before. In a session that others use, only a command with a unique id counts as ours: another analyst's equal command, upload or copy
  in the cloud never does. An answer with a number that was answered before is ignored, unless the session has restarted under its id. Programs whose output is awaited write to a file with a unique name, and uploads for \`put\` have unique names in the cloud.
- **Starting a session** is retried, since a device has only one. **Removing** is retried: if the thing is gone by then, it was removed. **An uploaded file** is looked for in the session, by its name, size and content, among the files that were not there before, and is sent again if it is not found.
  **Cancelling** and **disabling** check the state of the command or the device.
- **Approvals and blocks** are unique: an approval for its devices, a block for its policy. A lost create or update is looked for after a second, and sent once more if it isn't there: if the
  first request arrives late, it finds that the thing exists. If that fails too, the error is \`network\` if the service itself said that it failed and there is no trace of the change, else \`unknown_outcome\`. A lost deletion is checked by id.
- **A change that began is never reported as undone.** If a command was accepted and its state can't be read any more, the error is \`unknown_outcome\`, with the command's number, and its session stays open for inspection; the same holds for a
  program that ran and whose output could not be fetched, with its pid and exit code. After Ctrl-C or \`--timeout\` a command is cancelled and a program ended, through a new session if the service runs a session's commands strictly
  in order. Whatever can't be ended or removed is named on one line each, and stays in the ledger for \`lr gc\`.
- **A change of several steps** that fails in a later step says in one line what the earlier steps did: the key that \`reg add\` created for a value, directories of \`mkdir -p\` and \`put -r\`, keys and values that \`reg delete\` deleted before.
- **Nothing waits forever**: an answer has to come within a minute after its request (two minutes if the service holds it), a body may not pause for a minute nor stay below a hundred bytes a second, and a JSON answer may have at most 64 MiB.

Two gaps remain. A few milliseconds lie between the last look at the list and the end of the session; a request that is two seconds late could arrive just then. And content that is cut
in half but announced as complete is noticed only if the size is known (get, cat) or the format shows it (an export job's JSON), not for a program's output or an export job's CSV.

## The table

Each cell shows the outcome if the fault occurred once and, after the slash if different, if it occurred always. \`ok\`: done exactly once, as if there had been no fault. \`network\`: failed, and a change was not made. \`unknown_outcome\`: there is
no way to know, and the message says how to check. \`timeout\`: the time was up. \`partial\`: some of several things failed. In no cell was a change made twice, anything left behind that \`lr gc\` does not remove, or anything false reported.

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
