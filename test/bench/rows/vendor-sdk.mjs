// The vendor's SDK for Python, where Python has it (it isn't in every registry; PYTHONPATH may name a copy).
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inTurn, run } from '../measure.mjs'
import { cbc, deviceId, environment, environmentFor, node, serveLab } from '../program.mjs'

const script = fileURLToPath(new URL('../sdk_ps.py', import.meta.url))

const ps = {
  name: "lr ps, beside the vendor's SDK, over TLS",
  against: 'cbc_sdk, Device.lr_session().list_processes()',
  unit: '×',
  limit: { atMost: 1 },
  async measure({ runs }) {
    if (spawnSync('python3', ['-c', 'import cbc_sdk'], { env: environment }).status !== 0) return { skipped: 'Python has no cbc_sdk here' }
    const lab = await serveLab('--tls')
    try {
      const env = { ...environmentFor(lab), NODE_EXTRA_CA_CERTS: lab.ca, CBC_LAB_CA: lab.ca }
      const id = await deviceId(env)
      const { ratio, ours, baseline } = await inTurn(
        async () => (await run(node, [cbc, 'lr', 'ps', id], { env })).ms,
        async () => (await run('python3', [script, id], { env })).ms,
        runs,
      )
      return { value: ratio, detail: `${ours.toFixed(0)} ms, ${baseline.toFixed(0)} ms` }
    } finally {
      lab.stop()
    }
  },
}

export const rows = [ps]
