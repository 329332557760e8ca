import { expect, it } from 'vitest'
import { makeRoster } from '../../../src/lab/cloud/generated-roster.ts'
import { ORG, TestLab } from './support.ts'
import { endpointOpener } from '../../../src/lab/cloud/open-endpoint.ts'

it('a sensor without Live Response supports no command, and can still be disabled for good', async () => {
  const [mac] = makeRoster([], 200, 1).filter(({ endpoint }) => endpoint.kind === 'none')
  const test = new TestLab({ roster: mac === undefined ? [] : [mac], openEndpoint: endpointOpener(false) })
  const { status, body } = await test.send('POST', `${ORG}/liveresponse/kill`, [mac?.id])
  expect([status, body['supported_commands'], body['device_id']]).toEqual([200, [], mac?.id])
  await test.lab.close()
})
