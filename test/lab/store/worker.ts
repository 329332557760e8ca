import { randomInt, randomUUID } from 'node:crypto'
import { processes } from '../../../src/host/processes.ts'
import { openFileStore } from '../../../src/lab/store/store.ts'

/** A process of its own that works on a shared store: `worker.js FOLDER TASK`. */
const [folder = '', task = ''] = process.argv.slice(2)

const store = openFileStore(folder, { uuid: randomUUID, below: limit => randomInt(limit) }, processes)

if (task === 'count') {
  const document = store.document<{ entries: string[] }>('shared', () => ({ entries: [] }))
  for (let i = 0; i < 100; i++)
    await document.update(state => {
      state.entries.push(`${process.pid}:${i}`)
    })
  await store.close()
} else if (task === 'die') {
  // Holding the lock, and saying so before.
  process.send?.(store.owner.self)
  await store.document('shared', () => ({})).update(() => process.kill(process.pid, 'SIGKILL'))
}
