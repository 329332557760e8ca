// Start-up: cold commands that send nothing, over `node -e 0`.
import { cbc, environment as env, node } from '../program.mjs'
import { inTurn, run } from '../measure.mjs'

const startUp = (words, atMost) => ({
  name: `cbc ${words.join(' ')}`,
  against: 'node -e 0',
  unit: '×',
  limit: { atMost },
  async measure({ runs }) {
    const { ratio, ours, baseline } = await inTurn(
      async () => (await run(node, [cbc, ...words], { env })).ms,
      async () => (await run(node, ['-e', '0'], { env })).ms,
      runs * 3,
    )
    return { value: ratio, detail: `${ours.toFixed(0)} ms, ${baseline.toFixed(0)} ms` }
  },
})

export const rows = [
  startUp(['--version'], 1.3),
  startUp(['--help'], 1.3),
  startUp(['lr', 'get', '--help'], 1.5),
  startUp(['usb', 'approval', 'apply', '--help'], 1.5),
]
