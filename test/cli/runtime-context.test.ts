import { expect, it } from 'vitest'
import { main } from '../../src/main.ts'
import { random } from '../../src/host/clock.ts'
import { openLab } from '../../src/lab/lab.ts'
import { testFolder } from '../support/folder.ts'
import { labService, testHost } from '../support/host.ts'
import { HurriedClock } from '../support/hurried-clock.ts'

it.each([
  { what: 'on an endpoint', words: ['lr', 'ps', 'WIN-FIN-01'] },
  { what: 'on an endpoint, with a case', words: ['lr', 'ps', 'WIN-FIN-01', '--case', 'evidence'] },
  { what: 'on the organization', words: ['lr', 'session', 'list'] },
  { what: 'that fails', words: ['lr', 'ps', 'NO-SUCH-DEVICE'] },
])('a command $what closes its connection', async ({ words }) => {
  const clock = new HurriedClock()
  const service = labService(openLab({ clock, random, checkIn: 0 }))
  let closed = 0
  const counted = {
    ...service,
    async close() {
      closed++
      await service.close()
    },
  }
  const folder = testFolder()
  await main(
    words.map(word => (word === 'evidence' ? `${folder}/evidence` : word)),
    testHost({ clock, lab: async () => counted }),
  )
  expect(closed).toBe(1)
})
