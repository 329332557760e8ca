// Files of approvals: how long `usb approval import` takes for many rows, and in how much memory, against a service that creates whatever it is sent.
//   node test/bench/approval-files.mjs [rows]
// Aim: memory that doesn't grow with the rows but for the keys by which duplicates are found (some 150 bytes each).
import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { run } from './measure.mjs'
import { cbc, environmentFor, home, node } from './program.mjs'

const most = Number(process.argv[2] ?? 100_000)

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

const env = environmentFor({ url: `http://127.0.0.1:${service.address().port}` })

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

/** Imports a file. @returns `ms`, milliseconds, and `memory`, the most that it took, MiB */
async function importFile(path, rows) {
  let lines = 0
  const stdout = chunk => {
    for (const byte of chunk) if (byte === 10) lines++
  }
  const taken = await run(node, [...HEAP, cbc, 'usb', 'approval', 'import', path, '-o', 'ndjson'], { env, stdout, memory: true })
  if (lines !== rows) throw new Error(`${path}: ${lines} of ${rows} rows`)
  return taken
}

try {
  for (const form of Object.keys(FORMS)) {
    for (const rows of [1, most / 10, most]) {
      const { ms, memory } = await importFile(write(form, rows), rows)
      process.stdout.write(
        `${form.padEnd(5)} ${String(rows).padStart(8)} rows  ${String(Math.round(ms)).padStart(6)} ms  ${Math.round(memory)} MiB\n`,
      )
    }
  }
} finally {
  service.close()
}
