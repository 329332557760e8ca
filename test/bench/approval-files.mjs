// Files of approvals: how long `usb approval import` takes for many rows, and in how much memory, against a service that creates whatever it is sent.
//   node test/bench/approval-files.mjs [rows]
// Aim: memory that doesn't grow with the rows but for the keys by which duplicates are found (some 150 bytes each).
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const most = Number(process.argv[2] ?? 100_000)
const cbc = fileURLToPath(new URL('../../dist/cbc.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'cbc-bench-'))

/** Less than the runtime takes where it may: what is seen then is what is needed. */
const HEAP = ['--max-old-space-size=64', '--max-semi-space-size=2']

let created = 0
const service = createServer(async (request, response) => {
  const body = await json(request)
  const results = request.url.endsWith('/_bulk') ? body.map(approval => ({ id: String(++created), ...approval })) : []
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ num_found: results.length, num_available: results.length, results }))
})
await new Promise(done => service.listen(0, '127.0.0.1', done))

const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...rest } = process.env
const env = {
  ...rest,
  HOME: home,
  XDG_STATE_HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_DATA_HOME: home,
  CBC_PROFILE: '',
  CBC_URL: `http://127.0.0.1:${service.address().port}`,
  CBC_ORG_KEY: 'ABCD1234',
  CBC_TOKEN: 'secret/id',
}
// Reported by the program's own process at its end.
const hook = `data:text/javascript,process.on('exit',()=>process.stderr.write('MAXRSS '+process.resourceUsage().maxRSS+'\\n'))`

const FORMS = {
  csv: {
    head: 'vendor_id,product_id,serial_number,approval_name,notes\r\n',
    row: n =>
      `0x0781,0x5581,4C53${String(n).padStart(16, '0')},Stick ${n},"Issued to ""user ${n}"",\nfloor ${n % 9}, ${'x'.repeat(100)}"\r\n`,
    end: '',
  },
  json: {
    head: '[',
    row: n =>
      `${n ? ',' : ''}\n${JSON.stringify({ vendor_id: '0x0781', product_id: '0x5581', serial_number: `4C53${String(n).padStart(16, '0')}`, approval_name: `Stick ${n}`, notes: 'x'.repeat(130) })}`,
    end: '\n]\n',
  },
}

function write(form, rows) {
  const path = join(home, `${rows}.${form}`)
  const file = openSync(path, 'w')
  writeSync(file, FORMS[form].head)
  for (let n = 0; n < rows; n++) writeSync(file, FORMS[form].row(n))
  writeSync(file, FORMS[form].end)
  closeSync(file)
  return path
}

/** Imports a file. @returns milliseconds, and the most memory that it took, MiB */
async function run(path, rows) {
  const from = performance.now()
  const child = spawn(process.execPath, [...HEAP, '--import', hook, cbc, 'usb', 'approval', 'import', path, '-o', 'ndjson'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [lines, stderr] = [0, '']
  child.stdout.on('data', chunk => {
    for (const byte of chunk) if (byte === 10) lines++
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const code = await new Promise(done => child.once('close', done))
  if (code !== 0 || lines !== rows) throw new Error(`${path}: ${code}, ${lines} of ${rows} rows\n${stderr}`)
  return [performance.now() - from, Number(/MAXRSS (\d+)/.exec(stderr)?.[1]) / 1024]
}

try {
  for (const form of Object.keys(FORMS)) {
    for (const rows of [1, most / 10, most]) {
      const [ms, memory] = await run(write(form, rows), rows)
      process.stdout.write(
        `${form.padEnd(5)} ${String(rows).padStart(8)} rows  ${String(Math.round(ms)).padStart(6)} ms  ${Math.round(memory)} MiB\n`,
      )
    }
  }
} finally {
  service.close()
  rmSync(home, { recursive: true, force: true })
}
