import { describe, expect, it } from 'vitest'
import { cancelCommand } from '../../src/remote/cancel-command.ts'
import { failure } from '../api/support.ts'
import { error, type Seen } from '../support/service.ts'
import { bench, NEVER } from './support.ts'

const isCancel = ({ method, path }: Seen) => method === 'DELETE' && /\/commands\/\d+/.test(path)
const isStatus = ({ method, path }: Seen) => method === 'GET' && /\/commands\/\d+/.test(path)

/** A session with a running command, and one that waits for it. */
async function busy() {
  const b = bench({ run: () => ({ takes: 60_000 }) })
  const { id } = await b.open()
  for (let n = 0; n < 2; n++) await b.run(b.api.issueCommand(id, { name: 'process list' }))
  return { ...b, cancel: (command: number) => b.run(cancelCommand(b.api, id, command, { clock: b.clock, signal: NEVER })) }
}

describe('cancelling a command', () => {
  it('that is PENDING returns the state it has afterwards', async () => {
    const b = await busy()
    expect(await b.cancel(1)).toMatchObject({ id: 1, status: 'CANCELLED' })
  })

  it('is not believed from the answer alone: the state of the command decides', async () => {
    const b = await busy()
    b.service.before = seen => (isCancel(seen) ? { status: 200, body: { id: 0, status: 'CANCELLED' } } : undefined)
    expect(await failure(b.cancel(0))).toMatchObject({
      code: 'remote',
      message: 'cancel command: command 0 is IN_PROGRESS: only a PENDING command can be cancelled',
    })
  })

  it.each([401, 403, 500])('is not reported as undone with a key that may cancel but not look: %i', async status => {
    const b = await busy()
    b.service.before = seen => (isStatus(seen) ? error(status, 'no') : undefined)
    expect(await b.cancel(1)).toMatchObject({ id: 1, status: 'CANCELLED' })
  })

  it('whose answer was lost is settled by looking at the command', async () => {
    const b = await busy()
    let lost = 0
    b.service.before = async seen => {
      if (!isCancel(seen) || lost++ > 0) return undefined
      await b.api.cancelCommand(b.service.last.session.id, 1)
      return error(500, 'Broken')
    }
    expect(await b.cancel(1)).toMatchObject({ status: 'CANCELLED' })
  })
})
